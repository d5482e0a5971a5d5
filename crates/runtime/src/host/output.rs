//! Standard output and standard error: into the log, and for a job into a bounded file.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use lilliput_workload::Stream;
use lilliput_workload::{Digest, Hasher};
use tokio::io::AsyncWrite;
use wasmtime_wasi::async_trait;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

use crate::error::RuntimeError;
use crate::log::Log;

/// Bytes that one write may have.
const WRITE_BYTES_MAX: usize = 64 << 10;

/// Where one of the two streams goes.
pub(crate) struct Output {
    stream: Stream,
    log: Arc<Log>,
    bytes: AtomicU64,
    exceeded: AtomicBool,
    kept: Option<Mutex<Kept>>,
}

/// A job's output.
struct Kept {
    file: File,
    bytes: u64,
    bytes_max: u64,
    hasher: Hasher,
}

/// An output as the engine wants it.
#[derive(Clone)]
pub(crate) struct Pipe(pub(crate) Arc<Output>);

/// Why a job's output ends it.
#[derive(Debug, thiserror::Error)]
#[error("the output is larger than the job may write")]
pub(crate) struct OutputExceeded;

impl Output {
    /// Into the log only.
    pub(crate) fn logged(stream: Stream, log: Arc<Log>) -> Self {
        Self {
            stream,
            log,
            bytes: AtomicU64::new(0),
            exceeded: AtomicBool::new(false),
            kept: None,
        }
    }

    /// Into the log and a file.
    pub(crate) fn kept(
        stream: Stream,
        log: Arc<Log>,
        path: &Path,
        bytes_max: u64,
    ) -> Result<Self, RuntimeError> {
        let kept = Kept {
            file: File::create(path).map_err(RuntimeError::io(path))?,
            bytes: 0,
            bytes_max,
            hasher: Hasher::blob(),
        };
        let kept = Some(Mutex::new(kept));
        Ok(Self {
            kept,
            ..Self::logged(stream, log)
        })
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.bytes.load(Ordering::Acquire)
    }

    pub(crate) fn was_exceeded(&self) -> bool {
        self.exceeded.load(Ordering::Acquire)
    }

    /// The hash of what a job wrote.
    pub(crate) fn digest(&self) -> Option<Digest> {
        let kept = self.kept.as_ref()?.lock().ok()?;
        Some(kept.hasher.finish())
    }

    /// A line of the runtime's own in the workload's log.
    pub(crate) fn note(&self, line: &str) {
        self.log.write(self.stream, line.as_bytes());
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        let mut taken = bytes;
        if let Some(kept) = &self.kept {
            let mut kept = kept.lock().map_err(|_| io::ErrorKind::Other)?;
            let room = usize::try_from(kept.bytes_max - kept.bytes).unwrap_or(usize::MAX);
            taken = &bytes[..bytes.len().min(room)];
            kept.file.write_all(taken)?;
            kept.hasher.update(taken);
            kept.bytes += taken.len() as u64;
        }
        self.log.write(self.stream, taken);
        self.bytes.fetch_add(taken.len() as u64, Ordering::AcqRel);
        if taken.len() < bytes.len() {
            self.exceeded.store(true, Ordering::Release);
            return Err(io::Error::other(OutputExceeded));
        }
        Ok(())
    }
}

impl IsTerminal for Pipe {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Pipe {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[async_trait]
impl Pollable for Pipe {
    async fn ready(&mut self) {}
}

#[async_trait]
impl OutputStream for Pipe {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.0.write(&bytes).map_err(|error| {
            if self.0.was_exceeded() {
                // A program that goes on without its output would give half an answer.
                StreamError::Trap(OutputExceeded.into())
            } else {
                StreamError::LastOperationFailed(error.into())
            }
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES_MAX)
    }

    fn write_zeroes(&mut self, len: usize) -> StreamResult<()> {
        self.write(zeroes(len)?)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.0.write(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Zeroes to write; more than one write may have is refused before they are allocated.
pub(crate) fn zeroes(len: usize) -> StreamResult<Bytes> {
    if len > WRITE_BYTES_MAX {
        return Err(StreamError::trap("more zeroes than the stream takes"));
    }
    Ok(Bytes::from(vec![0; len]))
}
