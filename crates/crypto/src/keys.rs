//! ed25519 keys and signatures. Verification follows ZIP-215, so that a signature is valid for
//! everyone or no one, checked alone or in a batch.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::digest::{ParseHexError, parse_hex};
use crate::random::{RandomError, random_bytes};

/// A signing key's 32-byte seed. Not printed, wiped when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretKey([u8; 32]);

/// An ed25519 public key, as its 32 bytes; whether they are a point is found out on verification.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct PublicKey(pub [u8; 32]);

/// An ed25519 signature.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct Signature(pub [u8; 64]);

/// Why a signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The public key's bytes are no curve point.
    #[error("the public key is no point of the curve")]
    NotAPoint,
    /// The signature isn't this key's over this message.
    #[error("the signature does not match the key and the message")]
    BadSignature,
}

impl SecretKey {
    /// A fresh key.
    ///
    /// # Errors
    /// When the operating system has no randomness.
    pub fn generate() -> Result<Self, RandomError> {
        random_bytes().map(Self)
    }

    /// The key of a known seed.
    #[must_use]
    pub const fn from_seed(seed: [u8; 32]) -> Self {
        Self(seed)
    }

    /// The seed, to be sealed in a key file.
    #[must_use]
    pub const fn seed(&self) -> &[u8; 32] {
        &self.0
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.signing_key().verification_key().into())
    }

    /// Signs a message that is already bound to its purpose by a label.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Signature {
        Signature(self.signing_key().sign(message).to_bytes())
    }

    fn signing_key(&self) -> ed25519_zebra::SigningKey {
        ed25519_zebra::SigningKey::from_bytes(&self.0)
    }
}

impl PublicKey {
    /// Checks a signature under ZIP-215.
    ///
    /// # Errors
    /// When the key is no point or the signature doesn't match.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), KeyError> {
        let key =
            ed25519_zebra::VerificationKey::try_from(self.0).map_err(|_| KeyError::NotAPoint)?;
        let signature = ed25519_zebra::Signature::from_bytes(&signature.0);
        key.verify(&signature, message)
            .map_err(|_| KeyError::BadSignature)
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey(of {})", self.public_key())
    }
}

macro_rules! hex_text {
    ($type:ident, $len:literal) => {
        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($type), "({})"), self)
            }
        }

        impl FromStr for $type {
            type Err = ParseHexError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_hex::<$len>(text).map(Self)
            }
        }

        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

hex_text!(PublicKey, 32);
hex_text!(Signature, 64);
