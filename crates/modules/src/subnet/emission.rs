//! New money: how much an epoch brings, and that it never exceeds the cap.

use lilliput_ledger::{Failure, State};
use lilliput_types::subnet::{Subnet, Terms, Totals};
use lilliput_types::{Amount, Holder, TimeMs};

use super::{market, state as keys};
use crate::bank;
use crate::refuse::overflow;

/// The most that may ever be minted: emissions of an epoch stay within the bounds of its arithmetic.
pub(super) const CAP_MAX: u128 = 1 << 62;
const DAY_MS: u128 = 24 * 60 * 60 * 1_000;

/// What is minted a day: halved once half of the cap exists, again at three quarters, and so on.
pub(super) fn rate(terms: &Terms, minted: Amount) -> Amount {
    let left = terms.emission_cap.0.saturating_sub(minted.0);
    let mut rate = terms.emission_per_day.0;
    let mut threshold = terms.emission_cap.0 / 2;
    while rate > 0 && left <= threshold {
        rate /= 2;
        threshold /= 2;
    }
    Amount(rate)
}

/// What a subnet's epoch of this length brings.
fn due(terms: &Terms, totals: &Totals, subnet: &Subnet, now: TimeMs) -> Amount {
    let elapsed = u128::from(now.0.saturating_sub(subnet.epoch_began_at.0));
    let all = rate(terms, totals.minted).0.saturating_mul(elapsed) / DAY_MS;
    let left = terms.emission_cap.0.saturating_sub(totals.minted.0);
    // At most 2^62 by a weight of at most 2^63.
    let share = all.min(left).saturating_mul(subnet.weight.0);
    Amount(share.checked_div(totals.weight.0).unwrap_or(0).min(left))
}

/// Mints what the present epoch of a subnet brings: into the subnet's holder, or into its market to buy there.
pub(super) fn mint(
    state: &mut State<'_>,
    terms: &Terms,
    subnet: &mut Subnet,
    now: TimeMs,
) -> Result<Amount, Failure> {
    let mut totals = keys::totals(state)?;
    let mut amount = due(terms, &totals, subnet, now);
    if let Some(asset) = bank::state::asset(state, terms.asset)? {
        let room = asset.supply_max.unwrap_or(Amount(u128::MAX));
        amount = amount.min(Amount(room.0.saturating_sub(asset.supply.0)));
    }
    if let Some(market) = &subnet.market {
        amount = amount.min(market::room(market));
    }
    if amount.is_zero() {
        return Ok(amount);
    }
    let to = match &subnet.market {
        Some(_) => Holder::SubnetMarket(subnet.id),
        None => Holder::Subnet(subnet.id),
    };
    bank::issue(state, terms.asset, to, amount)?;
    totals.minted = totals.minted.plus(amount).map_err(overflow)?;
    subnet.minted = subnet.minted.plus(amount).map_err(overflow)?;
    keys::write_totals(state, &totals);
    Ok(amount)
}

#[cfg(test)]
mod tests;
