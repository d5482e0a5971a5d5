//! What an account may ask about subnets.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{EntryProof, Rule, Settings, TranscriptEntry, Votes, WeightRow};
use crate::{Amount, ModelId, Registration, SubnetId, Text};

/// What an account may ask about subnets.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubnetMessage {
    /// Open a subnet, of which the signer is the owner; locks the deposit.
    Open(Open),
    /// Change its settings from the next epoch on; its owner only.
    Set(Set),
    /// End it with the present epoch and get the deposit back; its owner only.
    Close(Close),
    /// Become a member; burns the price. In a full subnet: challenge who earned least.
    Register(Register),
    /// Stay although challenged, by burning what the challenger pays.
    Match(Match),
    /// Change where a member is found.
    SetEndpoint(SetEndpoint),
    /// Put stake behind a registration from the next epoch on.
    Stake(Stake),
    /// Take stake back after the present epoch.
    Unstake(Unstake),
    /// Be paid what was taken back, once its time has come.
    Collect(Collect),
    /// Change one's part of what delegated stake earns, from the next epoch on.
    SetTake(SetTake),
    /// Commit to weights, hidden.
    Commit(Commit),
    /// Show the weights.
    Reveal(Reveal),
    /// Show what stands behind a weight that was drawn.
    Audit(Audit),
    /// Count what a model of one's own earns as the subnet's revenue.
    Link(Link),
    /// Choose by which arithmetic epochs pay, from the next epoch on; its owner only.
    SetRule(SetRule),
    /// Stop being a member once a whole phase reveal has passed.
    Leave(Leave),
    /// Give the subnet a token of its own, against whose price its stake counts; its owner only, before anybody stakes.
    OpenMarket(OpenMarket),
    /// Buy the subnet's token, and stake it where a registration is named.
    Buy(Buy),
    /// Sell the subnet's token.
    Sell(Sell),
}

/// See [`SubnetMessage::Open`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    /// For people; not unique.
    pub name: Text<64>,
    /// What its miners are asked, or where to read it.
    pub about: Text<256>,
    /// Its rules.
    pub settings: Settings,
    /// The most that is locked.
    pub deposit_max: Amount,
}

/// See [`SubnetMessage::Set`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Set {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Its rules from the next epoch on.
    pub settings: Settings,
}

/// See [`SubnetMessage::Close`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// Which subnet.
    pub subnet: SubnetId,
}

/// See [`SubnetMessage::Register`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Where others find the member; may be empty.
    pub endpoint: Text<256>,
    /// The most the signer pays.
    pub price_max: Amount,
}

/// See [`SubnetMessage::Match`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    /// Which subnet.
    pub subnet: SubnetId,
    /// The most the signer pays.
    pub price_max: Amount,
}

/// See [`SubnetMessage::SetEndpoint`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetEndpoint {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Where others find the member; may be empty.
    pub endpoint: Text<256>,
}

/// See [`SubnetMessage::Stake`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stake {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Behind whom.
    pub registration: Registration,
    /// How much.
    pub amount: Amount,
}

/// See [`SubnetMessage::Unstake`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unstake {
    /// Which subnet.
    pub subnet: SubnetId,
    /// From behind whom.
    pub registration: Registration,
    /// How much, as it is worth now; none takes all.
    pub amount: Option<Amount>,
}

/// See [`SubnetMessage::Collect`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Collect {
    /// Which subnet.
    pub subnet: SubnetId,
    /// From behind whom.
    pub registration: Registration,
}

/// See [`SubnetMessage::SetTake`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetTake {
    /// Which subnet.
    pub subnet: SubnetId,
    /// The signer's part, in 65536ths.
    pub take: u16,
}

/// See [`SubnetMessage::Commit`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Commit {
    /// Which subnet.
    pub subnet: SubnetId,
    /// See [`super::WeightsOpening::commitment`].
    pub weights: Digest,
}

/// See [`SubnetMessage::Reveal`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reveal {
    /// Which subnet.
    pub subnet: SubnetId,
    /// What hid the weights.
    pub salt: Digest,
    /// The weights.
    pub row: WeightRow,
    /// Root of the transcript.
    pub transcript: Digest,
    /// The signer's part of the epoch's randomness.
    pub seed: Digest,
}

/// See [`SubnetMessage::Audit`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audit {
    /// Which subnet.
    pub subnet: SubnetId,
    /// What stands behind the weight.
    pub entry: TranscriptEntry,
    /// Its place in the transcript.
    pub proof: EntryProof,
    /// Under the scorer of votes, all votes; else none.
    pub votes: Votes,
}

/// See [`SubnetMessage::Link`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Which model.
    pub model: ModelId,
}

/// See [`SubnetMessage::SetRule`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetRule {
    /// Which subnet.
    pub subnet: SubnetId,
    /// The rule with its parameters.
    pub rule: Rule,
}

/// See [`SubnetMessage::Leave`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Which subnet.
    pub subnet: SubnetId,
}

/// See [`SubnetMessage::OpenMarket`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenMarket {
    /// Which subnet.
    pub subnet: SubnetId,
    /// How many network tokens the signer puts into the market, for good; as many of the subnet's come into being there.
    pub seed: Amount,
}

/// See [`SubnetMessage::Buy`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Buy {
    /// Which subnet.
    pub subnet: SubnetId,
    /// Behind whom to stake what is bought; without it the signer gets it.
    pub registration: Option<Registration>,
    /// What is paid, in network tokens.
    pub pay: Amount,
    /// The fewest tokens that the signer takes for it.
    pub least: Amount,
}

/// See [`SubnetMessage::Sell`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sell {
    /// Which subnet.
    pub subnet: SubnetId,
    /// How many tokens; none sells all that the signer holds.
    pub amount: Option<Amount>,
    /// The fewest network tokens that the signer takes for them.
    pub least: Amount,
}
