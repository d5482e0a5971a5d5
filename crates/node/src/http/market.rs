//! Routes about the market. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_client::market::{
    ClassHistory, ClassPrice, LeaseStanding, OrderBook, ProviderProfile,
};
use lilliput_types::market::{Deployment, Lease, MarketProvider, Order};

use super::query::{PageQuery, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

/// The longest name of a class.
const CLASS_LEN_MAX: usize = 128;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/market/orders", get(orders))
        .route("/v1/market/open", get(open_orders))
        .route("/v1/market/orders/{id}", get(order))
        .route("/v1/market/deployments/{id}", get(deployment))
        .route(
            "/v1/market/accounts/{address}/deployments",
            get(deployments),
        )
        .route("/v1/market/leases", get(leases))
        .route("/v1/market/leases/{id}", get(lease))
        .route("/v1/market/providers", get(providers))
        .route("/v1/market/providers/{address}", get(provider))
        .route("/v1/market/providers/{address}/leases", get(served))
        .route("/v1/market/prices", get(prices))
        .route("/v1/market/prices/{*class}", get(history))
}

async fn orders(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Order>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.orders(from, limit))
        .await
        .map(Json)
}

async fn open_orders(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Order>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.open_orders(from, limit))
        .await
        .map(Json)
}

async fn order(State(node): State<Shared>, Path(id): Path<String>) -> Answer<OrderBook> {
    let id = parse(&id)?;
    blocking(&node, move |node| node.order_book(id))
        .await
        .map(Json)
}

async fn deployment(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Deployment> {
    let id = parse(&id)?;
    blocking(&node, move |node| node.deployment(id))
        .await
        .map(Json)
}

async fn deployments(
    State(node): State<Shared>,
    Path(owner): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Deployment>> {
    let (owner, from, limit) = (parse(&owner)?, query.from()?, query.limit());
    blocking(&node, move |node| node.deployments(owner, from, limit))
        .await
        .map(Json)
}

async fn leases(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Lease>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.leases(from, limit))
        .await
        .map(Json)
}

async fn lease(State(node): State<Shared>, Path(id): Path<String>) -> Answer<LeaseStanding> {
    let id = parse(&id)?;
    blocking(&node, move |node| node.lease(id)).await.map(Json)
}

async fn providers(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<MarketProvider>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.market_providers(from, limit))
        .await
        .map(Json)
}

async fn provider(
    State(node): State<Shared>,
    Path(address): Path<String>,
) -> Answer<ProviderProfile> {
    let address = parse(&address)?;
    blocking(&node, move |node| node.market_provider(address))
        .await
        .map(Json)
}

async fn served(
    State(node): State<Shared>,
    Path(address): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Lease>> {
    let (address, from, limit) = (parse(&address)?, query.from()?, query.limit());
    blocking(&node, move |node| node.served_leases(address, from, limit))
        .await
        .map(Json)
}

async fn prices(State(node): State<Shared>) -> Answer<Vec<ClassPrice>> {
    blocking(&node, |node| node.class_prices()).await.map(Json)
}

async fn history(State(node): State<Shared>, Path(class): Path<String>) -> Answer<ClassHistory> {
    if class.len() > CLASS_LEN_MAX || !class.is_ascii() {
        return Err(Failure::bad_request(
            "no class of resources is named like that",
        ));
    }
    blocking(&node, move |node| node.class_history(&class))
        .await
        .map(Json)
}
