//! Routes that take bytes: transactions, blobs, inputs of jobs. Those that only some may use want a
//! signed request.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use lilliput_client::api::{DryRun, Stored, Submitted};
use lilliput_client::{JOB_INPUT_BYTES_MAX, RequestSignature};
use lilliput_types::{Address, BlobId, JobId, SUBMISSION_LEN_MAX, Submission};

use super::query::parse;
use super::{Failure, Shared, blocking};
use crate::blobs::BLOB_BYTES_MAX;
use crate::engine::clock_ms;
use crate::error::NodeError;
use crate::node::Node;

pub(super) fn router() -> Router<Shared> {
    let transactions = Router::new()
        .route("/v1/transactions", post(submit))
        .route("/v1/transactions/dry-run", post(dry_run))
        .layer(DefaultBodyLimit::max(SUBMISSION_LEN_MAX));
    let blobs = Router::new()
        .route("/v1/blobs/{id}", get(blob).put(put_blob))
        .layer(DefaultBodyLimit::max(BLOB_BYTES_MAX));
    let inputs = Router::new()
        .route("/v1/jobs/{id}/input", get(input).put(put_input))
        .layer(DefaultBodyLimit::max(JOB_INPUT_BYTES_MAX));
    transactions.merge(blobs).merge(inputs)
}

async fn submit(State(node): State<Shared>, body: Bytes) -> Result<Json<Submitted>, Failure> {
    let submission = Submission::decode(&body).map_err(NodeError::from)?;
    blocking(&node, |node| node.submit(submission))
        .await
        .map(Json)
}

async fn dry_run(State(node): State<Shared>, body: Bytes) -> Result<Json<DryRun>, Failure> {
    let submission = Submission::decode(&body).map_err(NodeError::from)?;
    blocking(&node, move |node| node.dry_run(&submission))
        .await
        .map(Json)
}

async fn blob(State(node): State<Shared>, Path(id): Path<String>) -> Result<Response, Failure> {
    let id: BlobId = parse(&id)?;
    let bytes = blocking(&node, move |node| node.blob(id)).await?;
    Ok(octets(bytes))
}

async fn put_blob(
    State(node): State<Shared>,
    Path(text): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Failure> {
    let id: BlobId = parse(&text)?;
    let path = format!("/v1/blobs/{text}");
    blocking(&node, move |node| {
        let account = signer(node, &headers, "PUT", &path, &body)?;
        node.put_blob(account, id, &body)
    })
    .await
    .map(Json)
}

async fn input(
    State(node): State<Shared>,
    Path(text): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let id: JobId = parse(&text)?;
    let path = format!("/v1/jobs/{text}/input");
    let bytes = blocking(&node, move |node| {
        let account = signer(node, &headers, "GET", &path, &[])?;
        node.input(account, id)
    })
    .await?;
    Ok(octets(bytes))
}

async fn put_input(
    State(node): State<Shared>,
    Path(text): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Stored>, Failure> {
    let id: JobId = parse(&text)?;
    let path = format!("/v1/jobs/{text}/input");
    blocking(&node, move |node| {
        let account = signer(node, &headers, "PUT", &path, &body)?;
        node.put_input(account, id, &body)
    })
    .await
    .map(Json)
}

/// The account that signed a request.
fn signer(
    node: &Node,
    headers: &HeaderMap,
    method: &str,
    path: &str,
    body: &[u8],
) -> Result<Address, NodeError> {
    let header = headers.get(AUTHORIZATION).ok_or(NodeError::Unsigned)?;
    let signature: RequestSignature = header.to_str().unwrap_or_default().parse()?;
    Ok(signature.check(node.chain(), method, path, body, clock_ms())?)
}

/// Bytes that no browser takes for a page.
fn octets(bytes: Vec<u8>) -> Response {
    let kind = HeaderValue::from_static("application/octet-stream");
    let sniff = HeaderValue::from_static("nosniff");
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::X_CONTENT_TYPE_OPTIONS, sniff),
    ];
    (headers, bytes).into_response()
}
