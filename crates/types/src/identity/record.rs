//! What the state holds about identities.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{
    AppId, EVIDENCE_MAX, GroupId, GroupTerms, ISSUERS_MAX, IssuerId, IssuerKind, ROOTS_MAX,
};
use crate::{Address, Amount, Commitment, GroupRoot, Height, List, Nullifier, Text, TimeMs};

/// An issuer as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// Which.
    pub id: IssuerId,
    /// For people.
    pub name: Text<64>,
    /// Who changes it, revokes, and gets its fees.
    pub owner: Address,
    /// How it tells humans apart, or where that is written.
    pub terms: Text<512>,
    /// How its evidence is checked.
    pub kind: IssuerKind,
    /// What a piece of evidence costs, in the settlement asset.
    pub fee: Amount,
    /// How many pieces of evidence were used.
    pub used: u64,
    /// How many were revoked.
    pub revoked: u64,
    /// Since when.
    pub added_at: Height,
}

/// How much a group believes an issuer.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct IssuerWeight {
    /// Whom.
    pub issuer: IssuerId,
    /// How much.
    pub weight: u32,
}

/// A root that was replaced.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct PastRoot {
    /// Which.
    pub root: GroupRoot,
    /// When it was replaced.
    pub until: TimeMs,
}

/// A group as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Which.
    pub id: GroupId,
    /// For people.
    pub name: Text<64>,
    /// Who sets weights.
    pub owner: Address,
    /// What never changes.
    pub terms: GroupTerms,
    /// Whom it believes.
    pub weights: List<IssuerWeight, ISSUERS_MAX>,
    /// When period 0 began.
    pub starts_at: TimeMs,
    /// Seats given so far: leaves of the tree.
    pub size: u64,
    /// Seats that hold a member.
    pub members: u64,
    /// Of the tree.
    pub root: GroupRoot,
    /// Roots before this one, the oldest first; those before a removal or change are forgotten.
    pub past: List<PastRoot, ROOTS_MAX>,
    /// Seats whose commitment waits to be changed.
    pub waiting: u32,
    /// When that happens.
    pub due: Option<TimeMs>,
    /// Since when.
    pub opened_at: Height,
}

impl Group {
    /// The period of a time.
    #[must_use]
    pub fn period(&self, now: TimeMs) -> u64 {
        let since = now.0.saturating_sub(self.starts_at.0);
        since.checked_div(self.terms.period_ms.0).unwrap_or(0)
    }

    /// When a period begins.
    #[must_use]
    pub fn begins(&self, period: u64) -> TimeMs {
        let offset = period.saturating_mul(self.terms.period_ms.0);
        TimeMs(self.starts_at.0.saturating_add(offset))
    }

    /// Whether proofs with this root are taken at a time. Changes that are due forget all roots.
    #[must_use]
    pub fn takes(&self, root: GroupRoot, now: TimeMs) -> bool {
        let settled = self.due.is_none_or(|due| now < due);
        let recent = |past: &PastRoot| {
            let age = now.0.saturating_sub(past.until.0);
            past.root == root && age < self.terms.root_window_ms.0
        };
        settled && self.size > 0 && (root == self.root || self.past.iter().any(recent))
    }

    /// How much it believes an issuer.
    #[must_use]
    pub fn weight(&self, issuer: IssuerId) -> u32 {
        let found = self.weights.iter().find(|weight| weight.issuer == issuer);
        found.map_or(0, |weight| weight.weight)
    }
}

/// A piece of evidence that a seat stands on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Attestation {
    /// Whose.
    pub issuer: IssuerId,
    /// About whom.
    pub subject: Digest,
    /// What it weighed when it was shown.
    pub weight: u32,
    /// When it was issued or, if it is revoked, when that was.
    pub issued_at: TimeMs,
    /// Whether it counts no longer.
    pub revoked: bool,
}

/// Why a seat's commitment changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ChangeCause {
    /// Its account asked.
    Rotated,
    /// Another account showed evidence.
    Recovered,
}

/// A commitment that waits for a period.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// Which.
    pub commitment: Commitment,
    /// In which period it enters.
    pub period: u64,
    /// Why.
    pub cause: ChangeCause,
}

/// A seat in a group.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seat {
    /// In which group.
    pub group: GroupId,
    /// Its place among the leaves.
    pub index: u64,
    /// Whose.
    pub account: Address,
    /// The leaf; none where the member was removed.
    pub commitment: Option<Commitment>,
    /// What enters next.
    pub next: Option<Change>,
    /// What it stands on.
    pub evidence: List<Attestation, EVIDENCE_MAX>,
    /// In which period it was taken.
    pub joined: u64,
}

impl Seat {
    /// The sum of what isn't revoked.
    #[must_use]
    pub fn weight(&self) -> u32 {
        let counted = self.evidence.iter().filter(|piece| !piece.revoked);
        counted.fold(0, |sum: u32, piece| sum.saturating_add(piece.weight))
    }
}

/// An app as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct App {
    /// Which.
    pub id: AppId,
    /// For people.
    pub name: Text<64>,
    /// Who opened it.
    pub owner: Address,
    /// Whose members it lets in.
    pub group: GroupId,
    /// The last period in which somebody came.
    pub period: u64,
    /// How many came in that period.
    pub came: u64,
    /// How many came in all.
    pub came_in_all: u64,
    /// Since when.
    pub opened_at: Height,
}

/// That a member came.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct CheckedIn {
    /// To which app.
    pub app: AppId,
    /// In which period.
    pub period: u64,
    /// What the member showed.
    pub nullifier: Nullifier,
    /// What the member said.
    pub message: Digest,
    /// When.
    pub at: TimeMs,
    /// Who sent it.
    pub sender: Address,
}
