//! Routes that read. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::{
    Account, BlockDetail, BlockEventsAt, BlockSummary, Page, ProvenState, SegmentRevenue, Status,
    Supply, TransactionDetail,
};
use lilliput_types::bank::Asset;
use lilliput_types::job::Job;
use lilliput_types::provider::{Offer, Provider};
use lilliput_types::registry::{Model, RegisteredAttempt};
use lilliput_types::{Address, Height, JobId, ModelId, TransactionId};

use super::query::{JobQuery, PageQuery, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

/// Longest key of the state that is looked up.
const STATE_KEY_LEN_MAX: usize = 512;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/status", get(status))
        .route("/v1/supply", get(supply))
        .route("/v1/blocks", get(blocks))
        .route("/v1/blocks/{height}", get(block))
        .route("/v1/transactions/{id}", get(transaction))
        .route("/v1/accounts/{address}", get(account))
        .route("/v1/assets", get(assets))
        .route("/v1/models", get(models))
        .route("/v1/models/{id}", get(model))
        .route("/v1/models/{id}/offers", get(offers))
        .route("/v1/models/{id}/attempts", get(attempts))
        .route("/v1/providers", get(providers))
        .route("/v1/providers/{address}", get(provider))
        .route("/v1/jobs", get(jobs))
        .route("/v1/jobs/{id}", get(job))
        .route("/v1/revenue", get(revenue))
        .route("/v1/events", get(events))
        .route("/v1/state/{*key}", get(state))
}

async fn status(State(node): State<Shared>) -> Answer<Status> {
    blocking(&node, |node| node.status()).await.map(Json)
}

async fn supply(State(node): State<Shared>) -> Answer<Supply> {
    blocking(&node, |node| node.supply()).await.map(Json)
}

async fn blocks(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<BlockSummary>> {
    let from = query.from::<u64>()?.map(Height);
    let limit = query.limit();
    blocking(&node, move |node| node.blocks(from, limit))
        .await
        .map(Json)
}

async fn block(State(node): State<Shared>, Path(height): Path<String>) -> Answer<BlockDetail> {
    let height = Height(parse(&height)?);
    blocking(&node, move |node| node.block(height))
        .await
        .map(Json)
}

async fn transaction(
    State(node): State<Shared>,
    Path(id): Path<String>,
) -> Answer<TransactionDetail> {
    let id: TransactionId = parse(&id)?;
    blocking(&node, move |node| node.transaction(id))
        .await
        .map(Json)
}

async fn account(State(node): State<Shared>, Path(address): Path<String>) -> Answer<Account> {
    let address: Address = parse(&address)?;
    blocking(&node, move |node| node.account(address))
        .await
        .map(Json)
}

async fn assets(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Asset>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.assets(from, limit))
        .await
        .map(Json)
}

async fn models(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Model>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.models(from, limit))
        .await
        .map(Json)
}

async fn model(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Model> {
    let id: ModelId = parse(&id)?;
    blocking(&node, move |node| node.model(id)).await.map(Json)
}

async fn attempts(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<RegisteredAttempt>> {
    let id: ModelId = parse(&id)?;
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.attempts(id, from, limit))
        .await
        .map(Json)
}

async fn offers(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Page<Offer>> {
    let id: ModelId = parse(&id)?;
    blocking(&node, move |node| node.offers(id)).await.map(Json)
}

async fn providers(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Provider>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.providers(from, limit))
        .await
        .map(Json)
}

async fn provider(State(node): State<Shared>, Path(address): Path<String>) -> Answer<Provider> {
    let address: Address = parse(&address)?;
    blocking(&node, move |node| node.provider(address))
        .await
        .map(Json)
}

async fn jobs(State(node): State<Shared>, Query(query): Query<JobQuery>) -> Answer<Page<Job>> {
    let (filter, limit) = (query.filter()?, query.limit());
    blocking(&node, move |node| node.jobs(&filter, limit))
        .await
        .map(Json)
}

async fn job(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Job> {
    let id: JobId = parse(&id)?;
    blocking(&node, move |node| node.job(id)).await.map(Json)
}

async fn revenue(State(node): State<Shared>) -> Answer<Vec<SegmentRevenue>> {
    blocking(&node, |node| node.revenue()).await.map(Json)
}

async fn events(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<BlockEventsAt>> {
    let from = Height(query.from::<u64>()?.unwrap_or(0));
    blocking(&node, move |node| node.events(from))
        .await
        .map(Json)
}

async fn state(State(node): State<Shared>, Path(key): Path<String>) -> Answer<ProvenState> {
    if key.len() > STATE_KEY_LEN_MAX || !key.is_ascii() {
        return Err(Failure::bad_request("no key of the state is like that"));
    }
    blocking(&node, move |node| node.state(&key))
        .await
        .map(Json)
}
