//! Quantities as people write them, read exactly: no float anywhere.
//!
//! A decimal is digits with at most 18 behind the point; an exponent, a sign or a group separator
//! is refused. What lies below the unit (a thousandth of a core, a byte) is cut off, as Akash does.

use std::fmt::{self, Display};

use serde::{Serialize, Serializer};

/// Digits behind the point of an [`Amount`], and at most so many of any decimal.
const FRACTION_DIGITS: usize = 18;
/// Digits before the point: 20 hold every 64-bit number.
const WHOLE_DIGITS_MAX: usize = 20;
const BINARY: [(&str, u32); 6] = [
    ("Ki", 10),
    ("Mi", 20),
    ("Gi", 30),
    ("Ti", 40),
    ("Pi", 50),
    ("Ei", 60),
];
const DECIMAL: [(&str, u32); 6] = [
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// Why a text is no quantity.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// Nothing there.
    #[error("it is empty")]
    Empty,
    /// Something other than digits and one point.
    #[error("a number is digits, with a point and more digits where needed")]
    NotDecimal,
    /// A minus in front.
    #[error("it is below zero")]
    Negative,
    /// Too many digits.
    #[error("it has more than 20 digits before the point or 18 behind it")]
    TooManyDigits,
    /// Doesn't fit.
    #[error("it is too large")]
    TooLarge,
    /// A unit that doesn't exist.
    #[error("`{unit}` is no unit{}", meant.map(|m| format!(" (did you mean `{m}`?)")).unwrap_or_default())]
    UnknownUnit {
        /// What stands there.
        unit: String,
        /// What exists.
        meant: Option<&'static str>,
    },
    /// No duration.
    #[error("a duration is one whole number and one unit")]
    NotOneWhole,
    /// Half a thousandth.
    #[error("a number of thousandths (`m`) is whole")]
    FractionOfMilli,
}

/// CPU in thousandths of a core.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct MilliCpu(pub u64);

/// Memory or storage in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bytes(pub u64);

/// A time in whole seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seconds(pub u64);

/// An amount of a coin in units of 10^-18, printed with all of its 18 digits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount(pub u128);

impl MilliCpu {
    /// `500m`, `0.5` or `1`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (number, milli) = match text.strip_suffix('m') {
            Some(number) => (number, true),
            None => (text, false),
        };
        let decimal = decimal_before_unit(number, |unit| {
            matches!(unit, "M" | "mcpu" | "Mcpu").then_some("m")
        })?;
        if !milli {
            return decimal.floor_times(1_000).map(Self);
        }
        if decimal.fraction_digits > 0 {
            return Err(QuantityError::FractionOfMilli);
        }
        decimal.floor_times(1).map(Self)
    }
}

impl Bytes {
    /// `512Mi`, `1.5Gi`, `10G` or plain bytes.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        for (suffix, bits) in BINARY {
            if let Some(number) = text.strip_suffix(suffix) {
                return decimal(number)?.floor_times(1 << bits).map(Self);
            }
        }
        for (suffix, zeros) in DECIMAL {
            if let Some(number) = text.strip_suffix(suffix) {
                return decimal(number)?.floor_times(10_u128.pow(zeros)).map(Self);
            }
        }
        decimal_before_unit(text, meant_bytes)?
            .floor_times(1)
            .map(Self)
    }

    /// As [`Bytes::parse`], with binary units only: what Akash knows of a GPU's memory.
    pub fn parse_binary(text: &str) -> Result<Self, QuantityError> {
        for (suffix, bits) in BINARY {
            if let Some(number) = text.strip_suffix(suffix) {
                return decimal(number)?.floor_times(1 << bits).map(Self);
            }
        }
        decimal_before_unit(text, meant_bytes)?
            .floor_times(1)
            .map(Self)
    }

    /// Whole 2^30 bytes, the rest cut off.
    pub fn gibibytes(self) -> u64 {
        self.0 >> 30
    }
}

impl Seconds {
    /// A whole number above zero and a unit: `90s`, `30m` or `24h`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let factor = match text.chars().last() {
            None => return Err(QuantityError::Empty),
            Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some(_) => {
                let unit = text.trim_start_matches(|c: char| c.is_ascii_digit());
                return Err(QuantityError::UnknownUnit {
                    unit: crate::problem::shown(unit),
                    meant: match unit {
                        "" | "sec" | "S" | "seconds" => Some("s"),
                        "min" | "M" | "minutes" => Some("m"),
                        "d" | "D" | "days" | "hr" | "H" | "hours" => Some("h"),
                        _ => None,
                    },
                });
            }
        };
        let number = &text[..text.len() - 1];
        if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(QuantityError::NotOneWhole);
        }
        let number = decimal(number)?;
        number.floor_times(factor).map(Self)
    }
}

