//! Routes about price feeds and contests. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_types::prices::{
    Contest, ContestId, Entrant, Feed, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use super::query::{PageQuery, Pair, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/feeds", get(feeds))
        .route("/v1/feeds/{id}", get(feed))
        .route("/v1/feeds/{id}/reporters", get(reporters))
        .route("/v1/feeds/{id}/prices", get(prices))
        .route("/v1/contests", get(contests))
        .route("/v1/contests/{id}", get(contest))
        .route("/v1/contests/{id}/entrants", get(entrants))
        .route("/v1/contests/{id}/signals", get(signals))
        .route("/v1/contests/{id}/steps", get(steps))
        .route("/v1/contests/{id}/payouts", get(payouts))
}

async fn feeds(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Feed>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.feeds(from, limit))
        .await
        .map(Json)
}

async fn feed(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Feed> {
    let id: FeedId = parse(&id)?;
    blocking(&node, move |node| node.feed(id)).await.map(Json)
}

async fn reporters(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Reporter>> {
    let (id, from, limit) = (parse(&id)?, query.from()?, query.limit());
    blocking(&node, move |node| node.reporters(id, from, limit))
        .await
        .map(Json)
}

async fn prices(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<PriceRecord>> {
    let (id, from, limit) = (parse(&id)?, query.from()?, query.limit());
    blocking(&node, move |node| node.prices(id, from, limit))
        .await
        .map(Json)
}

async fn contests(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Contest>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.contests(from, limit))
        .await
        .map(Json)
}

async fn contest(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Contest> {
    let id: ContestId = parse(&id)?;
    blocking(&node, move |node| node.contest(id))
        .await
        .map(Json)
}

async fn entrants(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Vec<Entrant>> {
    let id: ContestId = parse(&id)?;
    blocking(&node, move |node| node.entrants(id))
        .await
        .map(Json)
}

async fn signals(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Signal>> {
    let (id, limit) = (parse(&id)?, query.limit());
    let from = query.from::<Pair<u64, u16>>()?;
    let from = from.map(|Pair(period, entrant)| (period, entrant));
    blocking(&node, move |node| node.signals(id, from, limit))
        .await
        .map(Json)
}

async fn steps(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Step>> {
    let (id, from, limit) = (parse(&id)?, query.from()?, query.limit());
    blocking(&node, move |node| node.steps(id, from, limit))
        .await
        .map(Json)
}

async fn payouts(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<PayoutRecord>> {
    let (id, from, limit) = (parse(&id)?, query.from()?, query.limit());
    blocking(&node, move |node| node.payouts(id, from, limit))
        .await
        .map(Json)
}
