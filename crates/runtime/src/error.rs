//! Why the runtime can't do what it was asked.

use std::path::{Path, PathBuf};

use lilliput_workload::WorkloadError;

/// Why the runtime, or a worker, can't go on.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// A file, a socket or a process.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        source: std::io::Error,
    },
    /// Another runtime serves the folder.
    #[error("another runtime serves {}: stop it, or name another folder", path.display())]
    Taken {
        /// The folder.
        path: PathBuf,
    },
    /// What was kept can't be read.
    #[error("{}: {reason}", path.display())]
    Kept {
        /// Where.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The engine says no.
    #[error("{reason}")]
    Engine {
        /// Its words, the whole chain.
        reason: String,
    },
    /// An order that can't be followed.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// A limit of the operating system.
    #[error("failed to limit {what}: {source}")]
    Confine {
        /// What.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
}

impl RuntimeError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    #[expect(clippy::needless_pass_by_value, reason = "so that it fits map_err")]
    pub(crate) fn engine(error: wasmtime::Error) -> Self {
        let reason = format!("{error:#}");
        Self::Engine { reason }
    }
}
