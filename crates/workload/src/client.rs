//! The other end of a runtime's socket.
//!
//! A connection carries one request. Replies are bounded before they are read.

mod start;

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use start::{Started, binary, ensure_serving};

use crate::digest::Digest;
use crate::error::WorkloadError;
use crate::limits::{LINE_BYTES_MAX, WORKLOADS_MAX};
use crate::name::{FilePath, Name};
use crate::protocol::{Part, Reply, Request};
use crate::report::{Event, LogRecord, Status};
use crate::workload::Workload;

/// How long an answer may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// The socket's name in a runtime's folder.
pub(crate) const SOCKET: &str = "runtime.sock";

/// Talks to the runtime of a folder.
#[derive(Clone, Debug)]
pub struct Client {
    socket: PathBuf,
}

/// A log that is being followed.
#[derive(Debug)]
pub struct Followed {
    talk: Talk,
    over: bool,
}

/// Ends the following of a log from elsewhere.
#[derive(Debug)]
pub struct Closer(UnixStream);

#[derive(Debug)]
struct Talk {
    socket: PathBuf,
    reader: BufReader<UnixStream>,
}

impl Client {
    /// The client of the runtime that keeps its state in a folder. Nothing is connected yet.
    #[must_use]
    pub fn new(state: &Path) -> Self {
        let socket = state.join(SOCKET);
        Self { socket }
    }

    /// The engine's name and version, and the runtime's process.
    ///
    /// # Errors
    /// When no runtime answers.
    pub fn hello(&self) -> Result<(String, u32), WorkloadError> {
        match self.ask(&Request::Hello {})?.reply()? {
            Reply::Hello { engine, process } => Ok((engine, process)),
            other => Err(unexpected(&other)),
        }
    }

    /// Has a component or an input kept.
    ///
    /// # Errors
    /// When it is too large, or the runtime can't keep it.
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, WorkloadError> {
        let request = Request::Put {
            bytes: bytes.len() as u64,
        };
        let mut talk = self.ask(&request)?;
        // A refusal is worth more than the broken pipe that it makes of the rest.
        let written = talk.reader.get_mut().write_all(bytes);
        match talk.reply() {
            Ok(Reply::Kept { blob }) => Ok(blob),
            Ok(other) => Err(unexpected(&other)),
            Err(refused @ WorkloadError::Refused { .. }) => Err(refused),
            Err(other) => Err(written.err().map_or(other, |error| self.io(error))),
        }
    }

    /// Whether a blob is kept.
    ///
    /// # Errors
    /// When no runtime answers.
    pub fn has(&self, blob: Digest) -> Result<bool, WorkloadError> {
        match self.ask(&Request::Has { blob })?.reply()? {
            Reply::Has { there } => Ok(there),
            other => Err(unexpected(&other)),
        }
    }

    /// Has a workload run. Asked again for the same workload, the first one's status is the answer.
    ///
    /// # Errors
    /// When it is refused.
    pub fn start(&self, workload: &Workload) -> Result<Status, WorkloadError> {
        let workload = Box::new(workload.clone());
        self.status_of(&Request::Start { workload })
    }

    /// Where a workload stands.
    ///
    /// # Errors
    /// When there is none.
    pub fn status(&self, name: &Name) -> Result<Status, WorkloadError> {
        let name = name.clone();
        self.status_of(&Request::Status { name })
    }

    /// Where all stand.
    ///
    /// # Errors
    /// When no runtime answers.
    pub fn list(&self) -> Result<Vec<Status>, WorkloadError> {
        let mut talk = self.ask(&Request::List {})?;
        talk.items(WORKLOADS_MAX, |reply| match reply {
            Reply::Item { status } => Ok(*status),
            other => Err(unexpected(&other)),
        })
    }

