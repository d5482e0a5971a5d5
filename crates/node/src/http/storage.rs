//! Routes about stored blobs. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_types::storage::Deal;

use super::query::{PageQuery, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/storage/deals", get(deals))
        .route("/v1/storage/deals/{id}", get(deal))
}

async fn deals(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Deal>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.deals(from, limit))
        .await
        .map(Json)
}

async fn deal(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Deal> {
    let id = parse(&id)?;
    blocking(&node, move |node| node.deal(id)).await.map(Json)
}
