//! Elements of BN254's scalar field, as the client writes them: decimal digits in JSON, 32 bytes with the highest first in
//! binary.

use std::fmt;
use std::str::FromStr;

use ark_bn254::Fr;
use ark_ff::{AdditiveGroup, BigInteger, PrimeField, Zero};

use crate::{Error, Value};

/// A number below the field's modulus: an identity's commitment, a root, a leaf.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Element(pub(crate) Fr);

impl Element {
    /// Zero: what stands where a member was removed.
    pub const ZERO: Self = Self(Fr::ZERO);

    /// Reads 32 bytes, the highest first.
    ///
    /// # Errors
    /// When the number isn't below the modulus.
    pub fn from_bytes(bytes: &[u8; 32]) -> Result<Self, Error> {
        let value = Value(*bytes);
        value
            .element()
            .ok_or(Error::NotCanonical { name: "the number" })
    }

    /// The 32 bytes, the highest first.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        bytes_of(&self.0.into_bigint())
    }

    /// Whether this is where a member was removed.
    #[must_use]
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }
}

/// The bytes of a number of four limbs, the highest first.
pub(crate) fn bytes_of(number: &ark_ff::BigInt<4>) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, byte) in bytes.iter_mut().zip(number.to_bytes_be()) {
        *place = byte;
    }
    bytes
}

impl fmt::Display for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.into_bigint().fmt(f)
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Element {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let value: Value = text.parse()?;
        Self::from_bytes(&value.to_bytes())
    }
}

/// What an identity shows in a scope: always the same one there, and unrelated to what it shows in any other.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Nullifier(pub Element);

impl Nullifier {
    /// The 32 bytes, the highest first.
    #[must_use]
    pub fn to_bytes(self) -> [u8; 32] {
        self.0.to_bytes()
    }
}

impl fmt::Display for Nullifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Nullifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
