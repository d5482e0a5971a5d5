//! What can go wrong with a request, and with starting.

use std::net::SocketAddr;
use std::path::PathBuf;

use lilliput_client::RequestSignatureError;
use lilliput_ledger::{OpenError, Rejection, StoreError, SubmitError};
use lilliput_types::TransactionError;

use crate::blobs::BlobError;
use crate::inputs::InputStoreError;

/// Why a request isn't done.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    NotFound {
        /// A kind of thing.
        what: &'static str,
        /// Its name.
        id: String,
    },
    /// Not what the route takes.
    #[error("{0}")]
    BadRequest(String),
    /// Bytes that aren't a transaction.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// A transaction that can't enter a block.
    #[error(transparent)]
    Rejected(Rejection),
    /// Too much is waiting.
    #[error("too many requests are waiting")]
    Busy,
    /// The disk has no room for a block or a file; reading goes on.
    #[error("the disk is full: {0}")]
    DiskFull(String),
    /// The database failed.
    #[error(transparent)]
    Store(StoreError),
    /// The database couldn't be opened again after it had failed.
    #[error("the ledger is closed: {0}")]
    Closed(String),
    /// The blob store refused or failed.
    #[error(transparent)]
    Blob(BlobError),
    /// The store of inputs refused or failed.
    #[error(transparent)]
    Input(InputStoreError),
    /// Nobody signed the request.
    #[error("this needs a signed request")]
    Unsigned,
    /// The request's signature is wrong.
    #[error(transparent)]
    Signature(#[from] RequestSignatureError),
    /// Signed by someone who may not.
    #[error("{0}")]
    Forbidden(&'static str),
    /// A task of the node broke off.
    #[error("the request was broken off")]
    Broken,
}

/// What operating systems call a full disk, a full quota, a file that may not grow.
const FULL: [&str; 5] = [
    "No space left",
    "File too large",
    "Disk quota exceeded",
    "not enough space",
    "os error 28",
];

impl NodeError {
    /// Whether the ledger's database has failed and has to be opened again.
    pub(crate) const fn is_database(&self) -> bool {
        matches!(self, Self::DiskFull(_) | Self::Store(_))
    }
}

fn is_full(message: &str) -> bool {
    FULL.iter().any(|name| message.contains(name))
}

impl From<StoreError> for NodeError {
    fn from(error: StoreError) -> Self {
        let message = error.to_string();
        if is_full(&message) {
            Self::DiskFull(message)
        } else {
            Self::Store(error)
        }
    }
}

impl From<Rejection> for NodeError {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::Store(error) => error.into(),
            Rejection::Transaction(error) => error.into(),
            other => Self::Rejected(other),
        }
    }
}

impl From<SubmitError> for NodeError {
    fn from(error: SubmitError) -> Self {
        match error {
            SubmitError::Rejected(rejection) => rejection.into(),
            SubmitError::Busy { .. } => Self::Busy,
            SubmitError::Store(error) => error.into(),
        }
    }
}

impl From<BlobError> for NodeError {
    fn from(error: BlobError) -> Self {
        let message = error.to_string();
        if is_full(&message) {
            Self::DiskFull(message)
        } else {
            Self::Blob(error)
        }
    }
}

impl From<InputStoreError> for NodeError {
    fn from(error: InputStoreError) -> Self {
        let message = error.to_string();
        if is_full(&message) {
            Self::DiskFull(message)
        } else {
            Self::Input(error)
        }
    }
}

/// Why a node doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process has the folder.
    #[error("another process uses the data folder {}", folder.display())]
    FolderInUse {
        /// Which folder.
        folder: PathBuf,
    },
    /// Another process has the port.
    #[error("another process listens on {address}")]
    PortTaken {
        /// Which address.
        address: SocketAddr,
    },
    /// The address can't be listened on.
    #[error("failed to listen on {address}: {source}")]
    Listen {
        /// Which address.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The folder can't be made or read.
    #[error("{}: {source}", path.display())]
    Folder {
        /// Which path.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// The ledger can't be opened.
    #[error(transparent)]
    Ledger(OpenError),
    /// The blob store can't be opened.
    #[error(transparent)]
    Blobs(#[from] BlobError),
    /// No threads.
    #[error("failed to start the node's threads: {0}")]
    Threads(std::io::Error),
}

impl From<OpenError> for StartError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Locked { folder } => Self::FolderInUse {
                folder: folder.into(),
            },
            other => Self::Ledger(other),
        }
    }
}
