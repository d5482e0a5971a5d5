//! Where the bank keeps things.

use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::bank::{Asset, Revenue};
use lilliput_types::{Address, Amount, AssetId, Holder, Segment, TimeMs, TollNonce};

pub(super) const ASSETS: &str = "bank/asset/";
pub(super) const BALANCES: &str = "bank/balance/";

/// Tolls by payee and nonce: who paid.
const TOLLS: &str = "bank/toll/";
/// The same by the time until which they could be paid.
const TOLL_ENDS: &str = "bank/toll_end/";

pub(super) fn balances_of(holder: Holder) -> String {
    format!("{BALANCES}{holder}//")
}

fn asset_key(asset: AssetId) -> String {
    format!("{ASSETS}{asset}")
}

/// Two slashes: holders and assets have single ones in them.
fn balance_key(holder: Holder, asset: AssetId) -> String {
    format!("{BALANCES}{holder}//{asset}")
}

fn revenue_key(segment: Segment, asset: AssetId) -> String {
    format!("bank/revenue/{segment}/{asset}")
}

pub(crate) fn asset(state: &dyn StateReader, id: AssetId) -> Result<Option<Asset>, StoreError> {
    read(state, &asset_key(id))
}

pub(crate) fn write_asset(state: &mut State<'_>, asset: &Asset) {
    state.write(asset_key(asset.id), asset);
}

pub(crate) fn balance(
    state: &dyn StateReader,
    holder: Holder,
    asset: AssetId,
) -> Result<Amount, StoreError> {
    Ok(read(state, &balance_key(holder, asset))?.unwrap_or_default())
}

/// Nothing is stored for an empty balance.
pub(super) fn write_balance(state: &mut State<'_>, holder: Holder, asset: AssetId, amount: Amount) {
    let key = balance_key(holder, asset);
    if amount.is_zero() {
        state.remove(key);
    } else {
        state.write(key, &amount);
    }
}

pub(crate) fn revenue(
    state: &dyn StateReader,
    segment: Segment,
    asset: AssetId,
) -> Result<Revenue, StoreError> {
    Ok(read(state, &revenue_key(segment, asset))?.unwrap_or_default())
}

pub(super) fn write_revenue(
    state: &mut State<'_>,
    segment: Segment,
    asset: AssetId,
    revenue: &Revenue,
) {
    state.write(revenue_key(segment, asset), revenue);
}

fn toll_key(to: Address, nonce: TollNonce) -> String {
    format!("{TOLLS}{to}/{nonce}")
}

fn toll_end_key(end: TimeMs, to: Address, nonce: TollNonce) -> String {
    format!("{TOLL_ENDS}{:020}/{to}/{nonce}", end.0)
}

/// Who paid a toll, while it is remembered.
pub(crate) fn toll(
    state: &dyn StateReader,
    to: Address,
    nonce: TollNonce,
) -> Result<Option<Address>, StoreError> {
    read(state, &toll_key(to, nonce))
}

pub(super) fn write_toll(
    state: &mut State<'_>,
    end: TimeMs,
    to: Address,
    nonce: TollNonce,
    from: Address,
) {
    state.write(toll_key(to, nonce), &from);
    state.write(toll_end_key(end, to, nonce), &(end, to, nonce));
}

pub(super) fn remove_toll(state: &mut State<'_>, end: TimeMs, to: Address, nonce: TollNonce) {
    state.remove(toll_key(to, nonce));
    state.remove(toll_end_key(end, to, nonce));
}

/// At most `limit` remembered tolls that can't be paid any more, the oldest first.
pub(super) fn tolls_before(
    state: &dyn StateReader,
    now: TimeMs,
    limit: usize,
) -> Result<Vec<(TimeMs, Address, TollNonce)>, StoreError> {
    let entries = Scan::<(TimeMs, Address, TollNonce)>::new(state, TOLL_ENDS).take(limit);
    let mut found = Vec::new();
    for entry in entries {
        let (_, toll) = entry?;
        if toll.0 >= now {
            break;
        }
        found.push(toll);
    }
    Ok(found)
}
