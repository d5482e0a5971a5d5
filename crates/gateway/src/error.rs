//! Why the gateway can't do what it was asked.

use std::path::{Path, PathBuf};

use hyper::StatusCode;
use lilliput_workload::WorkloadError;
use lilliput_workload::protocol::RefusalKind;

use crate::manifest::ManifestError;
use crate::token::TokenError;

/// Why a request, or the gateway itself, failed.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// No token, or one that doesn't reach.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A manifest that can't be run.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The runtime said no, or isn't there.
    #[error(transparent)]
    Workload(#[from] WorkloadError),
    /// No such lease, service or page.
    #[error("{0}")]
    Missing(&'static str),
    /// A request that makes no sense.
    #[error("{0}")]
    Bad(String),
    /// What is asked doesn't go with how things stand.
    #[error("{0}")]
    Conflict(String),
    /// More than is allowed.
    #[error("the body is larger than {max} bytes")]
    TooLarge {
        /// How much is.
        max: u64,
    },
    /// Too many at a time.
    #[error("{0}: try again")]
    Busy(&'static str),
    /// A file or a socket.
    #[error("{}: {source}", path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        source: std::io::Error,
    },
}

impl GatewayError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { path, source }
    }

    /// The status that a client is told.
    pub(crate) const fn status(&self) -> StatusCode {
        match self {
            Self::Token(TokenError::Scope(_) | TokenError::Owner) => StatusCode::FORBIDDEN,
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Manifest(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Missing(_) => StatusCode::NOT_FOUND,
            Self::Bad(_) => StatusCode::BAD_REQUEST,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Workload(WorkloadError::Refused { kind, .. }) => match kind {
                RefusalKind::Bad => StatusCode::UNPROCESSABLE_ENTITY,
                RefusalKind::Missing => StatusCode::NOT_FOUND,
                RefusalKind::Conflict => StatusCode::CONFLICT,
                RefusalKind::Full => StatusCode::INSUFFICIENT_STORAGE,
                RefusalKind::Failed => StatusCode::BAD_GATEWAY,
            },
            Self::Workload(WorkloadError::TooMuch { .. }) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Workload(_) => StatusCode::BAD_GATEWAY,
            Self::Io { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What a client is told: nothing of the provider's files.
    pub(crate) fn told(&self) -> String {
        match self {
            Self::Io { .. } => "the provider has trouble with its disk".to_owned(),
            Self::Workload(WorkloadError::Io { .. } | WorkloadError::NotServing { .. }) => {
                "the provider's runtime is away: try again".to_owned()
            }
            other => other.to_string(),
        }
    }
}
