//! Keys that sign tokens.

use borsh::BorshSerialize;
use k256::ecdsa::signature::{Signer, Verifier};
use lilliput_crypto::{Digest, Label, PublicKey, SecretKey, Signature};
use lilliput_types::{AccountKey, Address};

use super::TokenError;

/// The key of a token's issuer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IssuerKey {
    /// An account of the ledger.
    Ed25519(PublicKey),
    /// A wallet's key, compressed.
    Secp256k1(Box<k256::ecdsa::VerifyingKey>),
}

/// A key that tokens are made with. Not printed.
pub enum SigningKey {
    /// An account of the ledger.
    Ed25519(SecretKey),
    /// A wallet's key.
    Secp256k1(Box<k256::ecdsa::SigningKey>),
}

/// How the address of a wallet's key is hashed: as the second kind of account key, after ed25519.
#[derive(BorshSerialize)]
#[expect(dead_code, reason = "its place gives the second kind its number")]
enum Hashed {
    Ed25519([u8; 32]),
    Secp256k1([u8; 33]),
}

impl IssuerKey {
    /// Reads a key: hex of 32 bytes is ed25519, of 33 a compressed point of secp256k1.
    pub(super) fn read(text: &str) -> Result<Self, TokenError> {
        let malformed = TokenError::Form("its key is no hex of 32 or 33 bytes");
        match text.len() {
            64 => text.parse().map(Self::Ed25519).map_err(|_| malformed),
            66 => {
                let bytes = hex::decode(text).map_err(|_| malformed)?;
                let key = k256::ecdsa::VerifyingKey::from_sec1_bytes(&bytes);
                key.map(|key| Self::Secp256k1(Box::new(key)))
                    .map_err(|_| malformed)
            }
            _ => Err(malformed),
        }
    }

    /// The only algorithm that this key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Ed25519(_) => "EdDSA",
            Self::Secp256k1(_) => "ES256K",
        }
    }

    /// The account that the key controls.
    #[must_use]
    pub fn address(&self) -> Address {
        match self {
            Self::Ed25519(key) => AccountKey::Ed25519(*key).address(),
            Self::Secp256k1(key) => {
                let hashed = Hashed::Secp256k1(compressed(key));
                Address(Digest::of_value(Label::Address, &hashed))
            }
        }
    }

    /// As it stands in a token's header.
    #[must_use]
    pub fn id(&self) -> String {
        match self {
            Self::Ed25519(key) => key.to_string(),
            Self::Secp256k1(key) => hex::encode(compressed(key)),
        }
    }

    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), TokenError> {
        let bytes: [u8; 64] = signature.try_into().map_err(|_| TokenError::Signature)?;
        let good = match self {
            Self::Ed25519(key) => key.verify(message, &Signature(bytes)).is_ok(),
            Self::Secp256k1(key) => k256::ecdsa::Signature::from_slice(&bytes)
                .is_ok_and(|signature| key.verify(message, &signature).is_ok()),
        };
        good.then_some(()).ok_or(TokenError::Signature)
    }
}

impl SigningKey {
    /// A wallet's key from its 32 bytes.
    ///
    /// # Errors
    /// When they are no key.
    pub fn secp256k1(bytes: &[u8; 32]) -> Result<Self, TokenError> {
        let key = k256::ecdsa::SigningKey::from_slice(bytes);
        let key = key.map_err(|_| TokenError::Form("these bytes are no key"))?;
        Ok(Self::Secp256k1(Box::new(key)))
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> IssuerKey {
        match self {
            Self::Ed25519(key) => IssuerKey::Ed25519(key.public_key()),
            Self::Secp256k1(key) => IssuerKey::Secp256k1(Box::new(*key.verifying_key())),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> [u8; 64] {
        match self {
            Self::Ed25519(key) => key.sign(message).0,
            Self::Secp256k1(key) => {
                let signature: k256::ecdsa::Signature = key.sign(message);
                signature.to_bytes().into()
            }
        }
    }
}

fn compressed(key: &k256::ecdsa::VerifyingKey) -> [u8; 33] {
    let point = key.to_sec1_point(true);
    let mut bytes = [0; 33];
    bytes.copy_from_slice(point.as_bytes());
    bytes
}
