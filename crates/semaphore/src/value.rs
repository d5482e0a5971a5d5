//! Messages and scopes before they are hashed: any number below 2^256.

use std::fmt;
use std::str::FromStr;

use ark_bn254::Fr;
use ark_ff::{BigInt, PrimeField};
use sha3::{Digest, Keccak256};

use crate::element::bytes_of;
use crate::{Element, Error};

/// Digits of the largest number.
const DIGITS_MAX: usize = 78;
/// The longest text that the client packs into a number; the last byte stays zero.
const TEXT_LEN_MAX: usize = 31;
/// As much of what is wrong is shown.
const SHOWN_MAX: usize = 90;

/// A message or scope: a number below 2^256, as 32 bytes with the highest first.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Value(pub(crate) [u8; 32]);

impl Value {
    /// The number with these bytes, the highest first.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, the highest first.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// Reads what is given to the client as a message or scope: a number in decimal or `0x` digits, or a text of at most
    /// 31 bytes, which is padded with zeros behind.
    ///
    /// # Errors
    /// When it is neither, or something that JavaScript reads as a number though it doesn't look like one.
    pub fn from_client_text(text: &str) -> Result<Self, Error> {
        if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
            return text.parse();
        }
        if let Some(digits) = text.strip_prefix("0x") {
            return from_hex(digits).ok_or_else(|| number_error(text));
        }
        // `BigInt(" 5")`, `BigInt("+5")`, `BigInt("0b1")` are numbers.
        let first = text.chars().next();
        let odd = text.trim() != text
            || first.is_some_and(|first| first.is_ascii_digit() || matches!(first, '+' | '-'));
        if odd {
            return Err(Error::Ambiguous { got: shown(text) });
        }
        let bytes = text.as_bytes();
        if bytes.is_empty() || bytes.len() > TEXT_LEN_MAX {
            return Err(Error::Text { got: bytes.len() });
        }
        let mut padded = [0; 32];
        for (place, byte) in padded.iter_mut().zip(bytes) {
            *place = *byte;
        }
        Ok(Self(padded))
    }

    /// What the proof's equation knows of it: the first 31 bytes of its Keccak-256 hash.
    pub(crate) fn hashed(self) -> Fr {
        let hash = Keccak256::digest(self.0);
        // Below 2^248, hence below the modulus.
        Fr::from_be_bytes_mod_order(hash.get(..31).unwrap_or(&[]))
    }

    /// The field's element, if the number is below the modulus.
    pub(crate) fn element(self) -> Option<Element> {
        Fr::from_bigint(self.number()).map(Element)
    }

    pub(crate) fn number(self) -> BigInt<4> {
        let mut limbs = [0_u64; 4];
        for (limb, bytes) in limbs.iter_mut().zip(self.0.rchunks(8)) {
            for byte in bytes {
                *limb = (*limb << 8) | u64::from(*byte);
            }
        }
        BigInt(limbs)
    }
}

fn from_hex(digits: &str) -> Option<Value> {
    if digits.is_empty() || digits.len() > 64 {
        return None;
    }
    let mut bytes = [0; 32];
    for (place, digit) in digits.chars().rev().enumerate() {
        let digit = u8::try_from(digit.to_digit(16)?).ok()?;
        let byte = bytes.get_mut(31 - place / 2)?;
        *byte |= digit << (4 * (place % 2));
    }
    Some(Value(bytes))
}

impl FromStr for Value {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let canonical = text == "0" || !text.starts_with('0');
        if !digits || !canonical || text.is_empty() || text.len() > DIGITS_MAX {
            return Err(number_error(text));
        }
        let number: BigInt<4> = text.parse().map_err(|()| number_error(text))?;
        Ok(Self(bytes_of(&number)))
    }
}

fn number_error(text: &str) -> Error {
    Error::Number { got: shown(text) }
}

fn shown(text: &str) -> String {
    text.chars()
        .filter(|character| !character.is_control())
        .take(SHOWN_MAX)
        .collect()
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.number().fmt(f)
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
