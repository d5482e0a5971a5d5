//! Prices as people write them: decimals with at most six places.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Places after the point.
const PLACES: usize = 6;
/// One whole, in millionths.
const WHOLE: u64 = 1_000_000;

/// A price in millionths of the unit that the policy prices in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Price {
    /// Millionths of a unit.
    pub millionths: u64,
}

impl Price {
    /// Nothing.
    pub const ZERO: Self = Self { millionths: 0 };

    /// Whether nothing is asked.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.millionths == 0
    }
}

/// What is wrong with a price's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no price; write a decimal with at most {PLACES} places, like \"0.002\"")]
pub struct PriceError(String);

impl FromStr for Price {
    type Err = PriceError;

    fn from_str(text: &str) -> Result<Self, PriceError> {
        let refused = || PriceError(text.chars().take(32).collect());
        let (whole, places) = text.split_once('.').unwrap_or((text, "0"));
        let digits =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > PLACES {
            return Err(refused());
        }
        let whole: u64 = whole.parse().map_err(|_| refused())?;
        let millionths: u64 = format!("{places:0<PLACES$}")
            .parse()
            .map_err(|_| refused())?;
        whole
            .checked_mul(WHOLE)
            .and_then(|whole| whole.checked_add(millionths))
            .map(|millionths| Self { millionths })
            .ok_or_else(refused)
    }
}

impl fmt::Display for Price {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = format!("{:06}", self.millionths % WHOLE);
        let places = places.trim_end_matches('0');
        write!(formatter, "{}", self.millionths / WHOLE)?;
        if places.is_empty() {
            Ok(())
        } else {
            write!(formatter, ".{places}")
        }
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Price {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
