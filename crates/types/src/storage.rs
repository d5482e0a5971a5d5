//! Storage for money: blobs by the root of their chunks, with a term and a price, and challenges that the provider must answer.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, terms, the chain of challenges |
//! | `record` | what the state holds, which chunk a challenge asks for |
//! | `event` | what changed |
//!
//! `specs/storage.md` is normative.

mod event;
mod record;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, DigestHasher, Label, MerkleProof, MerkleTree};
use serde::{Deserialize, Serialize};

use crate::{Amount, DurationMs, List};

pub use event::{Failing, StorageEvent};
pub use record::{Challenged, Deal, DealId, DealState};

/// Bytes of a chunk, but for the last one.
pub const CHUNK_BYTES: usize = 1024;
/// The largest blob.
pub const BLOB_BYTES_MAX: u64 = 1 << 40;
/// Hashes of a proof: a tree over the largest blob is 30 high.
pub const SIBLINGS_MAX: u32 = 32;
/// The most periods of a deal.
pub const PERIODS_MAX: u32 = 4_096;

/// What an account may ask about stored blobs.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StorageMessage {
    /// Ask for a blob to be stored, and lock what that costs.
    Order(StoreOrder),
    /// Store it: the provider has all of it, and locks the bond.
    Accept(AcceptDeal),
    /// Ask for a chunk by showing the next link of the deal's chain.
    Challenge(Challenge),
    /// Show the chunk that was asked for.
    Prove(Prove),
    /// Take what has been earned; the provider only.
    Claim(ClaimDeal),
    /// End a deal, or take an order back; the buyer only.
    Close(CloseDeal),
}

/// See [`StorageMessage::Order`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreOrder {
    /// The root over the blob's chunks.
    pub root: Digest,
    /// Its length.
    pub bytes: u64,
    /// The last link of the chain of challenges: [`beacon`] of a secret and the number of periods.
    pub beacon: Digest,
    /// How it is stored.
    pub terms: StorageTerms,
}

/// How a blob is stored; never changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct StorageTerms {
    /// For how many periods.
    pub periods: u32,
    /// How long one is: there may be a challenge in each.
    pub period_ms: DurationMs,
    /// How long an answer may take; at most half a period.
    pub window_ms: DurationMs,
    /// How long the order waits for a provider, at first and after a failure.
    pub open_ms: DurationMs,
    /// What each period costs.
    pub price: Amount,
    /// What the provider locks, and loses.
    pub bond: Amount,
}

/// See [`StorageMessage::Accept`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct AcceptDeal {
    /// Which.
    pub deal: DealId,
}

/// See [`StorageMessage::Challenge`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Challenge {
    /// Which deal.
    pub deal: DealId,
    /// What hashes to the last link shown.
    pub link: Digest,
}

/// See [`StorageMessage::Prove`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Prove {
    /// Which deal.
    pub deal: DealId,
    /// The chunk.
    pub chunk: List<u8, { CHUNK_BYTES as u32 }>,
    /// The hashes beside its way to the root.
    pub siblings: List<Digest, SIBLINGS_MAX>,
}

/// See [`StorageMessage::Claim`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct ClaimDeal {
    /// Which.
    pub deal: DealId,
}

/// See [`StorageMessage::Close`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct CloseDeal {
    /// Which.
    pub deal: DealId,
}

/// How many chunks a blob of a length has.
#[must_use]
pub const fn chunk_count(bytes: u64) -> u64 {
    bytes.div_ceil(CHUNK_BYTES as u64)
}

/// How long a chunk is.
#[must_use]
pub const fn chunk_len(bytes: u64, index: u64) -> u64 {
    let rest = bytes.saturating_sub(index.saturating_mul(CHUNK_BYTES as u64));
    if rest < CHUNK_BYTES as u64 {
        rest
    } else {
        CHUNK_BYTES as u64
    }
}

/// The tree over a blob's chunks.
#[must_use]
pub fn tree(blob: &[u8]) -> MerkleTree {
    MerkleTree::new(blob.chunks(CHUNK_BYTES))
}

/// A link of a chain of challenges from the one that is shown after it.
#[must_use]
pub fn link_before(link: &Digest) -> Digest {
    Digest::of(Label::StorageLink, link.as_bytes())
}

/// The link that is reached from a secret in so many steps. An order names the one at its number of periods; the n-th challenge
/// shows the one n steps before that.
#[must_use]
pub fn beacon(secret: &Digest, steps: u32) -> Digest {
    (0..steps).fold(*secret, |link, _| link_before(&link))
}

/// The chunk that a link asks for. Nobody knows it before the link is shown but who made the chain.
#[must_use]
pub fn asked_chunk(deal: DealId, link: &Digest, chunks: u64) -> u64 {
    let digest = DigestHasher::new(Label::StorageChunk)
        .update(&deal.0.to_le_bytes())
        .update(link.as_bytes())
        .finish();
    let mut wide = [0; 16];
    wide.copy_from_slice(&digest.as_bytes()[..16]);
    // Of 2^128 values over at most 2^30 chunks the bias is nothing.
    let chunk = u128::from_le_bytes(wide).checked_rem(u128::from(chunks));
    chunk.and_then(|chunk| chunk.try_into().ok()).unwrap_or(0)
}

impl Prove {
    /// Whether this is the chunk at an index of a blob.
    #[must_use]
    pub fn shows(&self, root: &Digest, bytes: u64, index: u64) -> bool {
        let proof = MerkleProof {
            index,
            leaf_count: chunk_count(bytes),
            siblings: self.siblings.to_vec(),
        };
        self.chunk.len() as u64 == chunk_len(bytes, index) && proof.verify(root, &self.chunk)
    }
}
