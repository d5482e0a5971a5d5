//! Who a transaction is by: an account with its own key, or one that let another key sign for a while.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{KeyError, PublicKey, SecretKey};
use serde::{Deserialize, Serialize};

use crate::{AccountKey, AccountSignature, Address};

/// The account that asks, and the key that signs for it.
///
/// The first case is encoded as an [`AccountKey`] is. The second one is a claim: that the key may sign for the account stands
/// in the state, and the ledger looks there before the transaction costs anyone anything. Whatever checks signatures without
/// a state takes an [`AccountKey`], so that no session gets in by mistake.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Signer {
    /// An account's own ed25519 key.
    Ed25519(PublicKey),
    /// A session's key, for the account that opened the session.
    Session(SessionKey),
}

/// See [`Signer::Session`].
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SessionKey {
    /// For which account.
    pub account: Address,
    /// The ed25519 key.
    pub key: PublicKey,
}

impl Signer {
    /// The account that asks.
    #[must_use]
    pub fn address(&self) -> Address {
        match self {
            Self::Ed25519(key) => AccountKey::Ed25519(*key).address(),
            Self::Session(session) => session.account,
        }
    }

    /// Checks a signature by the key that signs; not whether it may sign.
    ///
    /// # Errors
    /// When it doesn't match the key and the message.
    pub fn verify(&self, message: &[u8], signature: &AccountSignature) -> Result<(), KeyError> {
        let (Self::Ed25519(key) | Self::Session(SessionKey { key, .. })) = self;
        AccountKey::Ed25519(*key).verify(message, signature)
    }
}

impl From<AccountKey> for Signer {
    fn from(key: AccountKey) -> Self {
        match key {
            AccountKey::Ed25519(key) => Self::Ed25519(key),
        }
    }
}

impl From<&SecretKey> for Signer {
    fn from(secret: &SecretKey) -> Self {
        Self::Ed25519(secret.public_key())
    }
}
