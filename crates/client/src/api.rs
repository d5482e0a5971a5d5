//! What the node answers, as JSON; `specs/api.md` has the routes. Ledger types stand in it as they are.

use lilliput_crypto::{Digest, StateProof};
use lilliput_types::{
    Address, Amount, AssetId, BlobId, BlockId, ChainId, DurationMs, Event, Height, Nonce, Receipt,
    Segment, SignedHeader, SignedTransaction, TimeMs, TransactionId,
};
use serde::{Deserialize, Serialize};

/// `GET /v1/status`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The node's version.
    pub version: String,
    /// The chain it serves.
    pub chain: ChainId,
    /// Height of the last block.
    pub height: Height,
    /// Id of the last block.
    pub block: BlockId,
    /// Network time of the last block.
    pub time: TimeMs,
    /// State root after the last block.
    pub state_root: Digest,
    /// What transaction fees are paid in.
    pub fee_asset: AssetId,
    /// What models, providers, checks and bonds are paid in.
    pub settlement_asset: AssetId,
    /// What a transaction costs.
    pub fees: FeeSchedule,
    /// What a buyer pays for every 1,000,000 units begun of a proof's check.
    pub check_fee_per_million: Amount,
    /// Longest time an order may give providers to accept.
    pub accept_within_max_ms: DurationMs,
    /// Longest time an order may give the provider to answer.
    pub answer_within_max_ms: DurationMs,
}

/// The parts of a transaction's fee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeSchedule {
    /// For each message.
    pub per_message: Amount,
    /// For each 1,024 bytes begun of a message and the blob it brings.
    pub per_kib: Amount,
}

/// A page of a list, and where the next one begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items.
    pub items: Vec<T>,
    /// What to ask with for the next page; none when this is the last.
    pub next: Option<String>,
}

/// A block in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockSummary {
    /// Its height.
    pub height: Height,
    /// Its id.
    pub id: BlockId,
    /// Its network time.
    pub time: TimeMs,
    /// How many transactions it holds.
    pub transactions: u32,
    /// State root after it.
    pub state_root: Digest,
}

/// `GET /v1/blocks/HEIGHT`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockDetail {
    /// Its id.
    pub id: BlockId,
    /// Header and proposer's signature.
    pub header: SignedHeader,
    /// Its transactions with their receipts.
    pub transactions: Vec<TransactionDetail>,
    /// What changed at the block's end.
    pub end: Vec<Event>,
}

/// A transaction in a block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransactionDetail {
    /// Its id.
    pub id: TransactionId,
    /// The block that holds it.
    pub height: Height,
    /// Its place there.
    pub index: u32,
    /// What was signed.
    pub transaction: SignedTransaction,
    /// What it caused.
    pub receipt: Receipt,
}

/// `POST /v1/transactions`: the transaction is in a durable block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Submitted {
    /// Its id.
    pub id: TransactionId,
    /// The block that holds it.
    pub height: Height,
    /// Its place there.
    pub index: u32,
    /// What it caused.
    pub receipt: Receipt,
}

/// `POST /v1/transactions/dry-run`: what would happen now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DryRun {
    /// What it would cause, fee and events.
    pub receipt: Receipt,
    /// Which entries of the state it would change.
    pub changes: Vec<StateChange>,
}

/// One entry of the state before and after, values in hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateChange {
    /// The entry's key.
    pub key: String,
    /// Its value before.
    pub before: Option<String>,
    /// Its value after.
    pub after: Option<String>,
}

/// `GET /v1/accounts/ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Which.
    pub address: Address,
    /// The nonce of its next transaction.
    pub nonce: Nonce,
    /// What it holds.
    pub balances: Vec<Balance>,
    /// What it has deposited as a provider.
    pub stake: Amount,
}

/// An amount of one asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Balance {
    /// Which asset.
    pub asset: AssetId,
    /// How much, in its smallest unit.
    pub amount: Amount,
}

/// `GET /v1/revenue`: one row a segment and asset that has any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentRevenue {
    /// Which segment.
    pub segment: Segment,
    /// In which asset.
    pub asset: AssetId,
    /// What providers and owners earned.
    pub participants: Amount,
    /// What the network took as fees.
    pub network: Amount,
    /// How many payments these were.
    pub payments: u64,
}

/// `GET /v1/supply`: whether every asset's balances sum to its supply, by counting them all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supply {
    /// At which height it was counted.
    pub height: Height,
    /// Whether everything holds.
    pub conserved: bool,
    /// What doesn't hold.
    pub findings: Vec<String>,
}

/// `GET /v1/events?from=HEIGHT`: one block's events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockEventsAt {
    /// The block.
    pub height: Height,
    /// Its network time.
    pub time: TimeMs,
    /// By transaction, in order.
    pub receipts: Vec<Receipt>,
    /// What changed at the block's end.
    pub end: Vec<Event>,
}

/// `GET /v1/state/KEY`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvenState {
    /// The header whose state root the proof is against.
    pub header: SignedHeader,
    /// The entry's key.
    pub key: String,
    /// Its value in hexadecimal; none if there is no such entry.
    pub value: Option<String>,
    /// The proof of either.
    pub proof: StateProof,
}

impl ProvenState {
    /// Checks proof and header. Whether the proposer is the chain's is known to who knows its
    /// validators.
    ///
    /// # Errors
    /// What doesn't hold.
    pub fn check(&self, chain: ChainId, key: &str) -> Result<(), String> {
        if self.key != key || self.header.header.chain != chain {
            return Err("it is for another key or another chain".to_owned());
        }
        self.header
            .check_signature()
            .map_err(|error| error.to_string())?;
        let value = self.value.as_ref().map(hex::decode).transpose();
        let value = value.map_err(|error| error.to_string())?;
        self.proof
            .verify(&self.header.header.state_root, key, value.as_deref())
            .map_err(|error| error.to_string())
    }
}

/// `PUT /v1/blobs/HASH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// The blob.
    pub id: BlobId,
    /// Its length.
    pub bytes: u64,
}

/// The body of every answer that isn't a success.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiError {
    /// A stable name of the reason, like `transaction.nonce`.
    pub code: String,
    /// The reason for people.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}
