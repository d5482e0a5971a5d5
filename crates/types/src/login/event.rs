//! What changed about logins.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::PublicKey;
use serde::{Deserialize, Serialize};

use super::KEY_ID_LEN_MAX;
use crate::{Address, LoginIssuerId, Text, TimeMs};

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoginEvent {
    /// A new issuer.
    IssuerRegistered {
        /// Which.
        issuer: LoginIssuerId,
        /// Who keeps its keys.
        authority: Address,
    },
    /// Another account keeps an issuer's keys.
    AuthoritySet {
        /// Which issuer's.
        issuer: LoginIssuerId,
        /// Who.
        authority: Address,
    },
    /// A new key of an issuer.
    KeyPublished {
        /// Whose.
        issuer: LoginIssuerId,
        /// Its name.
        key_id: Text<KEY_ID_LEN_MAX>,
        /// From when on it counts.
        valid_from: TimeMs,
        /// From when on it counts no longer.
        valid_until: TimeMs,
    },
    /// A key counts for a shorter time than it was to.
    KeyRetired {
        /// Whose.
        issuer: LoginIssuerId,
        /// Its name.
        key_id: Text<KEY_ID_LEN_MAX>,
        /// From when on it counts no longer.
        valid_until: TimeMs,
    },
    /// A key that had counted its time made room for another.
    KeyForgotten {
        /// Whose.
        issuer: LoginIssuerId,
        /// Its name.
        key_id: Text<KEY_ID_LEN_MAX>,
    },
    /// A key may sign for an account.
    SessionOpened {
        /// Which account.
        account: Address,
        /// Which key.
        key: PublicKey,
        /// By which issuer's login.
        issuer: LoginIssuerId,
        /// Until when.
        expires_at: TimeMs,
    },
    /// A key may sign no longer.
    SessionEnded {
        /// For which account.
        account: Address,
        /// Which key.
        key: PublicKey,
    },
    /// A key that expired is no longer kept.
    SessionForgotten {
        /// For which account.
        account: Address,
        /// Which key.
        key: PublicKey,
    },
}
