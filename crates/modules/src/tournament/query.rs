//! What anyone may ask about tournaments.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::Address;
use lilliput_types::tournament::{
    Entry, ModelName, Round, RoundId, Stake, Standing, Tournament, TournamentId,
};

use super::state;
use crate::keyed::{digits, listed};

/// One tournament.
///
/// # Errors
/// When the database fails.
pub fn tournament(
    state: &dyn StateReader,
    id: TournamentId,
) -> Result<Option<Tournament>, StoreError> {
    state::tournament(state, id)
}

/// At most `limit` tournaments, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn tournaments(
    state: &dyn StateReader,
    after: Option<TournamentId>,
    limit: usize,
) -> Result<Vec<Tournament>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::TOURNAMENTS, &after, limit)
}

/// One round.
///
/// # Errors
/// When the database fails.
pub fn round(state: &dyn StateReader, id: RoundId) -> Result<Option<Round>, StoreError> {
    state::round(state, id)
}

/// At most `limit` rounds of all tournaments, the latest first.
///
/// # Errors
/// When the database fails.
pub fn recent(state: &dyn StateReader, limit: usize) -> Result<Vec<Round>, StoreError> {
    Scan::<RoundId>::new(state, state::RECENT)
        .take(limit)
        .map(|entry| {
            let (key, id) = entry?;
            state::round(state, id)?.ok_or_else(|| StoreError::Corrupt {
                key,
                reason: "names a round that doesn't exist".to_owned(),
            })
        })
        .collect()
}

/// At most `limit` rounds of a tournament, the earliest first, behind the one with number `after`.
///
/// # Errors
/// When the database fails.
pub fn rounds_of(
    state: &dyn StateReader,
    tournament: TournamentId,
    after: u64,
    limit: usize,
) -> Result<Vec<Round>, StoreError> {
    let prefix = state::rounds_of(tournament);
    listed(state, &prefix, &digits(after), limit)
}

/// One entry.
///
/// # Errors
/// When the database fails.
pub fn entry(
    state: &dyn StateReader,
    round: RoundId,
    number: u32,
) -> Result<Option<Entry>, StoreError> {
    state::entry(state, round, number)
}

/// The number of a model's entry in a round.
///
/// # Errors
/// When the database fails.
pub fn entered(
    state: &dyn StateReader,
    round: RoundId,
    account: Address,
    model: &ModelName,
) -> Result<Option<u32>, StoreError> {
    state::entered(state, round, account, model)
}

/// At most `limit` entries of a round, by number, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn entries(
    state: &dyn StateReader,
    round: RoundId,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<Entry>, StoreError> {
    let after = after.map(state::entry_digits).unwrap_or_default();
    listed(state, &state::entries_of(round), &after, limit)
}

/// At most `limit` stakes of a round, by entry and account, behind the one on `after`.
///
/// # Errors
/// When the database fails.
pub fn stakes(
    state: &dyn StateReader,
    round: RoundId,
    after: Option<(u32, Address)>,
    limit: usize,
) -> Result<Vec<Stake>, StoreError> {
    let after = after.map(|(entry, account)| format!("{}/{account}", state::entry_digits(entry)));
    let after = after.unwrap_or_default();
    listed(state, &state::stakes_of(round), &after, limit)
}

/// At most `limit` models over the settled rounds of a tournament, by account and name, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn standings(
    state: &dyn StateReader,
    tournament: TournamentId,
    after: Option<(Address, &ModelName)>,
    limit: usize,
) -> Result<Vec<Standing>, StoreError> {
    let after = after.map(|(account, model)| format!("{account}/{model}"));
    let after = after.unwrap_or_default();
    listed(state, &state::standings_of(tournament), &after, limit)
}
