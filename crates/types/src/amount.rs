//! Amounts of an asset in its smallest unit.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::BasisPoints;
use crate::text_form::ParseError;

/// A whole number of an asset's smallest units. Arithmetic is checked.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, BorshSerialize, BorshDeserialize,
)]
pub struct Amount(pub u128);

/// An amount left its range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Above the largest amount.
    #[error("{0} and {1} exceed the largest amount")]
    Overflow(Amount, Amount),
    /// Below zero.
    #[error("{1} is more than {0}")]
    Underflow(Amount, Amount),
}

/// From here on JavaScript's numbers skip integers, so that JSON holds a string.
const JSON_NUMBER_END: u128 = 1 << 53;

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// Whether this is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// The sum.
    ///
    /// # Errors
    /// Above the largest amount.
    pub fn plus(self, other: Self) -> Result<Self, AmountError> {
        let sum = self.0.checked_add(other.0).map(Self);
        sum.ok_or(AmountError::Overflow(self, other))
    }

    /// The difference.
    ///
    /// # Errors
    /// Below zero.
    pub fn minus(self, other: Self) -> Result<Self, AmountError> {
        let difference = self.0.checked_sub(other.0).map(Self);
        difference.ok_or(AmountError::Underflow(self, other))
    }

    /// The product.
    ///
    /// # Errors
    /// Above the largest amount.
    pub fn times(self, factor: u64) -> Result<Self, AmountError> {
        let product = self.0.checked_mul(u128::from(factor)).map(Self);
        product.ok_or(AmountError::Overflow(self, Self(u128::from(factor))))
    }

    /// `self * numerator / denominator`, rounded down, without overflow on the way; `None` when the
    /// denominator is zero or the result too large.
    #[must_use]
    pub fn fraction(self, numerator: u32, denominator: u32) -> Option<Self> {
        let (numerator, denominator) = (u128::from(numerator), u128::from(denominator));
        let whole = self.0.checked_div(denominator)?.checked_mul(numerator)?;
        let rest = self.0.checked_rem(denominator)?.checked_mul(numerator)?;
        whole.checked_add(rest.checked_div(denominator)?).map(Self)
    }

    /// A share of the amount, rounded down.
    ///
    /// # Errors
    /// When the share is above the whole and the result too large.
    pub fn share(self, share: BasisPoints) -> Result<Self, AmountError> {
        self.fraction(u32::from(share.0), u32::from(BasisPoints::WHOLE.0))
            .ok_or(AmountError::Overflow(self, Self(u128::from(share.0))))
    }

    /// The sum of many.
    ///
    /// # Errors
    /// Above the largest amount.
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Result<Self, AmountError> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Amount {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseError::new("an amount (decimal digits)", text);
        let canonical = text == "0" || !text.starts_with('0');
        if !canonical || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        text.parse().map(Self).map_err(|_| error())
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match u64::try_from(self.0) {
            Ok(small) if self.0 < JSON_NUMBER_END => serializer.serialize_u64(small),
            _ => serializer.collect_str(self),
        }
    }
}

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AmountVisitor)
    }
}

/// Accepts a JSON integer or a string of digits, whatever the size.
struct AmountVisitor;

impl Visitor<'_> for AmountVisitor {
    type Value = Amount;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number, or a string of digits")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Amount, E> {
        Ok(Amount(u128::from(number)))
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Amount, E> {
        let number = u64::try_from(number).map_err(|_| E::custom("an amount is not negative"))?;
        self.visit_u64(number)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Amount, E> {
        text.parse().map_err(E::custom)
    }
}
