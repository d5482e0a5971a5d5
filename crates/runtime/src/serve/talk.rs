//! One connection: one request, its answer.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

use lilliput_workload::Digest;
use lilliput_workload::limits::LINE_BYTES_MAX;
use lilliput_workload::protocol::{Part, RefusalKind, Reply, Request};
use lilliput_workload::{FilePath, Name, State, Workload};

use super::Runtime;
use super::kept::Kept;
use crate::error::RuntimeError;
use crate::host::folder::list;
use crate::log::Reader;
use crate::run::{DISK, STDERR, STDOUT};

/// How long a client may take to ask, or to read.
const TIMEOUT: Duration = Duration::from_secs(30);
/// How often a log that is followed is looked at.
const LOG_POLL: Duration = Duration::from_millis(25);

/// A refusal.
#[derive(Debug)]
pub(crate) struct No {
    kind: RefusalKind,
    reason: String,
}

impl No {
    pub(super) fn missing(reason: &str) -> Self {
        Self::new(RefusalKind::Missing, reason)
    }

    pub(super) fn conflict(reason: &str) -> Self {
        Self::new(RefusalKind::Conflict, reason)
    }

    pub(super) fn full(reason: &str) -> Self {
        Self::new(RefusalKind::Full, reason)
    }

    fn bad(reason: &str) -> Self {
        Self::new(RefusalKind::Bad, reason)
    }

    #[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
    pub(super) fn failed(error: RuntimeError) -> Self {
        Self::new(RefusalKind::Failed, &error.to_string())
    }

    fn new(kind: RefusalKind, reason: &str) -> Self {
        let reason = reason.to_owned();
        Self { kind, reason }
    }

    fn reply(self) -> Reply {
        Reply::Refused {
            reason: self.reason,
            kind: self.kind,
        }
    }
}

struct Talk {
    reader: BufReader<UnixStream>,
}

/// There are too many connections.
pub(super) fn refuse_full(stream: &UnixStream) {
    let reply = No::full("the runtime has too many connections: try again").reply();
    let mut stream = stream;
    if let Ok(mut line) = serde_json::to_vec(&reply) {
        line.push(b'\n');
        let _ = stream.write_all(&line);
    }
}

/// Reads the request and answers it. Whoever breaks off has nobody to be told.
pub(super) fn serve(runtime: &Arc<Runtime>, stream: UnixStream) {
    let timeouts = stream
        .set_read_timeout(Some(TIMEOUT))
        .and_then(|()| stream.set_write_timeout(Some(TIMEOUT)));
    if timeouts.is_err() {
        return;
    }
    let reader = BufReader::new(stream);
    let mut talk = Talk { reader };
    let answered = match talk.request() {
        Ok(request) => talk.answer(runtime, request),
        Err(no) => Err(no),
    };
    if let Err(no) = answered {
        let _ = talk.say(&no.reply());
    }
}

impl Talk {
    fn request(&mut self) -> Result<Request, No> {
        let mut line = Vec::new();
        let mut limited = self.reader.by_ref().take(LINE_BYTES_MAX as u64 + 1);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(|error| No::bad(&error.to_string()))?;
        if line.len() > LINE_BYTES_MAX {
            return Err(No::bad("the request is too long"));
        }
        serde_json::from_slice(&line).map_err(|error| No::bad(&error.to_string()))
    }

    fn say(&mut self, reply: &Reply) -> Result<(), No> {
        let mut line = serde_json::to_vec(reply).map_err(|error| No::bad(&error.to_string()))?;
        line.push(b'\n');
        let written = self.reader.get_mut().write_all(&line);
        written.map_err(|error| No::bad(&error.to_string()))
    }

    fn answer(&mut self, runtime: &Arc<Runtime>, request: Request) -> Result<(), No> {
        let reply = match request {
            Request::Hello {} => Reply::Hello {
                engine: crate::engine::name().to_owned(),
                process: std::process::id(),
            },
            Request::Put { bytes } => self.put(runtime, bytes)?,
            Request::Has { blob } => Reply::Has {
                there: runtime.folder.blob(blob).exists(),
            },
            Request::Start { workload } => {
                check(runtime, &workload)?;
                status(runtime.start(*workload)?)
            }
            Request::Status { name } => status(runtime.find(&name)?.status()),
            Request::List {} => return self.list(runtime),
            Request::Events { name, after } => {
                for event in runtime.find(&name)?.events_after(after) {
                    self.say(&Reply::Event { event })?;
                }
                Reply::End {}
            }
            Request::Logs {
                name,
                after,
                follow,
            } => return self.logs(&*runtime.find(&name)?, after, follow),
            Request::Read { name, what } => return self.read(runtime, &name, &what),
            Request::Files { name } => return self.files(runtime, &name),
            Request::Restart { name } => {
                let kept = runtime.find(&name)?;
                if !kept.again() {
                    return Err(No::conflict("it is over: remove it and start it again"));
                }
                status(kept.status())
            }
            Request::Resume { name } => status(runtime.resume(&name)?),
            Request::Stop { name } => {
                let kept = runtime.find(&name)?;
                kept.stop();
                kept.wait_over();
                status(kept.status())
            }
            Request::Remove { name } => {
                runtime.remove(&name)?;
                Reply::Removed {}
            }
        };
        self.say(&reply)
    }

