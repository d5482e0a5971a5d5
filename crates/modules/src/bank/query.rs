//! What anyone may ask about money.

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::bank::{Asset, Revenue};
use lilliput_types::{Address, Amount, AssetId, Holder, ParseError, Segment, TollNonce};

use super::state;

/// One asset.
///
/// # Errors
/// When the database fails.
pub fn asset(state: &dyn StateReader, id: AssetId) -> Result<Option<Asset>, StoreError> {
    state::asset(state, id)
}

/// At most `limit` assets, in the order of their ids, behind `after`.
///
/// # Errors
/// When the database fails.
pub fn assets(
    state: &dyn StateReader,
    after: Option<AssetId>,
    limit: usize,
) -> Result<Vec<Asset>, StoreError> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    Scan::after(state, state::ASSETS, &after)
        .take(limit)
        .map(|entry| entry.map(|(_, asset)| asset))
        .collect()
}

/// What a holder holds of one asset.
///
/// # Errors
/// When the database fails.
pub fn balance(
    state: &dyn StateReader,
    holder: Holder,
    asset: AssetId,
) -> Result<Amount, StoreError> {
    state::balance(state, holder, asset)
}

/// At most `limit` of a holder's balances, in the order of the assets' ids.
///
/// # Errors
/// When the database fails.
pub fn balances(
    state: &dyn StateReader,
    holder: Holder,
    limit: usize,
) -> Result<Vec<(AssetId, Amount)>, StoreError> {
    let prefix = state::balances_of(holder);
    Scan::<Amount>::new(state, &prefix)
        .take(limit)
        .map(|entry| {
            let (key, amount) = entry?;
            let asset = key.strip_prefix(&prefix).unwrap_or_default().parse();
            let asset = asset.map_err(|error: ParseError| StoreError::Corrupt {
                key,
                reason: error.to_string(),
            })?;
            Ok((asset, amount))
        })
        .collect()
}

/// Who paid a toll, while it is remembered.
///
/// # Errors
/// When the database fails.
pub fn toll(
    state: &dyn StateReader,
    to: Address,
    nonce: TollNonce,
) -> Result<Option<Address>, StoreError> {
    state::toll(state, to, nonce)
}

/// Revenue of each segment in one asset, in the forecast's order.
///
/// # Errors
/// When the database fails.
pub fn revenue(
    state: &dyn StateReader,
    asset: AssetId,
) -> Result<Vec<(Segment, Revenue)>, StoreError> {
    Segment::ALL
        .into_iter()
        .map(|segment| Ok((segment, state::revenue(state, segment, asset)?)))
        .collect()
}
