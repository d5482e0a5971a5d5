//! Answers: JSON, and errors with a stable code and what to do next.

use std::fmt::Display;
use std::sync::Arc;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use lilliput_client::api::ApiError;
use lilliput_ledger::Rejection;
use lilliput_types::TransactionError;

use super::Shared;
use crate::blobs::BlobError;
use crate::error::NodeError;
use crate::inputs::InputStoreError;
use crate::node::Node;

/// An answer that isn't a success.
#[derive(Debug)]
pub(crate) struct Failure(StatusCode, ApiError);

/// Runs something that waits for the ledger on a thread where it may.
pub(crate) async fn blocking<T: Send + 'static>(
    node: &Shared,
    work: impl FnOnce(&Node) -> Result<T, NodeError> + Send + 'static,
) -> Result<T, Failure> {
    let node = Arc::clone(node);
    let result = tokio::task::spawn_blocking(move || work(&node)).await;
    Ok(result.map_err(|_| NodeError::Broken)??)
}

pub(super) async fn no_route() -> Failure {
    Failure::new(
        StatusCode::NOT_FOUND,
        "route.unknown",
        &"there is no such route",
        Some("the routes are in specs/api.md"),
    )
}

impl Failure {
    fn new(status: StatusCode, code: &str, message: &dyn Display, hint: Option<&str>) -> Self {
        Self(
            status,
            ApiError {
                code: code.to_owned(),
                message: message.to_string(),
                hint: hint.map(ToOwned::to_owned),
            },
        )
    }

    /// A request made by another site's page.
    pub(super) fn foreign() -> Self {
        Self::new(
            StatusCode::FORBIDDEN,
            "request.foreign",
            &"the request names another host than this node",
            Some("open the node by its own address; other names are allowed with --host"),
        )
    }

    /// Whether what was asked for doesn't exist.
    pub(crate) fn is_not_found(&self) -> bool {
        self.0 == StatusCode::NOT_FOUND
    }

    /// A path, query or body that can't be read.
    pub(crate) fn bad_request(message: impl Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "request.malformed", &message, None)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(self.1)).into_response()
    }
}

impl From<NodeError> for Failure {
    fn from(error: NodeError) -> Self {
        let (status, code, hint) = classify(&error);
        Self::new(status, code, &error, hint)
    }
}

type Class = (StatusCode, &'static str, Option<&'static str>);

fn classify(error: &NodeError) -> Class {
    use StatusCode as S;
    match error {
        NodeError::NotFound { .. } => (S::NOT_FOUND, "not_found", None),
        NodeError::BadRequest(_) => (S::BAD_REQUEST, "request.malformed", None),
        NodeError::Transaction(error) => classify_transaction(error),
        NodeError::Rejected(rejection) => classify_rejection(rejection),
        NodeError::Busy => (
            S::SERVICE_UNAVAILABLE,
            "node.busy",
            Some("try again in a moment"),
        ),
        NodeError::DiskFull(_) => (
            S::INSUFFICIENT_STORAGE,
            "node.disk_full",
            Some("nothing was changed; make room on the node's disk and try again"),
        ),
        NodeError::Store(_) => (
            S::INTERNAL_SERVER_ERROR,
            "node.store",
            Some("nothing was changed; look at the node's disk"),
        ),
        NodeError::Closed(_) => (
            S::SERVICE_UNAVAILABLE,
            "node.closed",
            Some("the node opens its ledger again by itself as soon as it can"),
        ),
        NodeError::Blob(error) => classify_blob(error),
        NodeError::Input(InputStoreError::TooLarge { .. }) => {
            (S::PAYLOAD_TOO_LARGE, "input.too_large", None)
        }
        NodeError::Input(InputStoreError::Full) => {
            (S::INSUFFICIENT_STORAGE, "input.store_full", None)
        }
        NodeError::Input(InputStoreError::File(_) | InputStoreError::Io { .. }) => {
            (S::INTERNAL_SERVER_ERROR, "node.store", None)
        }
        NodeError::Unsigned => (
            S::UNAUTHORIZED,
            "request.unsigned",
            Some("sign it as specs/api.md says"),
        ),
        NodeError::Signature(_) => (
            S::UNAUTHORIZED,
            "request.signature",
            Some("sign it anew; clocks may differ by a minute"),
        ),
        NodeError::Forbidden(_) => (S::FORBIDDEN, "request.forbidden", None),
        NodeError::Broken => (S::INTERNAL_SERVER_ERROR, "node.broken", None),
    }
}

fn classify_transaction(error: &TransactionError) -> Class {
    use StatusCode as S;
    match error {
        TransactionError::Decode(_) => (S::BAD_REQUEST, "transaction.malformed", None),
        TransactionError::TooLong { .. } | TransactionError::BlobsTooLong { .. } => {
            (S::PAYLOAD_TOO_LARGE, "transaction.too_long", None)
        }
        TransactionError::Empty => (S::BAD_REQUEST, "transaction.empty", None),
        TransactionError::Chain { .. } => (
            S::BAD_REQUEST,
            "transaction.chain",
            Some("sign it for the chain that /v1/status names"),
        ),
        TransactionError::Signature { .. } => (S::BAD_REQUEST, "transaction.signature", None),
        TransactionError::Blobs { .. } => (S::BAD_REQUEST, "transaction.blobs", None),
    }
}

fn classify_rejection(rejection: &Rejection) -> Class {
    use StatusCode as S;
    match rejection {
        Rejection::Transaction(error) => classify_transaction(error),
        Rejection::Message { .. } => (S::BAD_REQUEST, "transaction.message", None),
        Rejection::Expired { .. } => (
            S::CONFLICT,
            "transaction.expired",
            Some("sign it anew with a later expiry"),
        ),
        Rejection::NonceUsed { .. } => (
            S::CONFLICT,
            "transaction.nonce_used",
            Some("it is in a block already, or another one of the same nonce is"),
        ),
        Rejection::NonceAhead { .. } => (
            S::CONFLICT,
            "transaction.nonce_ahead",
            Some("submit the account's transactions in their order"),
        ),
        Rejection::FeeTooLow { .. } => (
            S::BAD_REQUEST,
            "transaction.fee_too_low",
            Some("allow the fee that /v1/status asks"),
        ),
        Rejection::Session(_) => (
            S::FORBIDDEN,
            "transaction.session",
            Some("log in again; `lilliput id login show` lists the sessions"),
        ),
        Rejection::FeeUnpaid(_) => (
            S::PAYMENT_REQUIRED,
            "transaction.fee_unpaid",
            Some("the account needs more of the fee asset"),
        ),
        Rejection::Store(_) => (S::INTERNAL_SERVER_ERROR, "node.store", None),
    }
}

fn classify_blob(error: &BlobError) -> Class {
    use StatusCode as S;
    match error {
        BlobError::TooLarge { .. } => (S::PAYLOAD_TOO_LARGE, "blob.too_large", None),
        BlobError::Full { .. } => (S::INSUFFICIENT_STORAGE, "blob.store_full", None),
        BlobError::WrongHash { .. } => (S::BAD_REQUEST, "blob.hash", None),
        BlobError::File(_) | BlobError::Io { .. } => (S::INTERNAL_SERVER_ERROR, "node.store", None),
    }
}