impl Amount {
    /// `1000` or `0.25`.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let number = decimal(text)?;
        let missing = FRACTION_DIGITS - number.fraction_digits;
        number
            .digits
            .checked_mul(pow10(missing))
            .map(Self)
            .ok_or(QuantityError::TooLarge)
    }

    /// So many whole units.
    pub const fn whole(units: u64) -> Self {
        Self(units as u128 * 1_000_000_000_000_000_000)
    }
}

impl Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = pow10(FRACTION_DIGITS);
        write!(f, "{}.{:018}", self.0 / unit, self.0 % unit)
    }
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Display for MilliCpu {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}m", self.0)
    }
}

impl Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (suffix, bits) in BINARY.into_iter().rev() {
            if self.0 > 0 && self.0.trailing_zeros() >= bits {
                return write!(f, "{}{suffix}", self.0 >> bits);
            }
        }
        write!(f, "{}", self.0)
    }
}

impl Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            seconds if seconds > 0 && seconds % 3_600 == 0 => write!(f, "{}h", seconds / 3_600),
            seconds if seconds > 0 && seconds % 60 == 0 => write!(f, "{}m", seconds / 60),
            seconds => write!(f, "{seconds}s"),
        }
    }
}

/// `digits` x 10^-`fraction_digits`.
struct Decimal {
    digits: u128,
    fraction_digits: usize,
}

impl Decimal {
    fn floor_times(&self, factor: u128) -> Result<u64, QuantityError> {
        self.digits
            .checked_mul(factor)
            .map(|product| product / pow10(self.fraction_digits))
            .and_then(|floor| u64::try_from(floor).ok())
            .ok_or(QuantityError::TooLarge)
    }
}

fn pow10(digits: usize) -> u128 {
    // Callers stay at or below FRACTION_DIGITS.
    10_u128.pow(digits.min(FRACTION_DIGITS) as u32)
}

/// Digits, and perhaps a point and more digits.
fn decimal(text: &str) -> Result<Decimal, QuantityError> {
    if text.is_empty() {
        return Err(QuantityError::Empty);
    }
    if text.starts_with('-') {
        return Err(QuantityError::Negative);
    }
    let (whole, fraction) = match text.split_once('.') {
        Some((_, "")) => return Err(QuantityError::NotDecimal),
        Some(parts) => parts,
        None => (text, ""),
    };
    let mut digits: u128 = 0;
    if whole.is_empty() || !(whole.bytes().chain(fraction.bytes())).all(|b| b.is_ascii_digit()) {
        return Err(QuantityError::NotDecimal);
    }
    let significant = whole.trim_start_matches('0');
    if significant.len() > WHOLE_DIGITS_MAX || fraction.len() > FRACTION_DIGITS {
        return Err(QuantityError::TooManyDigits);
    }
    for digit in significant.bytes().chain(fraction.bytes()) {
        digits = digits
            .checked_mul(10)
            .and_then(|tens| tens.checked_add(u128::from(digit - b'0')))
            .ok_or(QuantityError::TooLarge)?;
    }
    Ok(Decimal {
        digits,
        fraction_digits: fraction.len(),
    })
}

/// A decimal; letters behind it are named as what they are: a unit that doesn't exist.
fn decimal_before_unit(
    text: &str,
    meant: impl Fn(&str) -> Option<&'static str>,
) -> Result<Decimal, QuantityError> {
    let unit = text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let wordlike = unit.len() < text.len() && unit.trim_start().starts_with(char::is_alphabetic);
    if !wordlike || unit.bytes().any(|byte| byte.is_ascii_digit()) {
        return decimal(text);
    }
    Err(QuantityError::UnknownUnit {
        unit: crate::problem::shown(unit),
        meant: meant(unit.trim()),
    })
}

/// `gb`, `GB`, `gi` and `GiB` are meant as `Gi`.
fn meant_bytes(unit: &str) -> Option<&'static str> {
    let first = unit.chars().next()?.to_ascii_uppercase();
    let rest = unit.get(1..)?;
    if !["", "b", "i", "ib"].contains(&rest.to_ascii_lowercase().as_str()) {
        return None;
    }
    BINARY
        .iter()
        .map(|(suffix, _)| *suffix)
        .find(|suffix| suffix.starts_with(first))
}

#[cfg(test)]
mod tests;
