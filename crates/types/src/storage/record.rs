//! What the state holds about stored blobs.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{StorageTerms, chunk_count};
use crate::text_form::ParseError;
use crate::{Address, Amount, AssetId, Height, TimeMs};

/// A deal: the first one of a chain is 1.
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
#[serde(transparent)]
pub struct DealId(pub u64);

/// A blob that is stored, or shall be.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deal {
    /// Which.
    pub id: DealId,
    /// Whose.
    pub buyer: Address,
    /// The root over the blob's chunks.
    pub root: Digest,
    /// Its length.
    pub bytes: u64,
    /// How it is stored.
    pub terms: StorageTerms,
    /// In which asset.
    pub asset: AssetId,
    /// The link shown last, or the chain's end.
    pub beacon: Digest,
    /// Where it stands.
    pub state: DealState,
    /// When the first provider accepted: period 0 begins.
    pub starts_at: Option<TimeMs>,
    /// What is locked for periods that aren't paid.
    pub escrow: Amount,
    /// How many periods are settled, paid or not.
    pub settled: u32,
    /// What was paid so far.
    pub paid: Amount,
    /// How many providers failed.
    pub failures: u32,
    /// When the next thing happens by itself.
    pub due: Option<TimeMs>,
    /// In which block it was ordered.
    pub height: Height,
}

/// Where a deal stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum DealState {
    /// It waits for a provider.
    Open {
        /// Until then.
        until: TimeMs,
    },
    /// A provider stores the blob.
    Stored {
        /// Who.
        provider: Address,
        /// The period of the last challenge, if there was one with this provider.
        challenged: Option<u32>,
        /// The challenge that isn't answered.
        open: Option<Challenged>,
    },
    /// It is over.
    Closed,
}

/// A challenge that isn't answered.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Challenged {
    /// In which period.
    pub period: u32,
    /// Which chunk is asked for.
    pub chunk: u64,
    /// Until when it must be shown.
    pub due: TimeMs,
}

impl Deal {
    /// How many chunks the blob has.
    #[must_use]
    pub const fn chunks(&self) -> u64 {
        chunk_count(self.bytes)
    }

    /// The period that runs at a time; the number of periods when all are over.
    #[must_use]
    pub fn period(&self, now: TimeMs) -> u32 {
        let since = self
            .starts_at
            .map_or(0, |start| now.0.saturating_sub(start.0));
        let periods = since.checked_div(self.terms.period_ms.0).unwrap_or(0);
        u32::try_from(periods).map_or(self.terms.periods, |periods| {
            periods.min(self.terms.periods)
        })
    }

    /// When a period begins.
    #[must_use]
    pub fn begins(&self, period: u32) -> Option<TimeMs> {
        let offset = u64::from(period).saturating_mul(self.terms.period_ms.0);
        self.starts_at
            .map(|start| TimeMs(start.0.saturating_add(offset)))
    }

    /// When something happens by itself: an order expires, an answer is late, the term is over.
    #[must_use]
    pub fn next_due(&self) -> Option<TimeMs> {
        match self.state {
            DealState::Open { until } => Some(until),
            DealState::Stored {
                open: Some(challenged),
                ..
            } => Some(challenged.due),
            DealState::Stored { open: None, .. } => self.begins(self.terms.periods),
            DealState::Closed => None,
        }
    }
}

impl fmt::Display for DealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for DealId {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok();
        let canonical = number.filter(|_| digits && !text.starts_with('0'));
        canonical
            .map(Self)
            .ok_or_else(|| ParseError::new("a deal (a number from 1)", text))
    }
}
