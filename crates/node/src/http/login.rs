//! Routes about login providers and sessions. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

use super::query::{PageQuery, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/login/issuers", get(issuers))
        .route("/v1/login/issuers/{id}", get(issuer))
        .route("/v1/login/issuers/{id}/keys", get(keys))
        .route("/v1/accounts/{address}/sessions", get(sessions))
}

async fn issuers(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Issuer>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.login_issuers(from, limit))
        .await
        .map(Json)
}

async fn issuer(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Issuer> {
    let id: LoginIssuerId = parse(&id)?;
    blocking(&node, move |node| node.login_issuer(id))
        .await
        .map(Json)
}

async fn keys(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Vec<IssuerKeyRecord>> {
    let id: LoginIssuerId = parse(&id)?;
    blocking(&node, move |node| node.login_keys(id))
        .await
        .map(Json)
}

async fn sessions(
    State(node): State<Shared>,
    Path(address): Path<String>,
) -> Answer<Vec<LoginSession>> {
    let account: Address = parse(&address)?;
    blocking(&node, move |node| node.login_sessions(account))
        .await
        .map(Json)
}
