//! What a process gives up before it looks at foreign bytes. The sandbox is the engine; this is for the day it has a hole.

use rustix::process::{Resource, Rlimit, setrlimit};

use crate::error::RuntimeError;

/// Memory of a compiler.
const COMPILER_BYTES: u64 = 3 << 30;
/// Processor time of a compiler.
const COMPILER_SECONDS: u64 = 120;
/// Memory of a worker beyond what its component may have: compiled code, stacks, buffers of requests.
const WORKER_BYTES: u64 = 512 << 20;
/// Files that a worker may hold open beyond its component's handles.
const WORKER_FILES: u64 = 64;

/// Confines a compiler.
pub(crate) fn compiler() -> Result<(), RuntimeError> {
    all()?;
    limit("memory", Resource::Data, COMPILER_BYTES)?;
    limit("processor time", Resource::Cpu, COMPILER_SECONDS)
}

/// Confines a worker.
pub(crate) fn worker(limits: &lilliput_workload::Limits) -> Result<(), RuntimeError> {
    all()?;
    let largest = limits.disk_bytes.max(limits.log_bytes);
    let largest = largest.max(limits.output_bytes).saturating_add(1 << 20);
    // Requests carry bodies both ways.
    let bodies = limits.concurrency.saturating_mul(limits.body_bytes);
    let memory = limits.memory_bytes.saturating_add(WORKER_BYTES);
    limit(
        "memory",
        Resource::Data,
        memory.saturating_add(bodies.min(4 << 30)),
    )?;
    limit("size of files", Resource::Fsize, largest)?;
    let connections = limits.concurrency.saturating_mul(8);
    let files = limits.handles.saturating_add(WORKER_FILES);
    limit(
        "open files",
        Resource::Nofile,
        files.saturating_add(connections),
    )
}

/// No core files with other people's data, and no more rights by starting something.
fn all() -> Result<(), RuntimeError> {
    limit("core files", Resource::Core, 0)?;
    rustix::thread::set_no_new_privs(true).map_err(|errno| RuntimeError::Confine {
        what: "privileges",
        source: errno.into(),
    })
}

/// Lowers a limit; one that is lower already stays.
fn limit(what: &'static str, resource: Resource, wanted: u64) -> Result<(), RuntimeError> {
    let hard = rustix::process::getrlimit(resource).maximum;
    let value = Some(hard.map_or(wanted, |hard| hard.min(wanted)));
    let limits = Rlimit {
        current: value,
        maximum: value,
    };
    setrlimit(resource, limits).map_err(|errno| RuntimeError::Confine {
        what,
        source: errno.into(),
    })
}
