//! Labelled BLAKE3 and its 32-byte result.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Label;

/// 32 bytes of labelled BLAKE3; hexadecimal in text and JSON.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, BorshSerialize, BorshDeserialize,
)]
pub struct Digest(pub [u8; 32]);

/// Hashes bytes as they come; the parts given to [`DigestHasher::update`] are simply joined.
#[derive(Clone, Debug)]
pub struct DigestHasher(blake3::Hasher);

/// A text that isn't 32 bytes in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} lower-case hexadecimal digits")]
pub struct ParseHexError {
    /// Number of digits wanted.
    pub expected: usize,
}

impl Digest {
    /// All zeros: the parent of the first block, the root of nothing.
    pub const ZERO: Self = Self([0; 32]);

    /// Hashes one byte string.
    #[must_use]
    pub fn of(label: Label, bytes: &[u8]) -> Self {
        let mut hasher = DigestHasher::new(label);
        hasher.update(bytes);
        hasher.finish()
    }

    /// Hashes a value's canonical encoding.
    #[must_use]
    pub fn of_value(label: Label, value: &impl BorshSerialize) -> Self {
        let mut hasher = DigestHasher::new(label);
        // Writing into a hasher can't fail, and our types' encodings have no failing case.
        let written = borsh::to_writer(&mut hasher.0, value);
        debug_assert!(written.is_ok());
        hasher.finish()
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl DigestHasher {
    /// Starts a hash for one purpose.
    #[must_use]
    pub fn new(label: Label) -> Self {
        Self(blake3::Hasher::new_derive_key(label.context()))
    }

    /// Appends bytes.
    pub fn update(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.update(bytes);
        self
    }

    /// The digest of all that was appended.
    #[must_use]
    pub fn finish(&self) -> Digest {
        Digest(*self.0.finalize().as_bytes())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = ParseHexError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse_hex(text).map(Self)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// One text form per value: upper case is refused.
pub(crate) fn parse_hex<const N: usize>(text: &str) -> Result<[u8; N], ParseHexError> {
    let error = ParseHexError { expected: 2 * N };
    if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(error);
    }
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes).map_err(|_| error)?;
    Ok(bytes)
}