    /// What happened to a workload after an event.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn events(&self, name: &Name, after: u64) -> Result<Vec<Event>, WorkloadError> {
        let name = name.clone();
        let mut talk = self.ask(&Request::Events { name, after })?;
        talk.items(crate::limits::EVENTS_MAX, |reply| match reply {
            Reply::Event { event } => Ok(event),
            other => Err(unexpected(&other)),
        })
    }

    /// What a workload wrote after a record; with `follow`, also what it will write until it ends.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn logs(&self, name: &Name, after: u64, follow: bool) -> Result<Followed, WorkloadError> {
        let name = name.clone();
        let talk = self.ask(&Request::Logs {
            name,
            after,
            follow,
        })?;
        if follow {
            // A quiet workload isn't a dead runtime: the socket closes with the runtime.
            let timeout = talk.reader.get_ref().set_read_timeout(None);
            timeout.map_err(|error| self.io(error))?;
        }
        Ok(Followed { talk, over: false })
    }

    /// A job's output or a file of a workload's folder, of at most `bytes_max` bytes.
    ///
    /// # Errors
    /// When there is none, or it is larger.
    pub fn read(&self, name: &Name, what: Part, bytes_max: u64) -> Result<Vec<u8>, WorkloadError> {
        let name = name.clone();
        let mut talk = self.ask(&Request::Read { name, what })?;
        let bytes = match talk.reply()? {
            Reply::Bytes { bytes } => bytes,
            other => return Err(unexpected(&other)),
        };
        if bytes > bytes_max {
            let what = "size of the file";
            let (got, max) = (bytes, bytes_max);
            return Err(WorkloadError::TooMuch { what, got, max });
        }
        let mut content = Vec::new();
        let mut limited = talk.reader.by_ref().take(bytes);
        let read = limited.read_to_end(&mut content);
        read.map_err(|error| self.io(error))?;
        if content.len() as u64 != bytes {
            let reason = "it broke off".to_owned();
            return Err(WorkloadError::Answer { reason });
        }
        Ok(content)
    }

    /// The files of a workload's folder, with their sizes.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn files(&self, name: &Name) -> Result<Vec<(FilePath, u64)>, WorkloadError> {
        let name = name.clone();
        let mut talk = self.ask(&Request::Files { name })?;
        let max = usize::try_from(crate::Limits::CEILING.files).unwrap_or(usize::MAX);
        talk.items(max, |reply| match reply {
            Reply::File { path, bytes } => Ok((path, bytes)),
            other => Err(unexpected(&other)),
        })
    }

    /// Ends a workload's run and starts it again.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn restart(&self, name: &Name) -> Result<Status, WorkloadError> {
        let name = name.clone();
        self.status_of(&Request::Restart { name })
    }

    /// Begins again what was stopped, with its files.
    ///
    /// # Errors
    /// When there is no such workload, or it wasn't stopped.
    pub fn resume(&self, name: &Name) -> Result<Status, WorkloadError> {
        let name = name.clone();
        self.status_of(&Request::Resume { name })
    }

    /// Ends a workload's run; its folder stays.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn stop(&self, name: &Name) -> Result<Status, WorkloadError> {
        let name = name.clone();
        self.status_of(&Request::Stop { name })
    }

    /// Stops a workload and deletes its folder.
    ///
    /// # Errors
    /// When there is no such workload.
    pub fn remove(&self, name: &Name) -> Result<(), WorkloadError> {
        let name = name.clone();
        match self.ask(&Request::Remove { name })?.reply()? {
            Reply::Removed {} => Ok(()),
            other => Err(unexpected(&other)),
        }
    }

    fn status_of(&self, request: &Request) -> Result<Status, WorkloadError> {
        match self.ask(request)?.reply()? {
            Reply::Status { status } => Ok(*status),
            other => Err(unexpected(&other)),
        }
    }

    fn ask(&self, request: &Request) -> Result<Talk, WorkloadError> {
        let stream = UnixStream::connect(&self.socket).map_err(|error| self.io(error))?;
        let timeouts = stream
            .set_read_timeout(Some(ANSWER_TIMEOUT))
            .and_then(|()| stream.set_write_timeout(Some(ANSWER_TIMEOUT)));
        timeouts.map_err(|error| self.io(error))?;
        let mut line = serde_json::to_vec(request).map_err(answer)?;
        line.push(b'\n');
        let mut talk = Talk {
            socket: self.socket.clone(),
            reader: BufReader::new(stream),
        };
        let written = talk.reader.get_mut().write_all(&line);
        written.map_err(|error| self.io(error))?;
        Ok(talk)
    }

    fn io(&self, source: std::io::Error) -> WorkloadError {
        let path = self.socket.clone();
        WorkloadError::Io { path, source }
    }
}

impl Talk {
    /// The next line; a refusal is an error.
    fn reply(&mut self) -> Result<Reply, WorkloadError> {
        let mut line = Vec::new();
        let mut limited = self.reader.by_ref().take(LINE_BYTES_MAX as u64 + 1);
        let read = limited.read_until(b'\n', &mut line);
        read.map_err(|source| WorkloadError::Io {
            path: self.socket.clone(),
            source,
        })?;
        if line.last() != Some(&b'\n') {
            let reason = if line.len() > LINE_BYTES_MAX {
                "a line is too long"
            } else {
                "it broke off"
            };
            let reason = reason.to_owned();
            return Err(WorkloadError::Answer { reason });
        }
        match serde_json::from_slice(&line).map_err(answer)? {
            Reply::Refused { reason, kind } => Err(WorkloadError::Refused { reason, kind }),
            reply => Ok(reply),
        }
    }

    fn items<T>(
        &mut self,
        max: usize,
        item: impl Fn(Reply) -> Result<T, WorkloadError>,
    ) -> Result<Vec<T>, WorkloadError> {
        let mut items = Vec::new();
        loop {
            match self.reply()? {
                Reply::End {} => return Ok(items),
                reply if items.len() < max => items.push(item(reply)?),
                _ => {
                    let reason = "the list is too long".to_owned();
                    return Err(WorkloadError::Answer { reason });
                }
            }
        }
    }
}

impl Followed {
    /// What ends it from another thread, which waits for the next line perhaps.
    ///
    /// # Errors
    /// When the system has no more handles.
    pub fn closer(&self) -> Result<Closer, WorkloadError> {
        let stream = self.talk.reader.get_ref().try_clone();
        let path = self.talk.socket.clone();
        stream
            .map(Closer)
            .map_err(|source| WorkloadError::Io { path, source })
    }
}

impl Closer {
    /// Ends it.
    pub fn close(&self) {
        // What is closed already needs no closing.
        let _ = self.0.shutdown(std::net::Shutdown::Both);
    }
}

impl Iterator for Followed {
    type Item = Result<LogRecord, WorkloadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let item = match self.talk.reply() {
            Ok(Reply::Log { record }) => return Some(Ok(record)),
            Ok(Reply::End {}) => None,
            Ok(other) => Some(Err(unexpected(&other))),
            Err(error) => Some(Err(error)),
        };
        self.over = true;
        item
    }
}

#[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
fn answer(error: serde_json::Error) -> WorkloadError {
    let reason = error.to_string();
    WorkloadError::Answer { reason }
}

fn unexpected(reply: &Reply) -> WorkloadError {
    let reason = format!("{reply:?} is no answer to this");
    WorkloadError::Answer { reason }
}
