//! Routes about tournaments. Paths and answers are in `specs/api.md`.

use axum::extract::{Path, Query, State};
use axum::routing::get;
use axum::{Json, Router};
use lilliput_client::api::Page;
use lilliput_types::Address;
use lilliput_types::tournament::{
    Entry, ModelName, Round, RoundId, Stake, Standing, Tournament, TournamentId,
};

use super::query::{PageQuery, Pair, parse};
use super::{Failure, Shared, blocking};

type Answer<T> = Result<Json<T>, Failure>;

pub(super) fn router() -> Router<Shared> {
    Router::new()
        .route("/v1/tournaments", get(tournaments))
        .route("/v1/tournaments/{id}", get(tournament))
        .route("/v1/tournaments/{id}/rounds", get(rounds_of))
        .route("/v1/tournaments/{id}/standings", get(standings))
        .route("/v1/rounds", get(rounds))
        .route("/v1/rounds/{tournament}/{number}", get(round))
        .route("/v1/rounds/{tournament}/{number}/entries", get(entries))
        .route("/v1/rounds/{tournament}/{number}/stakes", get(stakes))
}

fn named(tournament: &str, number: &str) -> Result<RoundId, Failure> {
    parse(&format!("{tournament}/{number}"))
}

async fn tournaments(
    State(node): State<Shared>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Tournament>> {
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.tournaments(from, limit))
        .await
        .map(Json)
}

async fn tournament(State(node): State<Shared>, Path(id): Path<String>) -> Answer<Tournament> {
    let id: TournamentId = parse(&id)?;
    blocking(&node, move |node| node.tournament(id))
        .await
        .map(Json)
}

async fn rounds_of(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Round>> {
    let id: TournamentId = parse(&id)?;
    let (from, limit) = (query.from::<u64>()?.unwrap_or(0), query.limit());
    blocking(&node, move |node| node.rounds_of(id, from, limit))
        .await
        .map(Json)
}

async fn standings(
    State(node): State<Shared>,
    Path(id): Path<String>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Standing>> {
    let id: TournamentId = parse(&id)?;
    let from = query.from::<Pair<Address, ModelName>>()?;
    let from = from.map(|Pair(account, model)| (account, model));
    let limit = query.limit();
    blocking(&node, move |node| node.standings(id, from.as_ref(), limit))
        .await
        .map(Json)
}

async fn rounds(State(node): State<Shared>, Query(query): Query<PageQuery>) -> Answer<Page<Round>> {
    let limit = query.limit();
    blocking(&node, move |node| node.rounds(limit))
        .await
        .map(Json)
}

async fn round(
    State(node): State<Shared>,
    Path((tournament, number)): Path<(String, String)>,
) -> Answer<Round> {
    let id = named(&tournament, &number)?;
    blocking(&node, move |node| node.round(id)).await.map(Json)
}

async fn entries(
    State(node): State<Shared>,
    Path((tournament, number)): Path<(String, String)>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Entry>> {
    let id = named(&tournament, &number)?;
    let (from, limit) = (query.from()?, query.limit());
    blocking(&node, move |node| node.entries(id, from, limit))
        .await
        .map(Json)
}

async fn stakes(
    State(node): State<Shared>,
    Path((tournament, number)): Path<(String, String)>,
    Query(query): Query<PageQuery>,
) -> Answer<Page<Stake>> {
    let id = named(&tournament, &number)?;
    let from = query.from::<Pair<u32, Address>>()?;
    let from = from.map(|Pair(entry, account)| (entry, account));
    let limit = query.limit();
    blocking(&node, move |node| node.stakes(id, from, limit))
        .await
        .map(Json)
}
