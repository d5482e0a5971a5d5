//! Blocks, their headers, and what they caused.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, KeyError, Label, MerkleTree, PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};

use crate::codec;
use crate::{
    Amount, Blob, BlockId, ChainId, DurationMs, Epoch, Event, Height, List, SignedTransaction,
    Text, TimeMs, TransactionId, ValidatorSetId,
};

/// The most transactions in a block.
pub const BLOCK_TRANSACTIONS_MAX: u32 = 1024;
/// The most bytes of blobs in a block.
pub const BLOCK_BLOB_BYTES_MAX: usize = 16 << 20;
/// The most validators.
pub const VALIDATORS_MAX: u32 = 256;

/// What a block says about itself; its hash is the block's id.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the rules; 1.
    pub version: u16,
    /// The chain.
    pub chain: ChainId,
    /// Place in the chain.
    pub height: Height,
    /// The block before; zeros at height 0.
    pub parent: BlockId,
    /// Network time: not before the parent's, standing still while the network is halted.
    pub time: TimeMs,
    /// How long the network has been halted in all; `time + halted` is what clocks on walls showed.
    pub halted: DurationMs,
    /// The epoch.
    pub epoch: Epoch,
    /// Root of the signed transactions.
    pub transactions_root: Digest,
    /// Root of the blobs' ids.
    pub proofs_root: Digest,
    /// Root of what the block caused: receipts, then the block's own events.
    pub events_root: Digest,
    /// Root of the state after this block.
    pub state_root: Digest,
    /// Who made it.
    pub proposer: PublicKey,
    /// Who may make and certify this block.
    pub validators: ValidatorSetId,
    /// Who may make and certify the next.
    pub next_validators: ValidatorSetId,
}

/// A header with its proposer's signature.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedHeader {
    /// The header.
    pub header: Header,
    /// The proposer's signature.
    pub signature: Signature,
}

/// A block. Its blobs are kept apart and may be pruned after a time; the header still commits to
/// them.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Block {
    /// Header and signature.
    pub header: SignedHeader,
    /// In the order of their execution.
    pub transactions: List<SignedTransaction, BLOCK_TRANSACTIONS_MAX>,
    /// The blobs that the transactions brought, in their order.
    pub blobs: List<Blob, { BLOCK_TRANSACTIONS_MAX * crate::MESSAGES_MAX }>,
}

/// What one transaction caused.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// Which.
    pub transaction: TransactionId,
    /// Whether its messages were applied.
    pub outcome: Outcome,
    /// What was taken as a fee, in the fee asset; also when the messages failed.
    pub fee: Amount,
    /// What changed, in order.
    pub events: Vec<Event>,
}

/// How a transaction in a block ended.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All messages were applied.
    Applied,
    /// A message was refused; none was applied, the fee was taken.
    Failed {
        /// Which message, from zero.
        message: u32,
        /// A stable name of the reason, like `bank.insufficient_balance`.
        code: Text<64>,
        /// The reason for people.
        reason: Text<512>,
    },
}

/// What a block caused.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockEvents {
    /// One for each transaction, in their order.
    pub receipts: Vec<Receipt>,
    /// What changed at the block's end: deadlines that passed.
    pub end: Vec<Event>,
}

/// Those who may make and certify blocks.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidatorSet {
    /// In the order of their keys.
    pub validators: List<Validator, VALIDATORS_MAX>,
}

/// One who may make and certify blocks.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Validator {
    /// Its key.
    pub key: PublicKey,
    /// Its number of seats.
    pub seats: u32,
}

impl Header {
    /// The block's id.
    #[must_use]
    pub fn id(&self) -> BlockId {
        BlockId(Digest::of_value(Label::BlockId, self))
    }

    /// Signs as the proposer.
    #[must_use]
    pub fn sign(self, secret: &SecretKey) -> SignedHeader {
        let signature = secret.sign(&self.sign_bytes());
        SignedHeader {
            header: self,
            signature,
        }
    }

    fn sign_bytes(&self) -> [u8; 32] {
        Digest::of_value(Label::BlockSign, self).0
    }
}

impl SignedHeader {
    /// Checks the proposer's signature.
    ///
    /// # Errors
    /// When it isn't the named proposer's.
    pub fn check_signature(&self) -> Result<(), KeyError> {
        let message = self.header.sign_bytes();
        self.header.proposer.verify(&message, &self.signature)
    }
}

impl Block {
    /// Root of signed transactions.
    #[must_use]
    pub fn transactions_root(transactions: &[SignedTransaction]) -> Digest {
        MerkleTree::new(transactions.iter().map(codec::encode)).root()
    }

    /// Root of blobs' ids.
    #[must_use]
    pub fn proofs_root(blobs: &[Blob]) -> Digest {
        MerkleTree::new(blobs.iter().map(|blob| *blob.id().as_bytes())).root()
    }
}

impl BlockEvents {
    /// Root of the receipts and, as the last leaf, the block's own events.
    #[must_use]
    pub fn root(&self) -> Digest {
        let receipts = self.receipts.iter().map(codec::encode);
        MerkleTree::new(receipts.chain([codec::encode(&self.end)])).root()
    }
}

impl ValidatorSet {
    /// The set's identity.
    #[must_use]
    pub fn id(&self) -> ValidatorSetId {
        ValidatorSetId(Digest::of_value(Label::ValidatorSet, self))
    }
}
