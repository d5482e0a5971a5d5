//! What opening and registering costs, and how it falls again.

use lilliput_incentives::subtensor::{
    BURN_MULTIPLIER_Q64, bumped_burn, decay_factor_q32, multiply_q32, subnet_lock_cost,
};
use lilliput_types::subnet::{Subnet, Terms, Totals};
use lilliput_types::{Amount, DurationMs, TimeMs};

/// Prices fall in so many steps over their interval or half-life.
const STEPS: u16 = 1_000;
const ONE_Q32: u64 = 1 << 32;

/// The deposit for a subnet that is opened now.
pub(super) fn deposit(totals: &Totals, terms: &Terms, now: TimeMs) -> Amount {
    if totals.deposit_last.is_zero() {
        return terms.deposit_min;
    }
    let elapsed = steps(totals.deposit_last_at, now, terms.deposit_interval_ms);
    // The first step is 1: a last opening at step 0 would count as none.
    let cost = subnet_lock_cost(
        base(totals.deposit_last),
        base(terms.deposit_min),
        1,
        elapsed.saturating_add(1),
        u64::from(STEPS),
    );
    Amount(u128::from(cost))
}

/// The price of a registration now.
pub(super) fn burn(subnet: &Subnet, terms: &Terms, now: TimeMs) -> Amount {
    let elapsed = steps(subnet.burn_priced_at, now, terms.burn_half_life_ms);
    let fallen = multiply_q32(
        base(subnet.burn_price),
        power_q32(decay_factor_q32(STEPS), elapsed),
    );
    let fallen = Amount(u128::from(fallen));
    fallen.clamp(terms.burn_min, terms.burn_max)
}

/// The price after one more registration.
pub(super) fn burn_next(price: Amount, terms: &Terms) -> Amount {
    let raised = bumped_burn(
        base(price),
        BURN_MULTIPLIER_Q64,
        base(terms.burn_min),
        base(terms.burn_max),
    );
    Amount(u128::from(raised))
}

fn steps(from: TimeMs, now: TimeMs, interval: DurationMs) -> u64 {
    let step = (interval.0 / u64::from(STEPS)).max(1);
    now.0.saturating_sub(from.0) / step
}

fn power_q32(factor: u64, exponent: u64) -> u64 {
    let (mut result, mut factor, mut rest) = (ONE_Q32, factor, exponent);
    while rest > 0 {
        if rest & 1 == 1 {
            result = multiply_q32(result, factor);
        }
        factor = multiply_q32(factor, factor);
        rest >>= 1;
    }
    result
}

/// Deposits and prices stay below 2^63: the genesis bounds them.
fn base(amount: Amount) -> u64 {
    u64::try_from(amount.0).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
