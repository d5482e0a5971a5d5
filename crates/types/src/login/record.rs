//! What the state holds about logins.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::PublicKey;
use serde::{Deserialize, Serialize};

use super::{IssuerKey, KEY_ID_LEN_MAX, NAME_LEN_MAX};
use crate::{Address, DurationMs, Height, LoginIssuerId, Text, TimeMs};

/// A login provider, as an authority keeps it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Which.
    pub id: LoginIssuerId,
    /// What its tokens say as `iss`.
    pub issuer: Text<NAME_LEN_MAX>,
    /// Who publishes and retires its keys.
    pub authority: Address,
    /// The longest session.
    pub session_max_ms: DurationMs,
    /// How many keys are kept.
    pub keys: u32,
    /// Since when.
    pub registered_at: Height,
}

/// A key of an issuer.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerKeyRecord {
    /// Whose.
    pub issuer: LoginIssuerId,
    /// What tokens call it.
    pub key_id: Text<KEY_ID_LEN_MAX>,
    /// The key.
    pub key: IssuerKey,
    /// From when on it counts.
    pub valid_from: TimeMs,
    /// From when on it counts no longer.
    pub valid_until: TimeMs,
    /// Since when it is here.
    pub published_at: Height,
}

/// A key that signs, or has signed, for an account. Kept until it expires even if it is ended before: as long as it stands
/// here the login that opened it opens nothing again.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct LoginSession {
    /// For which account.
    pub account: Address,
    /// Which key.
    pub key: PublicKey,
    /// By which issuer's login.
    pub issuer: LoginIssuerId,
    /// Since when.
    pub opened_at: TimeMs,
    /// Until when.
    pub expires_at: TimeMs,
    /// When the account ended it, if it did.
    pub ended_at: Option<TimeMs>,
}

impl IssuerKeyRecord {
    /// Whether it counts at a time.
    #[must_use]
    pub fn counts(&self, now: TimeMs) -> bool {
        self.valid_from <= now && now < self.valid_until
    }
}

impl LoginSession {
    /// Whether its key may sign at a time.
    #[must_use]
    pub fn is_open(&self, now: TimeMs) -> bool {
        self.ended_at.is_none() && now < self.expires_at
    }
}
