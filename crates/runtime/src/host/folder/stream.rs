//! Files as streams.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::sync::Arc;

use bytes::Bytes;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::p2::{InputStream, OutputStream, Pollable, StreamError, StreamResult};

use super::account::Disk;
use crate::host::output::zeroes;

/// Bytes that one read or write moves at most.
const CHUNK_BYTES_MAX: usize = 64 << 10;

/// A file that is open; closes its account when it is dropped.
pub(super) struct OpenFile {
    file: Arc<File>,
    disk: Arc<Disk>,
}

/// Reads a file from a place on.
pub(super) struct Reading {
    file: OpenFile,
    at: u64,
    over: bool,
}

/// Writes a file from a place on, or at its end.
pub(super) struct Writing {
    file: OpenFile,
    at: Option<u64>,
    broken: bool,
}

impl OpenFile {
    pub(super) fn new(file: Arc<File>, disk: Arc<Disk>) -> io::Result<Self> {
        disk.opened(&file)?;
        Ok(Self { file, disk })
    }
}

impl Drop for OpenFile {
    fn drop(&mut self) {
        self.disk.closed(&self.file);
    }
}

impl Reading {
    pub(super) const fn new(file: OpenFile, at: u64) -> Self {
        let over = false;
        Self { file, at, over }
    }
}

impl Writing {
    pub(super) const fn new(file: OpenFile, at: Option<u64>) -> Self {
        let broken = false;
        Self { file, at, broken }
    }
}

#[async_trait]
impl Pollable for Reading {
    async fn ready(&mut self) {}
}

#[async_trait]
impl InputStream for Reading {
    fn read(&mut self, size: usize) -> StreamResult<Bytes> {
        if self.over {
            return Err(StreamError::Closed);
        }
        if size == 0 {
            return Ok(Bytes::new());
        }
        let mut buffer = vec![0; size.min(CHUNK_BYTES_MAX)];
        let read = read_fully(&self.file.file, &mut buffer, self.at);
        let read = read.map_err(|error| StreamError::LastOperationFailed(error.into()))?;
        if read == 0 {
            self.over = true;
            return Err(StreamError::Closed);
        }
        buffer.truncate(read);
        self.at += read as u64;
        Ok(Bytes::from(buffer))
    }
}

#[async_trait]
impl Pollable for Writing {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Writing {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        if self.broken {
            return Err(StreamError::Closed);
        }
        match self.file.disk.write(&self.file.file, self.at, &bytes) {
            Ok(written) => {
                self.at = self.at.map(|at| at + written);
                Ok(())
            }
            Err(error) => {
                self.broken = true;
                Err(StreamError::LastOperationFailed(error.into()))
            }
        }
    }

    fn flush(&mut self) -> StreamResult<()> {
        if self.broken {
            Err(StreamError::Closed)
        } else {
            Ok(())
        }
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        self.flush().map(|()| CHUNK_BYTES_MAX)
    }

    fn write_zeroes(&mut self, len: usize) -> StreamResult<()> {
        self.write(zeroes(len)?)
    }
}

/// Fills a buffer as far as the file goes: how many pieces the system gives it in is nothing that a program should see.
pub(super) fn read_fully(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], at.saturating_add(filled as u64)) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
