//! A bounded log on disk: two files of records, a line of JSON each. When the newer is half of the bound, it takes the
//! older one's place.

mod reader;
#[cfg(test)]
mod tests;

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{SystemTime, UNIX_EPOCH};

use lilliput_workload::limits::RECORD_BYTES_MAX;
use lilliput_workload::{LogRecord, Stream};

pub(crate) use reader::Reader;

use crate::error::RuntimeError;

/// The newer part.
const NEW: &str = "log.new";
/// The older part.
const OLD: &str = "log.old";

/// Writes a log.
pub(crate) struct Log {
    inner: Mutex<Inner>,
}

struct Inner {
    folder: PathBuf,
    file: File,
    bytes: u64,
    /// Bytes of both parts together.
    bytes_max: u64,
    number: u64,
    /// What stands after the last end of a line, of both streams.
    partial: [Vec<u8>; 2],
}

impl Log {
    /// Goes on with a folder's log.
    pub(crate) fn open(folder: &Path, bytes_max: u64) -> Result<Self, RuntimeError> {
        let mut reader = Reader::new(folder, 0);
        let mut number = 0;
        loop {
            let records = reader.read();
            match records.last() {
                Some(last) => number = last.number,
                None => break,
            }
        }
        let path = folder.join(NEW);
        let file = open(&path).map_err(RuntimeError::io(&path))?;
        let bytes = file.metadata().map_err(RuntimeError::io(&path))?.len();
        let inner = Mutex::new(Inner {
            folder: folder.to_owned(),
            file,
            bytes,
            bytes_max,
            number,
            partial: [Vec::new(), Vec::new()],
        });
        Ok(Self { inner })
    }

    /// Takes what was written; whole lines become records.
    pub(crate) fn write(&self, stream: Stream, bytes: &[u8]) {
        let Ok(mut inner) = self.inner.lock() else {
            return;
        };
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            inner.piece(stream, piece);
        }
    }

    /// Writes what has no end of line yet.
    pub(crate) fn finish(&self) {
        if let Ok(mut inner) = self.inner.lock() {
            for stream in [Stream::Stdout, Stream::Stderr] {
                if !inner.partial[at(stream)].is_empty() {
                    inner.record(stream);
                }
            }
        }
    }
}

impl Inner {
    fn piece(&mut self, stream: Stream, piece: &[u8]) {
        let (line, ends) = match piece.strip_suffix(b"\n") {
            Some(line) => (line, true),
            None => (piece, false),
        };
        let mut rest = line;
        while self.partial[at(stream)].len() + rest.len() > RECORD_BYTES_MAX {
            let room = RECORD_BYTES_MAX - self.partial[at(stream)].len();
            let (now, later) = rest.split_at(room);
            self.partial[at(stream)].extend_from_slice(now);
            self.record(stream);
            rest = later;
        }
        self.partial[at(stream)].extend_from_slice(rest);
        if ends {
            self.record(stream);
        }
    }

    /// A log that can't be written is no reason to end a workload.
    fn record(&mut self, stream: Stream) {
        let line = std::mem::take(&mut self.partial[at(stream)]);
        self.number += 1;
        let record = LogRecord {
            number: self.number,
            time_ms: now_ms(),
            stream,
            text: String::from_utf8_lossy(&line).into_owned(),
        };
        let Ok(mut text) = serde_json::to_vec(&record) else {
            return;
        };
        text.push(b'\n');
        let half = self.bytes_max / 2;
        if text.len() as u64 > half {
            return;
        }
        if self.bytes + text.len() as u64 > half {
            self.turn();
        }
        if self.file.write_all(&text).is_ok() {
            self.bytes += text.len() as u64;
        }
    }

    fn turn(&mut self) {
        let new = self.folder.join(NEW);
        let turned = std::fs::rename(&new, self.folder.join(OLD)).and_then(|()| open(&new));
        if let Ok(file) = turned {
            self.file = file;
            self.bytes = 0;
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o600).open(path)
}

const fn at(stream: Stream) -> usize {
    match stream {
        Stream::Stdout => 0,
        Stream::Stderr => 1,
    }
}

/// Milliseconds since 1970.
pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_millis().try_into().unwrap_or(u64::MAX))
}
