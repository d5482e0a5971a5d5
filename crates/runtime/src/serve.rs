//! The supervisor: a socket, a folder, and a keeper for each workload. It decodes nothing that a component wrote.

mod child;
mod folder;
mod keeper;
mod kept;
mod talk;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lilliput_workload::limits::WORKLOADS_MAX;
use lilliput_workload::{EventKind, Name, State, Status, Workload};
use rustix::fs::FlockOperation;

use crate::error::RuntimeError;
use folder::Folder;
use kept::Kept;

/// Connections at a time.
const CONNECTIONS_MAX: usize = 256;
/// The socket's name.
const SOCKET: &str = "runtime.sock";

/// What a supervisor is started with.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where it keeps everything; made if it isn't there, closed to other users.
    pub state: PathBuf,
    /// Bytes of components and inputs that it keeps.
    pub blob_bytes_max: u64,
    /// Addresses and names that workloads may be allowed to reach.
    pub network: Vec<lilliput_workload::NetworkRule>,
}

/// One supervisor.
pub(crate) struct Runtime {
    folder: Folder,
    config: Config,
    kept: Mutex<BTreeMap<Name, Arc<Kept>>>,
    connections: AtomicUsize,
}

/// Serves a folder's socket until the process is killed. Workloads that were running when the last one was are started again.
///
/// # Errors
/// When the folder is another's, or can't be used.
pub fn serve(config: Config) -> Result<(), RuntimeError> {
    let folder = Folder::open(&config.state)?;
    let path = config.state.join("lock");
    let lock = std::fs::File::create(&path).map_err(RuntimeError::io(&path))?;
    if rustix::fs::flock(&lock, FlockOperation::NonBlockingLockExclusive).is_err() {
        let path = config.state;
        return Err(RuntimeError::Taken { path });
    }
    let socket = config.state.join(SOCKET);
    // The lock is ours, so whoever left the socket is gone.
    let _ = std::fs::remove_file(&socket);
    let listener = UnixListener::bind(&socket).map_err(RuntimeError::io(&socket))?;
    let private = std::fs::Permissions::from_mode(0o600);
    std::fs::set_permissions(&socket, private).map_err(RuntimeError::io(&socket))?;
    let runtime = Arc::new(Runtime {
        folder,
        config,
        kept: Mutex::new(BTreeMap::new()),
        connections: AtomicUsize::new(0),
    });
    runtime.recover()?;
    for stream in listener.incoming().flatten() {
        Arc::clone(&runtime).accept(stream);
    }
    Ok(())
}

impl Runtime {
    fn accept(self: Arc<Self>, stream: UnixStream) {
        if self.connections.fetch_add(1, Ordering::AcqRel) >= CONNECTIONS_MAX {
            talk::refuse_full(&stream);
            self.connections.fetch_sub(1, Ordering::AcqRel);
            return;
        }
        std::thread::spawn(move || {
            talk::serve(&self, stream);
            self.connections.fetch_sub(1, Ordering::AcqRel);
        });
    }

    /// What was there before: over stays over, everything else is begun again.
    fn recover(self: &Arc<Self>) -> Result<(), RuntimeError> {
        for (workload, status, events) in self.folder.workloads()? {
            let name = workload.name.clone();
            let over = status.state == State::Ended;
            let kept = Arc::new(Kept::recovered(&self.folder, workload, status, events));
            self.kept().insert(name, Arc::clone(&kept));
            if !over {
                kept.happened(EventKind::Recovered);
                keeper::keep(self, &kept);
            }
        }
        self.folder.drop_unused(&self.used_blobs());
        Ok(())
    }

    fn start(self: &Arc<Self>, workload: Workload) -> Result<Status, talk::No> {
        let kept = {
            let mut all = self.kept();
            if let Some(kept) = all.get(&workload.name) {
                return if kept.workload == workload {
                    Ok(kept.status())
                } else {
                    let reason =
                        "another workload has this name: remove it first, or take another name";
                    Err(talk::No::conflict(reason))
                };
            }
            if all.len() >= WORKLOADS_MAX {
                return Err(talk::No::full(
                    "the runtime keeps as many workloads as it can: remove some",
                ));
            }
            self.folder.make(&workload).map_err(talk::No::failed)?;
            let kept = Arc::new(Kept::new(&self.folder, workload.clone()));
            all.insert(workload.name, Arc::clone(&kept));
            kept
        };
        kept.happened(EventKind::Accepted);
        let status = kept.status();
        keeper::keep(self, &kept);
        Ok(status)
    }

    fn resume(self: &Arc<Self>, name: &Name) -> Result<Status, talk::No> {
        let kept = self.find(name)?;
        if !kept.resume(&self.folder) {
            return Err(talk::No::conflict(
                "it wasn't stopped: there is nothing to go on with",
            ));
        }
        let status = kept.status();
        keeper::keep(self, &kept);
        Ok(status)
    }

    fn find(&self, name: &Name) -> Result<Arc<Kept>, talk::No> {
        let found = self.kept().get(name).cloned();
        found.ok_or_else(|| talk::No::missing("no such workload"))
    }

    fn remove(&self, name: &Name) -> Result<(), talk::No> {
        let kept = self.find(name)?;
        kept.stop();
        kept.wait_over();
        self.kept().remove(name);
        self.folder.remove(name).map_err(talk::No::failed)?;
        self.folder.drop_unused(&self.used_blobs());
        Ok(())
    }

    fn used_blobs(&self) -> Vec<lilliput_workload::Digest> {
        let all = self.kept();
        let blobs = all.values().flat_map(|kept| {
            let workload = &kept.workload;
            let inputs = workload.files.values().chain(&workload.stdin);
            inputs
                .chain([&workload.component])
                .copied()
                .collect::<Vec<_>>()
        });
        blobs.collect()
    }

    fn kept(&self) -> MutexGuard<'_, BTreeMap<Name, Arc<Kept>>> {
        // A map whose holder panicked between two calls is still a map.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
