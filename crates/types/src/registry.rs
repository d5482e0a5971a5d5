//! Models: who owns them, what they cost, what they were made from.

mod attempt;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, BasisPoints, BlobId, Height, List, ModelId, Text};

pub use attempt::{
    Attempt, Harness, METRICS_MAX, Metric, RegisteredAttempt, SEEDS_MAX, Seed, TASKS_MAX,
    TaskResult, Transcript,
};

/// How many models a model may name as its parents.
pub const PARENTS_MAX: u32 = 8;
/// How many accounts may share a model's price, parents of parents included.
pub const SHARES_MAX: u32 = 16;

/// How many successors the keys of a model may have.
pub const SUCCESSORS_MAX: u32 = 64;

/// What an account may ask of the registry.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryMessage {
    /// Publish a model, of which the signer is the owner. The key travels with the transaction.
    Publish(Publish),
    /// Change a model's price, or whether it takes new orders; its owner only.
    Update(Update),
    /// Add a key under which the model can be proven, too; its owner only. Key and link travel with the transaction.
    Succeed(Succeed),
    /// Register an evaluation of a model, for good.
    RegisterAttempt(Box<Attempt>),
}

/// See [`RegistryMessage::Publish`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Publish {
    /// For people; not unique.
    pub name: Text<64>,
    /// The verifying key.
    pub key: BlobId,
    /// What its owner and parents get for an answer.
    pub price: Amount,
    /// An SPDX licence expression.
    pub licence: Text<128>,
    /// The models it was made from, and their share of the price.
    pub parents: List<Royalty, PARENTS_MAX>,
    /// Where to read more; may be empty.
    pub metadata_uri: Text<256>,
    /// The model's weights in the blob store, if they are public.
    pub weights: Option<BlobId>,
}

/// The share of a model's price that goes to one of its parents.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Royalty {
    /// The parent.
    pub model: ModelId,
    /// Its share of the price.
    pub share_bps: BasisPoints,
}

/// See [`RegistryMessage::Update`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Update {
    /// Which model.
    pub model: ModelId,
    /// The price of orders from now on.
    pub price: Amount,
    /// Whether it takes new orders.
    pub listed: bool,
}

/// See [`RegistryMessage::Succeed`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Succeed {
    /// Which model.
    pub model: ModelId,
    /// The id of the key that is followed: the model's own, or a successor's.
    pub after: ModelId,
    /// The new verifying key.
    pub key: BlobId,
    /// Shows that both keys commit to the same weights.
    pub link: BlobId,
}

/// What changed in the registry.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryEvent {
    /// A new model, its key checked.
    Published {
        /// Which.
        model: ModelId,
        /// Whose.
        owner: Address,
        /// For people.
        name: Text<64>,
        /// Its price.
        price: Amount,
    },
    /// Another price, or another listing.
    Updated {
        /// Which.
        model: ModelId,
        /// The price from now on.
        price: Amount,
        /// Whether it takes new orders.
        listed: bool,
    },
    /// Another key under which a model can be proven, its link checked.
    Succeeded {
        /// Which model.
        model: ModelId,
        /// The id of the key that is followed.
        after: ModelId,
        /// The new key's id.
        key: ModelId,
    },
    /// An evaluation of a model.
    AttemptRegistered {
        /// Of which model.
        model: ModelId,
        /// Counted from 1 for each model.
        number: u64,
        /// By whom.
        by: Address,
        /// The file that the harness wrote.
        source: BlobId,
    },
}

/// A model as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Model {
    /// Which.
    pub id: ModelId,
    /// For people; not unique.
    pub name: Text<64>,
    /// Who published it.
    pub owner: Address,
    /// The verifying key.
    pub key: BlobId,
    /// What owner and parents get for an answer.
    pub price: Amount,
    /// An SPDX licence expression.
    pub licence: Text<128>,
    /// The models it was made from.
    pub parents: List<Royalty, PARENTS_MAX>,
    /// Who else shares the price, parents of parents included; the owner gets the rest.
    pub shares: List<Share, SHARES_MAX>,
    /// Longest line of ancestors.
    pub depth: u8,
    /// Where to read more.
    pub metadata_uri: Text<256>,
    /// The weights in the blob store, if they are public.
    pub weights: Option<BlobId>,
    /// What checking one of its proofs costs, in units that follow from the statement alone.
    pub check_units: u64,
    /// Whether it takes new orders.
    pub listed: bool,
    /// When it was published.
    pub published_at: Height,
    /// Keys that commit to the same weights and under which it can be proven, too; the newest last.
    pub successors: List<Successor, SUCCESSORS_MAX>,
}

impl Model {
    /// The blob of the key with this id: the model's own, or a successor's.
    #[must_use]
    pub fn key_of(&self, id: ModelId) -> Option<BlobId> {
        if id == self.id {
            return Some(self.key);
        }
        let mut successors = self.successors.iter();
        let found = successors.find(|successor| successor.id == id);
        found.map(|successor| successor.key)
    }
}

/// A key that follows another one of the same model.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// Its id.
    pub id: ModelId,
    /// The id of the key that it follows.
    pub after: ModelId,
    /// The verifying key.
    pub key: BlobId,
    /// Shows that both keys commit to the same weights.
    pub link: BlobId,
    /// When it was added.
    pub added_at: Height,
}

/// The part of a model's price that one account gets as a royalty.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Who gets it.
    pub to: Address,
    /// Millionths of the price.
    pub share_ppm: u32,
}
