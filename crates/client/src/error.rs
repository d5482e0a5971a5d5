//! Why a request had no good answer.

use lilliput_types::{AmountError, BoundError};

use crate::api::ApiError;
use crate::input::InputError;

/// Why a request had no good answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Not an address of a node.
    #[error("{url:?} is no address of a node, expected http://HOST:PORT")]
    Url {
        /// What was given.
        url: String,
    },
    /// No connection, or it broke.
    #[error("no answer from the node at {url}: {source}")]
    Unreachable {
        /// The node.
        url: String,
        /// What failed.
        source: Box<ureq::Error>,
    },
    /// The node said no.
    #[error("the node refused: {}", error.message)]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Its reason.
        error: ApiError,
    },
    /// An answer that isn't what the route promises.
    #[error("the node's answer to {path} is malformed: {reason}")]
    Malformed {
        /// The route.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// The transaction is in a block, and its messages were refused.
    #[error("the ledger refused message {message}: {reason} ({code})")]
    Failed {
        /// Which message, from zero.
        message: u32,
        /// A stable name of the reason.
        code: String,
        /// The reason for people.
        reason: String,
    },
    /// More messages or bytes than a transaction takes.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// A fee above all amounts.
    #[error(transparent)]
    Amount(#[from] AmountError),
    /// A job's input that isn't one.
    #[error(transparent)]
    Input(#[from] InputError),
}

impl ClientError {
    /// The node's or ledger's stable name of the reason, if it gave one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { error, .. } => Some(&error.code),
            Self::Failed { code, .. } => Some(code),
            _ => None,
        }
    }

    /// Whether the thing asked for doesn't exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }

    /// Whether asking again later may help: the node is away, busy or out of space.
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            Self::Refused { status, .. } => matches!(status, 408 | 429 | 503 | 507),
            _ => false,
        }
    }
}
