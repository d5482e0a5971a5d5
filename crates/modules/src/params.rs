//! What a chain's genesis sets once: fees, bonds, deadlines.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_types::subnet::Terms;
use lilliput_types::{Amount, AssetId, BasisPoints, DurationMs};
use serde::{Deserialize, Serialize};

/// Numbers the rules use; part of the genesis document and of the state.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Params {
    /// What transaction fees are paid in.
    pub fee_asset: AssetId,
    /// What models, providers, checks, bonds and stakes are paid in.
    pub settlement_asset: AssetId,
    /// Fee of every message.
    pub message_fee: Amount,
    /// Fee of every 1,024 bytes begun of a message and the blob it brings.
    pub kib_fee: Amount,
    /// What the buyer pays for every 1,000,000 units begun of a proof's check, in the settlement asset.
    pub check_fee_per_million: Amount,
    /// The least bond for a job.
    pub bond_min: Amount,
    /// The bond as a share of the escrow, where that is more.
    pub bond_share_bps: BasisPoints,
    /// The part of a lost bond that goes to the buyer; the rest goes to the treasury.
    pub bond_to_buyer_bps: BasisPoints,
    /// The longest time an order may wait for acceptance.
    pub accept_within_max_ms: DurationMs,
    /// The longest time from acceptance to answer.
    pub answer_within_max_ms: DurationMs,
    /// What all subnets share.
    pub subnets: Terms,
}

impl Params {
    /// What a network of play money begins with: fees in `LIL`, prices and bonds in `USDX`, both of
    /// six decimals.
    #[must_use]
    pub fn standard(fee_asset: AssetId, settlement_asset: AssetId) -> Self {
        Self {
            fee_asset,
            settlement_asset,
            message_fee: Amount(1_000),
            kib_fee: Amount(100),
            check_fee_per_million: Amount(500),
            bond_min: Amount(100_000),
            bond_share_bps: BasisPoints(5_000),
            bond_to_buyer_bps: BasisPoints(5_000),
            accept_within_max_ms: DurationMs(DAY_MS),
            answer_within_max_ms: DurationMs(DAY_MS),
            subnets: Terms::standard(fee_asset),
        }
    }
}

const DAY_MS: u64 = 24 * 60 * 60 * 1_000;
