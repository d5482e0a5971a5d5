//! Bonds: locked out of a provider's stake, freed, or lost.

use lilliput_ledger::{Failure, State};
use lilliput_types::market::{Bid, BidState, LossCause, MarketEvent, Order};
use lilliput_types::{Address, Amount, Holder, TimeMs};

use super::{heard, state as keys};
use crate::refuse::overflow;
use crate::{bank, genesis};

pub(super) fn lock(state: &mut State<'_>, provider: Address, order: &Order) -> Result<(), Failure> {
    let (from, to) = (Holder::Stake(provider), Holder::MarketBond(provider));
    bank::transfer(state, order.asset, from, to, order.group.terms.bond)
}

/// Back to the stake.
pub(super) fn free(
    state: &mut State<'_>,
    provider: Address,
    order: &Order,
    bond: Amount,
) -> Result<(), Failure> {
    let (from, to) = (Holder::MarketBond(provider), Holder::Stake(provider));
    bank::transfer(state, order.asset, from, to, bond)
}

/// A part to the owner of the order, the rest to the treasury.
pub(super) fn lose(
    state: &mut State<'_>,
    provider: Address,
    order: &Order,
    bond: Amount,
    cause: LossCause,
    now: TimeMs,
) -> Result<(), Failure> {
    let share = genesis::params(state)?.bond_to_buyer_bps;
    let owner_part = bond.share(share).map_err(overflow)?;
    let rest = bond.minus(owner_part).map_err(overflow)?;
    let from = Holder::MarketBond(provider);
    bank::transfer(state, order.asset, from, order.owner.into(), owner_part)?;
    bank::transfer(state, order.asset, from, Holder::Treasury, rest)?;
    let mut record = heard::record(state, provider, now)?;
    record.bonds_lost = record.bonds_lost.saturating_add(1);
    heard::write(state, &mut record);
    state.emit(MarketEvent::BondLost {
        provider,
        order: order.id,
        bond,
        cause,
    });
    Ok(())
}

/// A bid that wasn't chosen.
pub(super) fn free_bid(state: &mut State<'_>, order: &Order, bid: &mut Bid) -> Result<(), Failure> {
    if bid.state == BidState::Live {
        free(state, bid.provider, order, bid.bond)?;
        bid.state = BidState::Lost;
        keys::write_bid(state, bid);
    }
    Ok(())
}

/// A sealed bid that wasn't shown, or was void.
pub(super) fn lose_bid(
    state: &mut State<'_>,
    order: &Order,
    bid: &mut Bid,
    cause: LossCause,
    now: TimeMs,
) -> Result<(), Failure> {
    lose(state, bid.provider, order, bid.bond, cause, now)?;
    bid.state = BidState::Void;
    keys::write_bid(state, bid);
    Ok(())
}
