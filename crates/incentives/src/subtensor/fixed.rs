//! Signed fixed point with 32 and with 64 fraction bits, rounding and saturating as `substrate-fixed` 0.6.0 does.
//!
//! Products are floored, quotients truncated towards zero. What overflows saturates, becomes zero or is an error:
//! each operation's name says which.

use crate::error::SubtensorError;

/// A number of 32 integer bits (with sign) and 32 fraction bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct I32F32(i64);

pub(super) const FRACTION_BITS: u32 = 32;
/// What the upstream constant for e holds: 23 fraction bits only.
const E_WITH_23_BITS: i64 = 22_802_600 << (FRACTION_BITS - 23);
const EXPONENT_MAX: I32F32 = I32F32::from_integer(20);
const SERIES_TERMS: u64 = 32;

impl I32F32 {
    pub(super) const ZERO: Self = Self(0);
    pub(super) const ONE: Self = Self(1 << FRACTION_BITS);
    pub(super) const HALF: Self = Self(1 << (FRACTION_BITS - 1));

    pub(super) const fn from_bits(bits: i64) -> Self {
        Self(bits)
    }

    pub(super) const fn to_bits(self) -> i64 {
        self.0
    }

    pub(super) const fn from_integer(value: i32) -> Self {
        Self((value as i64) << FRACTION_BITS)
    }

    /// `value / 65535`, the meaning of a stored u16 proportion.
    pub(super) fn from_proportion(value: u16) -> Self {
        Self((i64::from(value) << FRACTION_BITS) / i64::from(u16::MAX))
    }

    /// The u16 nearest below `self * 65535`, clamped to its range.
    pub(super) fn to_proportion(self) -> u16 {
        let scaled = self.saturating_mul(Self::from_integer(i32::from(u16::MAX)));
        u16::try_from((scaled.0 >> FRACTION_BITS).max(0)).unwrap_or(u16::MAX)
    }

    pub(super) fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    pub(super) fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    pub(super) fn checked_mul(self, other: Self) -> Option<Self> {
        let product = (i128::from(self.0) * i128::from(other.0)) >> FRACTION_BITS;
        i64::try_from(product).ok().map(Self)
    }

    pub(super) fn saturating_mul(self, other: Self) -> Self {
        self.checked_mul(other).unwrap_or_else(|| self.bound(other))
    }

    /// The quotient, zero where it doesn't exist or doesn't fit.
    pub(super) fn div_or_zero(self, divisor: Self) -> Self {
        self.checked_div(divisor).unwrap_or(Self::ZERO)
    }

    /// The quotient, at the bound where it doesn't fit; zero for a zero divisor.
    pub(super) fn saturating_div(self, divisor: Self) -> Self {
        if divisor == Self::ZERO {
            return Self::ZERO;
        }
        self.checked_div(divisor)
            .unwrap_or_else(|| self.bound(divisor))
    }

    pub(super) fn clamp_between(self, low: Self, high: Self) -> Self {
        self.min(high).max(low)
    }

    /// e^self by the upstream's power series, its argument first clamped to [-20, 20].
    pub(super) fn exp(self) -> Self {
        let argument = self.clamp_between(Self(-EXPONENT_MAX.0), EXPONENT_MAX);
        match argument {
            Self::ZERO => return Self::ONE,
            Self::ONE => return Self(E_WITH_23_BITS),
            _ => {}
        }
        let size = argument.0.unsigned_abs();
        let mut sum = size + (1 << FRACTION_BITS);
        let mut term = size;
        for index in 2..SERIES_TERMS {
            // Both factors stay below 2^61: term <= 20^20/20! and size <= 20, each with 32 fraction bits.
            term = ((u128::from(term) * u128::from(size)) >> FRACTION_BITS) as u64 / index;
            if term == 0 {
                break;
            }
            sum += term;
        }
        let positive = Self(sum as i64);
        if argument < Self::ZERO {
            Self::ONE.div_or_zero(positive)
        } else {
            positive
        }
    }

    fn checked_div(self, divisor: Self) -> Option<Self> {
        if divisor.0 == 0 {
            return None;
        }
        if (0..1 << FRACTION_BITS).contains(&self.0) && divisor.0 > 0 {
            let quotient = ((self.0 as u64) << FRACTION_BITS) / divisor.0 as u64;
            return i64::try_from(quotient).ok().map(Self);
        }
        let quotient = (i128::from(self.0) << FRACTION_BITS) / i128::from(divisor.0);
        i64::try_from(quotient).ok().map(Self)
    }

    fn bound(self, other: Self) -> Self {
        if (self.0 < 0) == (other.0 < 0) {
            Self(i64::MAX)
        } else {
            Self(i64::MIN)
        }
    }
}

/// The sum, an error where upstream would wrap around.
pub(super) fn sum(values: impl IntoIterator<Item = I32F32>) -> Result<I32F32, SubtensorError> {
    values.into_iter().try_fold(I32F32::ZERO, |total, value| {
        total
            .0
            .checked_add(value.0)
            .map(I32F32)
            .ok_or(SubtensorError::SumOverflows)
    })
}

/// Divides all by their sum, unless that is zero.
pub(super) fn normalize(values: &mut [I32F32]) -> Result<(), SubtensorError> {
    let total = sum(values.iter().copied())?;
    normalize_by(values, total);
    Ok(())
}

pub(super) fn normalize_by(values: &mut [I32F32], total: I32F32) {
    if total != I32F32::ZERO {
        for value in values {
            *value = value.div_or_zero(total);
        }
    }
}

/// Stakes as shares of their sum: divided with 64 fraction bits, then cut to 32.
pub(super) fn stake_shares(stakes: &[u64]) -> Result<Vec<I32F32>, SubtensorError> {
    let total: u128 = stakes.iter().map(|&stake| u128::from(stake)).sum();
    if total > i64::MAX as u128 {
        return Err(SubtensorError::StakeTooLarge { total });
    }
    Ok(stakes
        .iter()
        .map(|&stake| {
            // The upper 32 of the 64 fraction bits: floor(stake * 2^32 / total).
            let share = (u128::from(stake) << FRACTION_BITS).checked_div(total);
            I32F32(share.unwrap_or(0) as i64)
        })
        .collect())
}

/// `share * amount` with 32 fraction bits, floored to whole units; negative shares give nothing.
pub(super) fn part_of_amount(share: I32F32, amount: u64) -> u64 {
    let product = (i128::from(share.0) * i128::from(amount)) >> FRACTION_BITS;
    u64::try_from(product.max(0)).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
