//! Starts the runtime as a process of its own, as cargo starts its subcommands.

use std::fs::{DirBuilder, OpenOptions};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Client, SOCKET};
use crate::error::WorkloadError;

/// The binary's name.
const BINARY: &str = "lilliput-runtime";
/// The variable that names another.
const VARIABLE: &str = "LILLIPUT_RUNTIME";
/// How long a fresh runtime may take until it answers.
const START_MAX: Duration = Duration::from_secs(10);
/// How often it is asked.
const POLL: Duration = Duration::from_millis(5);
/// The longest path a Unix socket can have.
const SOCKET_PATH_MAX: usize = 107;

/// What [`ensure_serving`] found or did.
#[derive(Debug)]
pub struct Started {
    /// The client.
    pub client: Client,
    /// Whether the runtime was started now.
    pub now: bool,
}

/// The runtime's binary: named in `LILLIPUT_RUNTIME`, or beside this command, or one folder up (where cargo puts the
/// binaries that tests start).
///
/// # Errors
/// When there is none; the error says how to build it.
pub fn binary() -> Result<PathBuf, WorkloadError> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let path = PathBuf::from(named);
        return if path.is_file() {
            Ok(path)
        } else {
            Err(WorkloadError::NoBinary { path })
        };
    }
    let own = std::env::current_exe().map_err(|source| WorkloadError::Io {
        path: PathBuf::from(BINARY),
        source,
    })?;
    let folders = own.ancestors().skip(1).take(2);
    let mut candidates = folders.map(|folder| folder.join(BINARY));
    let beside = candidates.next().unwrap_or_else(|| PathBuf::from(BINARY));
    if beside.is_file() {
        return Ok(beside);
    }
    let found = candidates.find(|candidate| candidate.is_file());
    found.ok_or(WorkloadError::NoBinary { path: beside })
}

/// The client of the runtime that serves a folder; starts one, in a session of its own, if none answers. It outlives who started it,
/// so that workloads do.
///
/// # Errors
/// When there is no binary, or it doesn't come up.
pub fn ensure_serving(state: &Path) -> Result<Started, WorkloadError> {
    let client = Client::new(state);
    if client.hello().is_ok() {
        return Ok(Started { client, now: false });
    }
    let socket = state.join(SOCKET);
    let len = socket.as_os_str().len();
    if len > SOCKET_PATH_MAX {
        let what = "length of the path of the runtime's socket";
        let (got, max) = (len as u64, SOCKET_PATH_MAX as u64);
        return Err(WorkloadError::TooMuch { what, got, max });
    }
    let io = |path: &Path| {
        let path = path.to_owned();
        move |source| WorkloadError::Io { path, source }
    };
    let mut builder = DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(state);
    made.map_err(io(state))?;
    let log = state.join("runtime.log");
    let mut options = OpenOptions::new();
    let opened = options.create(true).append(true).mode(0o600).open(&log);
    let errors = opened.map_err(io(&log))?;
    let binary = binary()?;
    let spawned = Command::new(&binary)
        .arg("serve")
        .arg("--state")
        .arg(state)
        .env_clear()
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(errors)
        .process_group(0)
        .spawn();
    spawned.map_err(io(&binary))?;
    let begun = Instant::now();
    while begun.elapsed() < START_MAX {
        if client.hello().is_ok() {
            return Ok(Started { client, now: true });
        }
        std::thread::sleep(POLL);
    }
    Err(WorkloadError::NotServing { socket, log })
}
