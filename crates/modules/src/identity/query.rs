//! What anyone may ask about identities.

use lilliput_ledger::{StateReader, StoreError};
use lilliput_types::identity::{App, AppId, CheckedIn, Group, GroupId, Issuer, IssuerId, Seat};
use lilliput_types::{Address, Nullifier};

use super::state;
use crate::keyed::{digits, listed};

/// One issuer.
///
/// # Errors
/// When the database fails.
pub fn issuer(state: &dyn StateReader, id: IssuerId) -> Result<Option<Issuer>, StoreError> {
    state::issuer(state, id)
}

/// At most `limit` issuers, the first added first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn issuers(
    state: &dyn StateReader,
    after: Option<IssuerId>,
    limit: usize,
) -> Result<Vec<Issuer>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::ISSUERS, &after, limit)
}

/// One group, as the last block left it. What is due since then is changed before the group is used.
///
/// # Errors
/// When the database fails.
pub fn group(state: &dyn StateReader, id: GroupId) -> Result<Option<Group>, StoreError> {
    state::group(state, id)
}

/// At most `limit` groups, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn groups(
    state: &dyn StateReader,
    after: Option<GroupId>,
    limit: usize,
) -> Result<Vec<Group>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::GROUPS, &after, limit)
}

/// At most `limit` seats of a group in the order of the tree's leaves, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn seats(
    state: &dyn StateReader,
    group: GroupId,
    after: Option<u64>,
    limit: usize,
) -> Result<Vec<Seat>, StoreError> {
    let after = after.map(digits).unwrap_or_default();
    listed(state, &state::seats_of(group), &after, limit)
}

/// The seat of an account.
///
/// # Errors
/// When the database fails.
pub fn seat(
    state: &dyn StateReader,
    group: GroupId,
    account: Address,
) -> Result<Option<Seat>, StoreError> {
    match state::seat_of_account(state, group, account)? {
        Some(index) => state::seat(state, group, index),
        None => Ok(None),
    }
}

/// One app.
///
/// # Errors
/// When the database fails.
pub fn app(state: &dyn StateReader, id: AppId) -> Result<Option<App>, StoreError> {
    state::app(state, id)
}

/// At most `limit` apps, the first opened first, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn apps(
    state: &dyn StateReader,
    after: Option<AppId>,
    limit: usize,
) -> Result<Vec<App>, StoreError> {
    let after = after.map(|id| digits(id.0)).unwrap_or_default();
    listed(state, state::APPS, &after, limit)
}

/// Whether, and when, a nullifier was shown to an app in a period. Those of former periods may be forgotten.
///
/// # Errors
/// When the database fails.
pub fn checked_in(
    state: &dyn StateReader,
    app: AppId,
    period: u64,
    nullifier: Nullifier,
) -> Result<Option<CheckedIn>, StoreError> {
    state::checked_in(state, app, period, nullifier)
}

/// At most `limit` check-ins of an app, by period and nullifier, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn check_ins(
    state: &dyn StateReader,
    app: AppId,
    after: Option<(u64, Nullifier)>,
    limit: usize,
) -> Result<Vec<CheckedIn>, StoreError> {
    let after = after.map(|(period, nullifier)| state::nullifier_place(period, nullifier));
    let after = after.unwrap_or_default();
    listed(state, &state::nullifiers_of(app), &after, limit)
}
