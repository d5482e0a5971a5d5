//! What anyone may ask about issuers and sessions.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::login::{Issuer, IssuerKeyRecord, LoginSession};
use lilliput_types::{Address, LoginIssuerId};

use super::state;

/// One issuer.
///
/// # Errors
/// When the database fails.
pub fn issuer(state: &dyn StateReader, id: LoginIssuerId) -> Result<Option<Issuer>, StoreError> {
    state::issuer(state, id)
}

/// At most `limit` issuers by id, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn issuers(
    state: &dyn StateReader,
    after: Option<LoginIssuerId>,
    limit: usize,
) -> Result<Vec<Issuer>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    Scan::after(state, state::ISSUERS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, issuer)| issuer))
        .collect()
}

/// The keys of an issuer, by name: at most [`super::KEYS_MAX`].
///
/// # Errors
/// When the database fails.
pub fn keys(
    state: &dyn StateReader,
    issuer: LoginIssuerId,
) -> Result<Vec<IssuerKeyRecord>, StoreError> {
    state::keys(state, issuer)
}

/// The sessions of an account that are kept, by key: at most [`super::SESSIONS_MAX`].
///
/// # Errors
/// When the database fails.
pub fn sessions(
    state: &dyn StateReader,
    account: Address,
) -> Result<Vec<LoginSession>, StoreError> {
    state::sessions(state, account)
}
