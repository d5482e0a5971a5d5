//! Subtensor's money rules: halving, the price of a registration, the deposit for a subnet, the split.

use super::fixed::FRACTION_BITS;

/// All coins there will ever be, in base units.
pub const TOTAL_SUPPLY: u64 = 21_000_000_000_000_000;
/// New coins per block before the first halving.
pub const FIRST_BLOCK_EMISSION: u64 = 1_000_000_000;
/// One with 32 fraction bits.
const ONE_Q32: u64 = 1 << FRACTION_BITS;
/// 1.26 with 64 fraction bits, as the nearest double to 1.26 gives it.
pub const BURN_MULTIPLIER_Q64: u128 = 23_242_897_532_874_035_200;
/// The owner's part of what a subnet emits, in 65535ths.
pub const OWNER_CUT: u16 = 11_796;

/// New coins for the block at which `issuance` coins exist.
pub fn block_emission(issuance: u64) -> u64 {
    if issuance >= TOTAL_SUPPLY {
        return 0;
    }
    let one = 1_u128 << FRACTION_BITS;
    let issued = (u128::from(issuance) << FRACTION_BITS) / u128::from(TOTAL_SUPPLY);
    let mut inverse = (one << FRACTION_BITS) / (one - issued);
    let mut halvings = 0;
    while inverse >= 2 * one {
        inverse = (inverse >> 1) + (inverse & 1);
        halvings += 1;
    }
    FIRST_BLOCK_EMISSION.checked_shr(halvings).unwrap_or(0)
}

/// `value * factor` for a factor with 32 fraction bits, floored.
pub fn multiply_q32(value: u64, factor_q32: u64) -> u64 {
    let product = (u128::from(value) * u128::from(factor_q32)) >> FRACTION_BITS;
    u64::try_from(product).unwrap_or(u64::MAX)
}

/// The largest factor per block whose `half_life`th power is at most one half, in 32 fraction bits.
pub fn decay_factor_q32(half_life: u16) -> u64 {
    if half_life == 0 {
        return ONE_Q32;
    }
    let (mut low, mut high) = (0, ONE_Q32);
    while low + 1 < high {
        let middle = low + (high - low) / 2;
        if power_q32(middle, half_life) > ONE_Q32 / 2 {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

fn power_q32(base_q32: u64, exponent: u16) -> u64 {
    let mut result = ONE_Q32;
    let mut factor = base_q32;
    let mut rest = exponent;
    while rest > 0 {
        if rest & 1 == 1 {
            result = multiply_q32(result, factor);
        }
        rest >>= 1;
        if rest > 0 {
            factor = multiply_q32(factor, factor);
        }
    }
    result
}

/// The price of a registration after one more: raised by the multiplier, within bounds.
pub fn bumped_burn(burn: u64, multiplier_q64: u128, burn_min: u64, burn_max: u64) -> u64 {
    let multiplier = multiplier_q64.max(1 << 64);
    let whole = u128::from(burn).saturating_mul(multiplier >> 64);
    let fraction = (u128::from(burn) * (multiplier & u128::from(u64::MAX))) >> 64;
    let raised = u64::try_from(whole.saturating_add(fraction)).unwrap_or(u64::MAX);
    raised.max(burn_min).min(burn_max)
}

/// The deposit for opening a subnet: doubles with each opening, falls linearly back over the interval.
pub fn subnet_lock_cost(
    last_lock: u64,
    lock_min: u64,
    last_lock_block: u64,
    current_block: u64,
    interval: u64,
) -> u64 {
    let raised = last_lock.saturating_mul(if last_lock_block == 0 { 1 } else { 2 });
    let elapsed = current_block.saturating_sub(last_lock_block);
    let fallen = last_lock
        .checked_div(interval)
        .unwrap_or(0)
        .saturating_mul(elapsed);
    raised.saturating_sub(fallen).max(lock_min)
}

/// What one block of a subnet pays to whom, in whole units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmissionSplit {
    pub owner: u64,
    pub servers: u64,
    pub root: u64,
    pub validators: u64,
}

/// Splits a block's emission; `root_share_q32` is the root's part of the validators' half.
pub fn emission_split(amount: u64, owner_cut: u16, root_share_q32: u64) -> EmissionSplit {
    let root_share = u128::from(root_share_q32.min(ONE_Q32));
    let amount = u128::from(amount) << FRACTION_BITS;
    let cut = (u128::from(owner_cut) << FRACTION_BITS) / u128::from(u16::MAX);
    let owner = multiply_wide(amount, cut);
    let rest = amount - owner;
    let root = multiply_wide(rest, root_share) >> 1;
    let servers = rest >> 1;
    let validators = (rest - servers).saturating_sub(root);
    let whole = |value: u128| (value >> FRACTION_BITS) as u64;
    EmissionSplit {
        owner: whole(owner),
        servers: whole(servers),
        root: whole(root),
        validators: whole(validators),
    }
}

/// The product of two numbers with 32 fraction bits, the second at most one.
fn multiply_wide(value: u128, factor: u128) -> u128 {
    (value * factor) >> FRACTION_BITS
}

#[cfg(test)]
mod tests;
