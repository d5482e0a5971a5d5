//! An epoch as it is replayed: all that its payouts follow from, and the payouts.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use serde::{Deserialize, Serialize};

use super::{EpochMarket, Rule, Settings, UIDS_MAX, WeightRow};
use crate::{Address, Amount, Height, List, Registration, SubnetEpoch, SubnetId, TimeMs};

/// What one uid brings into an epoch.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatInput {
    /// Its number.
    pub uid: u16,
    /// Its registration.
    pub registration: Registration,
    /// Who.
    pub account: Address,
    /// Own and delegated.
    pub stake: Amount,
    /// Audits that held.
    pub passed: u8,
    /// Audits that didn't.
    pub failed: u8,
    /// Its weights, those to uids that came in the epoch left out.
    pub weights: WeightRow,
    /// Its bonds before the epoch: in 2^-32 under `evidence-1`, in 65535ths under `subtensor-425`.
    pub bonds: List<(u16, u32), UIDS_MAX>,
    /// In which epoch it came.
    pub since: SubnetEpoch,
    /// In which epoch its weights were shown; without weights, as `since`.
    pub updated: SubnetEpoch,
    /// Whether the epoch before gave it a permit.
    pub permit: bool,
}

/// All that an epoch's payouts follow from.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochInput {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Which epoch.
    pub epoch: SubnetEpoch,
    /// By which rules.
    pub settings: Settings,
    /// What is paid in all.
    pub emission: Amount,
    /// By uid, those that somebody has.
    pub seats: List<SeatInput, UIDS_MAX>,
    /// By which arithmetic.
    pub rule: Rule,
    /// The uid of the subnet's owner, if it has one.
    pub owner_uid: Option<u16>,
}

impl EpochInput {
    /// What the event of the settling names.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of_value(Label::SubnetEpoch, self)
    }
}

/// What one uid got in an epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Payout {
    /// Its number.
    pub uid: u16,
    /// Its registration.
    pub registration: Registration,
    /// Who.
    pub account: Address,
    /// As miner, to the account.
    pub incentive: Amount,
    /// As validator: to the account and to the stake behind it.
    pub dividend: Amount,
    /// The part of the dividend that went to the account.
    pub take: Amount,
}

/// An epoch that has settled.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EpochRecord {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Which epoch.
    pub epoch: SubnetEpoch,
    /// By which rules.
    pub settings: Settings,
    /// One above the highest uid.
    pub uids: u16,
    /// The block that settled it, and when.
    pub settled_at: Height,
    /// Network time of that block.
    pub time: TimeMs,
    /// What was minted for it.
    pub minted: Amount,
    /// Minted and carried from before.
    pub emission: Amount,
    /// The owner's part.
    pub owner: Amount,
    /// What was burned.
    pub burned: Amount,
    /// What was carried on.
    pub carried: Amount,
    /// What audits were drawn by.
    pub randomness: Option<Digest>,
    /// See [`EpochInput::digest`].
    pub input: Digest,
    /// By which arithmetic.
    pub rule: Rule,
    /// The uid of the subnet's owner, if it had one.
    pub owner_uid: Option<u16>,
    /// What it did to the subnet's market, if it has one.
    pub market: Option<EpochMarket>,
}
