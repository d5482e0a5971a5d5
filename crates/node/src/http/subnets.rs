//! Routes that read subnets. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_client::subnet::{
    SubnetDetail, SubnetEpochDetail, SubnetHolding, SubnetMarket, SubnetSeat,
};
use lilliput_types::{Address, Registration, SubnetEpoch, SubnetId};

use super::query::{PageQuery, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/subnet-market", get(market))
        .route("/v1/subnets", get(subnets))
        .route("/v1/subnets/{id}", get(subnet))
        .route("/v1/subnets/{id}/uids", get(seats))
        .route("/v1/subnets/{id}/members/{account}", get(member))
        .route(
            "/v1/subnets/{id}/stakes/{registration}/{account}",
            get(holding),
        )
        .route("/v1/subnets/{id}/epochs/{epoch}", get(epoch))
}

async fn market(State(node): State<Shared>) -> Answer<SubnetMarket> {
    blocking(&node, |node| node.subnet_market()).await.map(Json)
}

async fn subnets(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<SubnetDetail>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.subnets(from, limit))
        .await
        .map(Json)
}

async fn subnet(State(node): State<Shared>, Path(id): Path<String>) -> Answer<SubnetDetail> {
    let id: SubnetId = parse(&id)?;
    blocking(&node, move |node| node.subnet(id)).await.map(Json)
}

async fn seats(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<SubnetSeat>> {
    let id: SubnetId = parse(&id)?;
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.subnet_seats(id, from, limit))
        .await
        .map(Json)
}

async fn member(
    State(node): State<Shared>,
    Path((id, account)): Path<(String, String)>,
) -> Answer<SubnetSeat> {
    let id: SubnetId = parse(&id)?;
    let account: Address = parse(&account)?;
    blocking(&node, move |node| node.subnet_member(id, account))
        .await
        .map(Json)
}

async fn holding(
    State(node): State<Shared>,
    Path((id, registration, account)): Path<(String, String, String)>,
) -> Answer<SubnetHolding> {
    let id: SubnetId = parse(&id)?;
    let registration: Registration = parse(&registration)?;
    let account: Address = parse(&account)?;
    blocking(&node, move |node| {
        node.subnet_holding(id, registration, account)
    })
    .await
    .map(Json)
}

async fn epoch(
    State(node): State<Shared>,
    Path((id, epoch)): Path<(String, String)>,
) -> Answer<SubnetEpochDetail> {
    let id: SubnetId = parse(&id)?;
    let epoch: SubnetEpoch = parse(&epoch)?;
    blocking(&node, move |node| node.subnet_epoch(id, epoch))
        .await
        .map(Json)
}
