//! Accounts: keys, signatures and addresses.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, KeyError, Label, PublicKey, SecretKey, Signature, bech32m};
use serde::{Deserialize, Serialize};

use crate::text_form::{ParseError, json_as_text};

/// An account's address: the hash of its key. In text `lil1…` (bech32m).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Address(pub Digest);

/// The public key that an account signs with.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AccountKey {
    /// ed25519, verified under ZIP-215.
    Ed25519(PublicKey),
}

/// A signature by an [`AccountKey`] of the same kind.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum AccountSignature {
    /// ed25519.
    Ed25519(Signature),
}

impl Address {
    /// What every address begins with, before the `1`.
    pub const PREFIX: &'static str = "lil";
    const EXPECTED: &'static str = "an address (lil1…)";

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }
}

impl AccountKey {
    /// The account that this key controls.
    #[must_use]
    pub fn address(&self) -> Address {
        Address(Digest::of_value(Label::Address, self))
    }

    /// Checks a signature.
    ///
    /// # Errors
    /// When it doesn't match the key and the message.
    pub fn verify(&self, message: &[u8], signature: &AccountSignature) -> Result<(), KeyError> {
        match (self, signature) {
            (Self::Ed25519(key), AccountSignature::Ed25519(signature)) => {
                key.verify(message, signature)
            }
        }
    }
}

impl From<&SecretKey> for AccountKey {
    fn from(secret: &SecretKey) -> Self {
        Self::Ed25519(secret.public_key())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bech32m::encode(Self::PREFIX, self.as_bytes()))
    }
}

impl FromStr for Address {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        bech32m::decode(Self::PREFIX, text)
            .map(|bytes| Self(Digest(bytes)))
            .map_err(|_| ParseError::new(Self::EXPECTED, text))
    }
}

json_as_text!(Address);
