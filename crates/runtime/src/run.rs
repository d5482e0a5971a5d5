//! A job runs once; a service answers requests until it is told to stop.

pub(crate) mod job;
mod outcome;
pub(crate) mod service;

use std::path::PathBuf;
use std::sync::Arc;

use lilliput_workload::{Kind, Stream, Use, Workload};
use serde::{Deserialize, Serialize};

use crate::error::RuntimeError;
use crate::host::Shared;
use crate::host::folder::Disk;
use crate::host::memory::MemoryBudget;
use crate::host::outbound::Counter;
use crate::host::output::Output;
use crate::log::Log;

/// What a worker is told to run, and where everything lies.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    /// The workload.
    pub(crate) workload: Workload,
    /// Its component, compiled.
    pub(crate) compiled: PathBuf,
    /// A job's standard input.
    pub(crate) stdin: Option<PathBuf>,
    /// The workload's folder, with the private folder in it.
    pub(crate) folder: PathBuf,
}

/// Within a workload's folder: what the component sees.
pub(crate) const DISK: &str = "disk";
/// A job's standard output.
pub(crate) const STDOUT: &str = "stdout";
/// A job's standard error.
pub(crate) const STDERR: &str = "stderr";

/// Opens everything that the runs of a workload share.
pub(crate) fn shared(order: Order) -> Result<(Shared, Arc<Log>), RuntimeError> {
    let limits = order.workload.limits;
    let log = Arc::new(Log::open(&order.folder, limits.log_bytes)?);
    let output = |stream, name: &str| match order.workload.kind {
        Kind::Job => {
            let path = order.folder.join(name);
            Output::kept(stream, Arc::clone(&log), &path, limits.output_bytes)
        }
        Kind::Service => Ok(Output::logged(stream, Arc::clone(&log))),
    };
    let stdin = match &order.stdin {
        Some(path) => std::fs::read(path).map_err(RuntimeError::io(path))?,
        None => Vec::new(),
    };
    let shared = Shared {
        stdout: Arc::new(output(Stream::Stdout, STDOUT)?),
        stderr: Arc::new(output(Stream::Stderr, STDERR)?),
        disk: Arc::new(Disk::open(&order.folder.join(DISK), &limits)?),
        memory: Arc::new(MemoryBudget::new(limits.memory_bytes)),
        outbound: Arc::new(Counter::new()),
        stdin: stdin.into(),
        workload: order.workload,
    };
    Ok((shared, log))
}

/// What has been used, but for fuel, requests and time.
fn used(shared: &Shared) -> Use {
    let (disk_bytes, files) = shared.disk.used();
    Use {
        memory_bytes_peak: shared.memory.peak(),
        stdout_bytes: shared.stdout.bytes(),
        stderr_bytes: shared.stderr.bytes(),
        disk_bytes,
        files,
        sub_requests: shared.outbound.made(),
        ..Use::default()
    }
}
