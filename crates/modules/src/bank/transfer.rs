//! How money comes into being, moves and goes.

use lilliput_ledger::{Failure, State};
use lilliput_types::bank::{Asset, BankEvent};
use lilliput_types::{Amount, AssetId, Holder, Segment};

use super::state;
use crate::refuse::{overflow, refuse};

/// Moves money from one holder to another.
pub(crate) fn transfer(
    state: &mut State<'_>,
    asset: AssetId,
    from: Holder,
    to: Holder,
    amount: Amount,
) -> Result<(), Failure> {
    let held = state::balance(state, from, asset)?;
    let Ok(left) = held.minus(amount) else {
        return refuse(
            "bank.insufficient_balance",
            format!("{from} holds {held} of {asset}, {amount} is needed"),
        );
    };
    state::write_balance(state, from, asset, left);
    let grown = state::balance(state, to, asset)?
        .plus(amount)
        .map_err(overflow)?;
    state::write_balance(state, to, asset, grown);
    if !amount.is_zero() {
        state.emit(BankEvent::Moved {
            asset,
            from,
            to,
            amount,
        });
    }
    Ok(())
}

/// Moves money and books it as revenue of a segment: to fee accounts as the network's, to all
/// others as participants'.
pub(crate) fn pay(
    state: &mut State<'_>,
    asset: AssetId,
    from: Holder,
    to: Holder,
    amount: Amount,
    segment: Segment,
) -> Result<(), Failure> {
    if amount.is_zero() {
        return Ok(());
    }
    transfer(state, asset, from, to, amount)?;
    let mut revenue = state::revenue(state, segment, asset)?;
    let part = match to {
        Holder::Fees(_) => &mut revenue.network,
        Holder::Account(_)
        | Holder::Escrow(_)
        | Holder::Bond(_)
        | Holder::Stake(_)
        | Holder::Treasury
        | Holder::Subnet(_)
        | Holder::SubnetStake(_)
        | Holder::Tournament(_)
        | Holder::Round(_)
        | Holder::Feed(_)
        | Holder::Contest(_)
        | Holder::SubnetMarket(_)
        | Holder::Order(_)
        | Holder::Lease(_)
        | Holder::MarketBond(_)
        | Holder::Storage(_) => &mut revenue.participants,
    };
    *part = part.plus(amount).map_err(overflow)?;
    revenue.payments = revenue.payments.saturating_add(1);
    state::write_revenue(state, segment, asset, &revenue);
    state.emit(BankEvent::Booked {
        segment,
        asset,
        amount,
        to,
    });
    Ok(())
}

/// Brings money into being.
pub(crate) fn issue(
    state: &mut State<'_>,
    asset: AssetId,
    to: Holder,
    amount: Amount,
) -> Result<(), Failure> {
    let mut record = known(state, asset)?;
    let supply = record.supply.plus(amount).map_err(overflow)?;
    if let Some(supply_max) = record.supply_max.filter(|most| supply > *most) {
        return refuse(
            "bank.supply_max",
            format!("the supply of {asset} would be {supply}, at most {supply_max}"),
        );
    }
    record.supply = supply;
    state::write_asset(state, &record);
    let grown = state::balance(state, to, asset)?
        .plus(amount)
        .map_err(overflow)?;
    state::write_balance(state, to, asset, grown);
    state.emit(BankEvent::Minted { asset, to, amount });
    Ok(())
}

/// Destroys money.
pub(crate) fn withdraw_supply(
    state: &mut State<'_>,
    asset: AssetId,
    from: Holder,
    amount: Amount,
) -> Result<(), Failure> {
    let mut record = known(state, asset)?;
    let held = state::balance(state, from, asset)?;
    let (Ok(left), Ok(supply)) = (held.minus(amount), record.supply.minus(amount)) else {
        return refuse(
            "bank.insufficient_balance",
            format!("{from} holds {held} of {asset}, {amount} is needed"),
        );
    };
    record.supply = supply;
    state::write_asset(state, &record);
    state::write_balance(state, from, asset, left);
    state.emit(BankEvent::Burned {
        asset,
        from,
        amount,
    });
    Ok(())
}

/// The record of an asset that must exist.
pub(super) fn known(state: &State<'_>, asset: AssetId) -> Result<Asset, Failure> {
    match state::asset(state, asset)? {
        Some(record) => Ok(record),
        None => refuse("bank.unknown_asset", format!("there is no asset {asset}")),
    }
}
