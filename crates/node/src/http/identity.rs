//! Routes about identities. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_types::identity::{App, AppId, CheckedIn, Group, GroupId, Issuer, IssuerId, Seat};
use lilliput_types::{Address, Nullifier};

use super::query::{PageQuery, Pair, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/identity/issuers", get(issuers))
        .route("/v1/identity/issuers/{id}", get(issuer))
        .route("/v1/identity/groups", get(groups))
        .route("/v1/identity/groups/{id}", get(group))
        .route("/v1/identity/groups/{id}/seats", get(seats))
        .route("/v1/identity/groups/{id}/accounts/{account}", get(seat))
        .route("/v1/identity/apps", get(apps))
        .route("/v1/identity/apps/{id}", get(app))
        .route("/v1/identity/apps/{id}/check-ins", get(check_ins))
        .route(
            "/v1/identity/apps/{id}/check-ins/{period}/{nullifier}",
            get(checked_in),
        )
}

async fn issuers(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Issuer>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.issuers(from, limit))
        .await
        .map(Json)
}

async fn issuer(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Issuer> {
    let id: IssuerId = parse(&id)?;
    blocking(&node, move |node| node.issuer(id)).await.map(Json)
}

async fn groups(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Group>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.groups(from, limit))
        .await
        .map(Json)
}

async fn group(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Group> {
    let id: GroupId = parse(&id)?;
    blocking(&node, move |node| node.group(id)).await.map(Json)
}

async fn seats(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Seat>> {
    let (id, from, limit) = (parse(&id)?, query.from()?, query.limit());
    blocking(&node, move |node| node.seats(id, from, limit))
        .await
        .map(Json)
}

async fn seat(
    State(node): State<Shared>,
    Path((id, account)): Path<(String, String)>,
) -> Answer<Seat> {
    let (id, account): (GroupId, Address) = (parse(&id)?, parse(&account)?);
    blocking(&node, move |node| node.seat(id, account))
        .await
        .map(Json)
}

async fn apps(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<App>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.apps(from, limit))
        .await
        .map(Json)
}

async fn app(State(node): State<Shared>, Path(id): Path<String>) -> Answer<App> {
    let id: AppId = parse(&id)?;
    blocking(&node, move |node| node.app(id)).await.map(Json)
}

async fn check_ins(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<CheckedIn>> {
    let (id, limit) = (parse(&id)?, query.limit());
    let from = query.from::<Pair<u64, Nullifier>>()?;
    let from = from.map(|Pair(period, nullifier)| (period, nullifier));
    blocking(&node, move |node| node.check_ins(id, from, limit))
        .await
        .map(Json)
}

async fn checked_in(
    State(node): State<Shared>,
    Path((id, period, nullifier)): Path<(String, String, String)>,
) -> Answer<CheckedIn> {
    let id: AppId = parse(&id)?;
    let (period, nullifier): (u64, Nullifier) = (parse(&period)?, parse(&nullifier)?);
    blocking(&node, move |node| node.checked_in(id, period, nullifier))
        .await
        .map(Json)
}
