//! What changed about stored blobs. Money that moves is seen in the bank's events too.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::DealId;
use crate::{Address, Amount, TimeMs};

/// How a provider failed.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Failing {
    /// It showed no chunk in time.
    Silent,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageEvent {
    /// A blob shall be stored.
    Ordered {
        /// Which deal.
        deal: DealId,
        /// By whom.
        buyer: Address,
        /// The blob's root.
        root: Digest,
        /// What was locked.
        escrow: Amount,
    },
    /// A provider stores it.
    Accepted {
        /// Which deal.
        deal: DealId,
        /// Who.
        provider: Address,
        /// From which period on.
        period: u32,
    },
    /// A chunk is asked for.
    Challenged {
        /// Which deal.
        deal: DealId,
        /// In which period.
        period: u32,
        /// Which chunk.
        chunk: u64,
        /// Until when it must be shown.
        due: TimeMs,
    },
    /// The chunk was shown.
    Proven {
        /// Which deal.
        deal: DealId,
        /// For which period.
        period: u32,
    },
    /// Periods were paid.
    Paid {
        /// Which deal.
        deal: DealId,
        /// To whom.
        provider: Address,
        /// How many periods.
        periods: u32,
        /// How much.
        amount: Amount,
    },
    /// The provider failed; the order is open for another.
    Failed {
        /// Which deal.
        deal: DealId,
        /// Who.
        provider: Address,
        /// How.
        how: Failing,
        /// What it lost.
        bond: Amount,
    },
    /// It is over.
    Closed {
        /// Which deal.
        deal: DealId,
        /// What the buyer got back.
        returned: Amount,
    },
}
