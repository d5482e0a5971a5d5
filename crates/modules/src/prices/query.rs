//! What anyone may ask about feeds and contests.

use lilliput_ledger::{StateReader, StoreError};
use lilliput_types::Address;
use lilliput_types::prices::{
    Contest, ContestId, Entrant, Feed, FeedId, PayoutRecord, PriceRecord, Reporter, Signal, Step,
};

use super::state;
use crate::keyed::{digits, listed};

/// One feed.
///
/// # Errors
/// When the database fails.
pub fn feed(state: &dyn StateReader, id: FeedId) -> Result<Option<Feed>, StoreError> {
    state::feed(state, id)
}

/// At most `limit` feeds, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn feeds(
    state: &dyn StateReader,
    after: Option<FeedId>,
    limit: usize,
) -> Result<Vec<Feed>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::FEEDS, &after, limit)
}

/// At most `limit` reporters of a feed, by account, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn reporters(
    state: &dyn StateReader,
    feed: FeedId,
    after: Option<Address>,
    limit: usize,
) -> Result<Vec<Reporter>, StoreError> {
    let after = after.map(|account| account.to_string());
    let after = after.unwrap_or_default();
    listed(state, &state::reporters_of(feed), &after, limit)
}

/// At most `limit` settled periods of a feed, the oldest kept first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn prices(
    state: &dyn StateReader,
    feed: FeedId,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<PriceRecord>, StoreError> {
    let after = after.map(digits).unwrap_or_default();
    listed(state, &state::prices_of(feed), &after, limit)
}

/// One contest.
///
/// # Errors
/// When the database fails.
pub fn contest(state: &dyn StateReader, id: ContestId) -> Result<Option<Contest>, StoreError> {
    state::contest(state, id)
}

/// At most `limit` contests, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn contests(
    state: &dyn StateReader,
    after: Option<ContestId>,
    limit: usize,
) -> Result<Vec<Contest>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::CONTESTS, &after, limit)
}

/// All entrants of a contest, by number: at most 64.
///
/// # Errors
/// When the database fails.
pub fn entrants(state: &dyn StateReader, contest: ContestId) -> Result<Vec<Entrant>, StoreError> {
    state::entrants(state, contest)
}

/// At most `limit` signals of a contest, by period and entrant, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn signals(
    state: &dyn StateReader,
    contest: ContestId,
    after: Option<(u64, u16)>,
    limit: usize,
) -> Result<Vec<Signal>, StoreError> {
    let after = after.map(|(period, entrant)| state::signal_place(period, entrant));
    let after = after.unwrap_or_default();
    listed(state, &state::signals_of(contest), &after, limit)
}

/// At most `limit` periods that a contest settled, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn steps(
    state: &dyn StateReader,
    contest: ContestId,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<Step>, StoreError> {
    let after = after.map(digits).unwrap_or_default();
    listed(state, &state::steps_of(contest), &after, limit)
}

/// At most `limit` paid epochs of a contest, behind the one with number `after`.
///
/// # Errors
/// When the database fails.
pub fn payouts(
    state: &dyn StateReader,
    contest: ContestId,
    after: Option<u32>,
    limit: usize,
) -> Result<Vec<PayoutRecord>, StoreError> {
    let after = after.map(|epoch| digits(u64::from(epoch)));
    let after = after.unwrap_or_default();
    listed(state, &state::payouts_of(contest), &after, limit)
}
