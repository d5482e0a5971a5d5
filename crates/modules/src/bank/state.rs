//! Where the bank keeps things.

use lilliput_ledger::{State, StateReader, StoreError, read};
use lilliput_types::bank::{Asset, Revenue};
use lilliput_types::{Amount, AssetId, Holder, Segment};

pub(super) const ASSETS: &str = "bank/asset/";
pub(super) const BALANCES: &str = "bank/balance/";

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
