//! Models: who owns them, what they cost, what they were made from.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, BasisPoints, BlobId, Height, List, ModelId, Text};

/// How many models a model may name as its parents.
pub const PARENTS_MAX: u32 = 8;
/// How many accounts may share a model's price, parents of parents included.
pub const SHARES_MAX: u32 = 16;

/// What an account may ask of the registry.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistryMessage {
    /// Publish a model, of which the signer is the owner. The key travels with the transaction.
    Publish(Publish),
    /// Change a model's price, or whether it takes new orders; its owner only.
    Update(Update),
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