    fn put(&mut self, runtime: &Runtime, bytes: u64) -> Result<Reply, No> {
        let most = runtime.config.blob_bytes_max;
        let put = runtime.folder.put(&mut self.reader, bytes, most);
        match put.map_err(No::failed)? {
            Ok(blob) => Ok(Reply::Kept { blob }),
            Err(reason) => Err(No::full(reason)),
        }
    }

    fn list(&mut self, runtime: &Runtime) -> Result<(), No> {
        let all: Vec<_> = runtime.kept().values().cloned().collect();
        for kept in all {
            let status = Box::new(kept.status());
            self.say(&Reply::Item { status })?;
        }
        self.say(&Reply::End {})
    }

    fn logs(&mut self, kept: &Kept, after: u64, follow: bool) -> Result<(), No> {
        let mut reader = Reader::new(&kept.path, after);
        loop {
            // Looked at first: what was written before the end is then read after it.
            let over = kept.status().state == State::Ended;
            loop {
                let records = reader.read();
                if records.is_empty() {
                    break;
                }
                for record in records {
                    self.say(&Reply::Log { record })?;
                }
            }
            if over || !follow || self.is_closed() {
                return self.say(&Reply::End {});
            }
            std::thread::sleep(LOG_POLL);
        }
    }

    /// Whether the client is gone. It has nothing more to say, so that anything to read is its end.
    fn is_closed(&mut self) -> bool {
        let stream = self.reader.get_ref();
        let mut byte = [0];
        let peeked = stream
            .set_nonblocking(true)
            .and_then(|()| (&mut &*stream).read(&mut byte));
        let back = stream.set_nonblocking(false);
        back.is_err() || !peeked.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    fn read(&mut self, runtime: &Runtime, name: &Name, what: &Part) -> Result<(), No> {
        let kept = runtime.find(name)?;
        let path = match what {
            Part::Stdout => kept.path.join(STDOUT),
            Part::Stderr => kept.path.join(STDERR),
            Part::File(path) => kept.path.join(DISK).join(path.as_str()),
        };
        let file = std::fs::File::open(path).ok();
        // A folder opens too, but isn't a file.
        let found = file.and_then(|file| {
            let metadata = file.metadata().ok()?;
            metadata.is_file().then_some((file, metadata.len()))
        });
        let (file, bytes) = found.ok_or_else(|| No::missing("no such file"))?;
        self.say(&Reply::Bytes { bytes })?;
        let copied = std::io::copy(&mut file.take(bytes), self.reader.get_mut());
        copied.map_err(|error| No::bad(&error.to_string()))?;
        Ok(())
    }

    fn files(&mut self, runtime: &Runtime, name: &Name) -> Result<(), No> {
        let folder = runtime.find(name)?.path.join(DISK);
        let found = list(&folder).unwrap_or_default();
        for (path, bytes) in found {
            // A name that can't be asked for isn't listed.
            if let (Some(bytes), Ok(path)) = (bytes, path.parse::<FilePath>()) {
                self.say(&Reply::File { path, bytes })?;
            }
        }
        self.say(&Reply::End {})
    }
}

/// Whether a workload can be accepted here.
fn check(runtime: &Runtime, workload: &Workload) -> Result<(), No> {
    workload
        .check()
        .map_err(|error| No::bad(&error.to_string()))?;
    let mut blobs = vec![("component", workload.component)];
    blobs.extend(workload.stdin.map(|blob| ("standard input", blob)));
    blobs.extend(workload.files.values().map(|blob| ("input file", *blob)));
    for (what, blob) in blobs {
        missing(runtime, what, blob)?;
    }
    for rule in &workload.network {
        if !runtime.config.network.contains(rule) {
            let reason = format!("{rule} isn't among what this runtime lets workloads reach");
            return Err(No::bad(&reason));
        }
    }
    Ok(())
}

fn missing(runtime: &Runtime, what: &str, blob: Digest) -> Result<(), No> {
    if runtime.folder.blob(blob).exists() {
        return Ok(());
    }
    Err(No::missing(&format!(
        "the {what} {blob} isn't here: put it first"
    )))
}

fn status(status: lilliput_workload::Status) -> Reply {
    let status = Box::new(status);
    Reply::Status { status }
}
