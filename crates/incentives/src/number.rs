//! Numbers with 48 fraction bits and the functions of them that scores need, the same on every machine.
//!
//! Stated errors are against the exact value and checked by tests. Operations are for magnitudes below 2^30:
//! callers bound what they pass.

use std::ops::{Add, AddAssign, Neg, Sub, SubAssign};

/// A signed number with 48 fraction bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Number(i128);

pub(crate) const FRACTION_BITS: u32 = 48;
const ONE: i128 = 1 << FRACTION_BITS;
/// ln 2 with 48 fraction bits.
const LN_2: i128 = 195_103_586_505_167;
/// Terms after which the series of `exp` and `ln` fall below one unit.
const SERIES_TERMS: i128 = 20;
const ATANH_POWERS: i128 = 31;

impl Number {
    pub const ZERO: Self = Self(0);
    pub const ONE: Self = Self(ONE);

    pub const fn from_bits(bits: i128) -> Self {
        Self(bits)
    }

    pub const fn to_bits(self) -> i128 {
        self.0
    }

    pub const fn from_integer(value: i32) -> Self {
        Self((value as i128) << FRACTION_BITS)
    }

    /// `numerator / denominator`, floored; zero for a zero denominator. The numerator stays below 2^78.
    pub fn ratio(numerator: i128, denominator: i128) -> Self {
        let scaled = numerator << FRACTION_BITS;
        Self(scaled.checked_div_euclid(denominator).unwrap_or(0))
    }

    /// For reports and comparison only.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / ONE as f64
    }

    pub fn abs(self) -> Self {
        Self(self.0.abs())
    }

    /// The product, floored.
    pub fn times(self, other: Self) -> Self {
        Self((self.0 * other.0) >> FRACTION_BITS)
    }

    /// The quotient, floored; zero for a zero divisor.
    pub fn over(self, divisor: Self) -> Self {
        Self::ratio(self.0, divisor.0)
    }

    /// The square root, floored; zero below zero.
    pub fn sqrt(self) -> Self {
        let radicand = u128::try_from(self.0 << FRACTION_BITS).unwrap_or(0);
        Self(radicand.isqrt() as i128)
    }

    /// e^self within 2^-44 relative (and one unit); zero below e^-33, e^20 above 20.
    pub fn exp(self) -> Self {
        let argument = self.0.clamp(-34 * ONE, 20 * ONE);
        let halvings = argument.div_euclid(LN_2);
        let rest = argument - halvings * LN_2;
        let mut sum = ONE;
        let mut term = ONE;
        for index in 1..SERIES_TERMS {
            term = ((term * rest) >> FRACTION_BITS) / index;
            sum += term;
        }
        Self(if halvings >= 0 {
            sum << halvings
        } else {
            sum >> -halvings
        })
    }

    /// The natural logarithm within 2^-42; zero for what isn't positive.
    pub fn ln(self) -> Self {
        if self.0 <= 0 {
            return Self::ZERO;
        }
        let exponent = i128::from(self.0.ilog2()) - i128::from(FRACTION_BITS);
        let mantissa = if exponent >= 0 {
            self.0 >> exponent
        } else {
            self.0 << -exponent
        };
        // ln m = 2 artanh((m - 1) / (m + 1)), with 1 <= m < 2.
        let ratio = ((mantissa - ONE) << FRACTION_BITS) / (mantissa + ONE);
        let square = (ratio * ratio) >> FRACTION_BITS;
        let mut power = ratio;
        let mut sum = 0;
        for index in (1..ATANH_POWERS).step_by(2) {
            sum += power / index;
            power = (power * square) >> FRACTION_BITS;
        }
        Self(2 * sum + exponent * LN_2)
    }
}

impl Add for Number {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Number {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Number {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl AddAssign for Number {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl SubAssign for Number {
    fn sub_assign(&mut self, other: Self) {
        *self = *self - other;
    }
}

#[cfg(test)]
mod tests;
