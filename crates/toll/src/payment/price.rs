//! Prices in millionths of a currency.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A price in millionths of the gate's currency.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Price(pub u64);

/// Three capital letters, like `USD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// Millionths of one.
const WHOLE: u64 = 1_000_000;

impl Price {
    /// The amount of an asset that this price is, rounded up; `None` above all amounts.
    #[must_use]
    pub fn amount(self, units_per_currency: u128) -> Option<u128> {
        let product = u128::from(self.0).checked_mul(units_per_currency)?;
        Some(product.div_ceil(u128::from(WHOLE)))
    }

    /// As header fields have it: `USD 0.01`.
    #[must_use]
    pub fn in_currency(self, currency: Currency) -> String {
        format!("{currency} {self}")
    }

    /// Reads `USD 0.01`: one space, at most six decimals.
    #[must_use]
    pub fn read(text: &str, currency: Currency) -> Option<Self> {
        let (name, number) = text.split_once(' ')?;
        if name != currency.as_str() || number.len() > 24 {
            return None;
        }
        number.parse().ok()
    }
}

/// Decimal, without zeros at the end.
impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, part) = (self.0 / WHOLE, self.0 % WHOLE);
        if part == 0 {
            return write!(f, "{whole}");
        }
        let digits = format!("{part:06}");
        write!(f, "{whole}.{}", digits.trim_end_matches('0'))
    }
}

/// Not a price.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no price, expected a number like 0.01 with at most six decimals")]
pub struct PriceError(String);

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || PriceError(text.chars().take(40).collect());
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        if !digits(whole) || !digits(part) || part.len() > 6 {
            return Err(error());
        }
        let whole: u64 = whole.parse().map_err(|_| error())?;
        let part: u64 = format!("{part:0<6}").parse().map_err(|_| error())?;
        let whole = whole.checked_mul(WHOLE).ok_or_else(error)?;
        whole.checked_add(part).map(Self).ok_or_else(error)
    }
}

impl Currency {
    /// United States dollars, as the stablecoins are in.
    pub const USD: Self = Self(*b"USD");

    /// The letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(letters) if letters.iter().all(u8::is_ascii_uppercase) => Ok(Self(letters)),
            _ => Err(PriceError(text.chars().take(40).collect())),
        }
    }
}
