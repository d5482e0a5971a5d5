//! What changed about subnets.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{EpochRecord, Payout, Phase, Rule};
use crate::{Address, Amount, ModelId, Registration, SubnetEpoch, SubnetId, Text, TimeMs};

/// Why stake was burned.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum SlashReason {
    /// Weights were committed and not shown.
    Silent,
    /// An audit that was drawn didn't hold.
    AuditFailed,
}

/// What changed about subnets. Money that moves is seen in the bank's events too.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubnetEvent {
    /// A new subnet.
    Opened {
        /// Which.
        subnet: SubnetId,
        /// Whose.
        owner: Address,
        /// For people.
        name: Text<64>,
        /// What was locked.
        deposit: Amount,
    },
    /// Other rules from the next epoch on.
    SettingsChanged {
        /// Of which subnet.
        subnet: SubnetId,
        /// The first epoch under them.
        from: SubnetEpoch,
    },
    /// It ends with the present epoch.
    Closing {
        /// Which.
        subnet: SubnetId,
    },
    /// It has ended.
    Closed {
        /// Which.
        subnet: SubnetId,
    },
    /// A new member.
    Registered {
        /// Of which subnet.
        subnet: SubnetId,
        /// Its number.
        uid: u16,
        /// Under which registration.
        registration: Registration,
        /// Who.
        account: Address,
        /// What it burned.
        price: Amount,
    },
    /// Notice: a member loses its place unless it pays as much.
    Challenged {
        /// In which subnet.
        subnet: SubnetId,
        /// Whose place.
        uid: u16,
        /// Under which registration.
        registration: Registration,
        /// Who wants it.
        challenger: Address,
        /// What it pays.
        price: Amount,
        /// Until this epoch has settled.
        match_until: SubnetEpoch,
    },
    /// A member paid as much as its challenger, who was refunded.
    Matched {
        /// In which subnet.
        subnet: SubnetId,
        /// Who stays.
        uid: u16,
        /// What it burned.
        price: Amount,
    },
    /// A challenger was refunded without having been matched.
    ChallengeEnded {
        /// In which subnet.
        subnet: SubnetId,
        /// Who.
        challenger: Address,
        /// What it got back.
        price: Amount,
    },
    /// A member lost its place.
    Evicted {
        /// In which subnet.
        subnet: SubnetId,
        /// Which place.
        uid: u16,
        /// Under which registration.
        registration: Registration,
        /// Who.
        account: Address,
    },
    /// A member is found elsewhere.
    EndpointChanged {
        /// In which subnet.
        subnet: SubnetId,
        /// Whose.
        uid: u16,
    },
    /// Stake was put behind a registration.
    Staked {
        /// In which subnet.
        subnet: SubnetId,
        /// Behind whom.
        registration: Registration,
        /// By whom.
        account: Address,
        /// How much.
        amount: Amount,
    },
    /// Stake is being taken back.
    Unstaked {
        /// In which subnet.
        subnet: SubnetId,
        /// From behind whom.
        registration: Registration,
        /// By whom.
        account: Address,
        /// How much it is worth now.
        amount: Amount,
    },
    /// Stake that was taken back was paid out.
    Collected {
        /// In which subnet.
        subnet: SubnetId,
        /// From behind whom.
        registration: Registration,
        /// To whom.
        account: Address,
        /// How much.
        amount: Amount,
    },
    /// Another part of what delegated stake earns, from the next epoch on.
    TakeChanged {
        /// In which subnet.
        subnet: SubnetId,
        /// Whose.
        uid: u16,
        /// In 65536ths.
        take: u16,
    },
    /// Weights were committed to.
    Committed {
        /// In which subnet.
        subnet: SubnetId,
        /// In which epoch.
        epoch: SubnetEpoch,
        /// By whom.
        uid: u16,
        /// The commitment.
        weights: Digest,
    },
    /// Weights were shown.
    Revealed {
        /// In which subnet.
        subnet: SubnetId,
        /// In which epoch.
        epoch: SubnetEpoch,
        /// By whom.
        uid: u16,
        /// Root of the transcript.
        transcript: Digest,
    },
    /// An audit held.
    Audited {
        /// In which subnet.
        subnet: SubnetId,
        /// In which epoch.
        epoch: SubnetEpoch,
        /// Of whose weight
        validator: u16,
        /// for whom.
        miner: u16,
    },
    /// A phase began.
    PhaseBegan {
        /// In which subnet.
        subnet: SubnetId,
        /// In which epoch.
        epoch: SubnetEpoch,
        /// Which.
        phase: Phase,
        /// When it ends.
        ends_at: TimeMs,
        /// In phase audit, what audits are drawn by.
        randomness: Option<Digest>,
    },
    /// Stake was burned.
    Slashed {
        /// In which subnet.
        subnet: SubnetId,
        /// Whose.
        uid: u16,
        /// Under which registration.
        registration: Registration,
        /// Why.
        reason: SlashReason,
        /// How much, own and delegated.
        amount: Amount,
    },
    /// A uid was paid.
    Paid {
        /// In which subnet.
        subnet: SubnetId,
        /// For which epoch.
        epoch: SubnetEpoch,
        /// Who got what.
        payout: Payout,
    },
    /// An epoch has settled.
    Settled(Box<EpochRecord>),
    /// What a model earns counts as the subnet's revenue.
    Linked {
        /// Which subnet.
        subnet: SubnetId,
        /// Which model.
        model: ModelId,
    },
    /// A linked model earned something.
    Earned {
        /// Which subnet.
        subnet: SubnetId,
        /// Which model.
        model: ModelId,
        /// How much, in the settlement asset.
        amount: Amount,
    },
    /// Another arithmetic from the next epoch on.
    RuleChanged {
        /// Of which subnet.
        subnet: SubnetId,
        /// The first epoch under it.
        from: SubnetEpoch,
        /// Which.
        rule: Rule,
    },
    /// A member gave notice.
    Leaving {
        /// Which subnet.
        subnet: SubnetId,
        /// Its number.
        uid: u16,
        /// Its registration.
        registration: Registration,
        /// The epoch with which it leaves.
        after: SubnetEpoch,
    },
    /// A member left as it had said.
    Left {
        /// Which subnet.
        subnet: SubnetId,
        /// The number it had.
        uid: u16,
        /// Its registration, which has ended.
        registration: Registration,
        /// Who.
        account: Address,
    },
    /// A subnet has a token of its own.
    MarketOpened {
        /// Which subnet.
        subnet: SubnetId,
        /// How many of either token lie in the market.
        seed: Amount,
    },
    /// Tokens were bought.
    Bought {
        /// Of which subnet.
        subnet: SubnetId,
        /// By whom.
        account: Address,
        /// For how many network tokens.
        paid: Amount,
        /// How many.
        got: Amount,
    },
    /// Tokens were sold.
    Sold {
        /// Of which subnet.
        subnet: SubnetId,
        /// By whom.
        account: Address,
        /// How many.
        paid: Amount,
        /// For how many network tokens.
        got: Amount,
    },
}
