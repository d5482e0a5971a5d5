//! What a provider says its lease used. Two of the same number that differ are evidence against it.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, KeyError, Label, SecretKey};
use serde::{Deserialize, Serialize};

use super::LeaseId;
use crate::{AccountKey, AccountSignature, ChainId};

/// What a lease used until a moment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct UsageStatement {
    /// Which lease.
    pub lease: LeaseId,
    /// Its number: a provider signs one of each.
    pub number: u64,
    /// CPU in milliseconds of a core.
    pub cpu_ms: u64,
    /// Memory, in MiB times seconds.
    pub memory_mib_s: u64,
    /// Bytes sent and received.
    pub network_bytes: u64,
    /// The hash of everything else that was told.
    pub details: Digest,
}

/// A statement with its signature.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SignedUsage {
    /// What is said.
    pub statement: UsageStatement,
    /// By whom.
    pub key: AccountKey,
    /// Over chain and statement.
    pub signature: AccountSignature,
}

impl UsageStatement {
    fn signed_bytes(&self, chain: ChainId) -> Digest {
        Digest::of_value(Label::UsageStatement, &(chain, self))
    }

    /// Signs it.
    #[must_use]
    pub fn sign(self, chain: ChainId, secret: &SecretKey) -> SignedUsage {
        let signature = secret.sign(self.signed_bytes(chain).as_bytes());
        SignedUsage {
            statement: self,
            key: AccountKey::from(secret),
            signature: AccountSignature::Ed25519(signature),
        }
    }
}

impl SignedUsage {
    /// Checks the signature.
    ///
    /// # Errors
    /// When it isn't this key's over chain and statement.
    pub fn check(&self, chain: ChainId) -> Result<(), KeyError> {
        let bytes = self.statement.signed_bytes(chain);
        self.key.verify(bytes.as_bytes(), &self.signature)
    }
}
