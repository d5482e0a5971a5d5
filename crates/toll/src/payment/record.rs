//! What became of a payment, as it is stored.

use std::fmt;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::payment::rail::Claim;

/// The name of a payment: the hash of what can be charged only once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub struct PaymentId(pub [u8; 32]);

impl PaymentId {
    /// From the parts that make a charge unique on a network.
    #[must_use]
    pub fn of(parts: &[&[u8]]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("lilliput 2026 v1 toll payment");
        for part in parts {
            hasher.update(&part.len().to_be_bytes());
            hasher.update(part);
        }
        Self(*hasher.finalize().as_bytes())
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PaymentId({self})")
    }
}

/// Where a payment stands.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub enum RecordState {
    /// Reserved, and about to be settled. Found after a restart, it counts as unknown.
    Settling,
    /// Whether the money moved can't be known yet.
    Unknown {
        /// Why.
        reason: String,
    },
    /// The money moved; its request may be served.
    Settled,
    /// Its request is served, or was.
    Granted,
    /// The money didn't move, and never will by this payment.
    Failed {
        /// Why.
        reason: String,
    },
}

impl RecordState {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Settling => "settling",
            Self::Unknown { .. } => "unknown",
            Self::Settled => "settled",
            Self::Granted => "granted",
            Self::Failed { .. } => "failed",
        }
    }
}

/// A payment as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Record {
    /// Its name.
    pub id: PaymentId,
    /// Where it stands.
    pub state: RecordState,
    /// The request's method.
    pub method: String,
    /// The request's address.
    pub url: String,
    /// The price in millionths.
    pub price: u64,
    /// The network.
    pub network: String,
    /// Who paid.
    pub payer: String,
    /// The first second in which it can be settled.
    pub valid_from: u64,
    /// The last second in which it can be settled.
    pub valid_until: u64,
    /// The network's mark before it was settled.
    pub mark: u64,
    /// When it was reserved, in seconds.
    pub reserved_at: u64,
    /// When its outcome was last asked for.
    pub asked_at: u64,
    /// The transaction that moved the money.
    pub transaction: String,
    /// The receipt.
    pub receipt: String,
    /// What was required, and what the client sent, as JSON: to settle it again.
    pub requirements: String,
    /// See `requirements`.
    pub payload: String,
}

impl Record {
    /// What it claimed.
    #[must_use]
    pub fn claim(&self) -> Claim {
        Claim {
            id: self.id,
            payer: self.payer.clone(),
            valid_from: self.valid_from,
            valid_until: self.valid_until,
        }
    }
}
