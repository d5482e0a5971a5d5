//! What the state holds about tournaments.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{ModelName, RoundId, Terms, TournamentId};
use crate::{Address, Amount, AssetId, BlobId, Height, Text, TimeMs};

/// A tournament as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tournament {
    /// Which.
    pub id: TournamentId,
    /// For people.
    pub name: Text<64>,
    /// Where to read more; may be empty.
    pub metadata_uri: Text<256>,
    /// Who opens rounds.
    pub organiser: Address,
    /// What is staked and paid.
    pub asset: AssetId,
    /// How its rounds are scored and paid.
    pub terms: Terms,
    /// How many rounds it has had.
    pub rounds: u64,
    /// What closed rounds left for the next one.
    pub carried: Amount,
    /// When it was opened.
    pub opened_at: Height,
}

/// Where a round stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RoundState {
    /// Predictions and targets are being collected.
    Open,
    /// Scored; every stake won or lost.
    Settled,
    /// The targets weren't shown in time; stakes go back whole.
    Void,
}

/// What can be done about a round at some time.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Enter and back.
    Entering,
    /// Reveal.
    Revealing,
    /// The organiser shows the targets.
    AwaitingTargets,
    /// Too late for anything; the next block's end voids it.
    Overdue,
    /// Withdraw.
    Settled,
    /// Withdraw.
    Void,
}

/// A round as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Round {
    /// Which.
    pub id: RoundId,
    /// Where it stands.
    pub state: RoundState,
    /// Who shows the targets.
    pub organiser: Address,
    /// What is staked and paid.
    pub asset: AssetId,
    /// How it is scored and paid.
    pub terms: Terms,
    /// Ids and masked features.
    pub data: BlobId,
    /// How many rows these have.
    pub rows: u32,
    /// How many features.
    pub features: u16,
    /// The commitment to the targets.
    pub sealed_targets: Digest,
    /// What the organiser locked beside the subsidy.
    pub deposit: Amount,
    /// What the organiser added to the pot.
    pub subsidy: Amount,
    /// What earlier rounds left in the pot.
    pub carried: Amount,
    /// Until when predictions are taken: T1.
    pub enter_until: TimeMs,
    /// Until when they can be revealed: T2.
    pub reveal_until: TimeMs,
    /// Until when the targets can be shown: T3.
    pub targets_until: TimeMs,
    /// How many entries it has.
    pub entries: u32,
    /// How many of them are revealed.
    pub revealed: u32,
    /// How many stakes there are on them.
    pub stakes: u32,
    /// What these sum to.
    pub staked: Amount,
    /// When it was opened.
    pub opened_at: Height,
    /// When it was settled or voided.
    pub closed_at: Option<Height>,
    /// The targets, once shown.
    pub targets: Option<BlobId>,
    /// What they were sealed with.
    pub targets_salt: Option<Digest>,
    /// What stakes won in all.
    pub won: Amount,
    /// What stakes lost in all.
    pub lost: Amount,
    /// What was left for the next round.
    pub kept: Amount,
    /// What stakes were withdrawn for.
    pub withdrawn: Amount,
}

impl Round {
    /// What can be done at a time.
    #[must_use]
    pub fn phase(&self, now: TimeMs) -> Phase {
        match self.state {
            RoundState::Settled => Phase::Settled,
            RoundState::Void => Phase::Void,
            RoundState::Open if now < self.enter_until => Phase::Entering,
            RoundState::Open if now < self.reveal_until => Phase::Revealing,
            RoundState::Open if now < self.targets_until => Phase::AwaitingTargets,
            RoundState::Open => Phase::Overdue,
        }
    }
}

impl Phase {
    /// In a few words.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Entering => "taking predictions",
            Self::Revealing => "revealing",
            Self::AwaitingTargets => "awaiting targets",
            Self::Overdue => "overdue",
            Self::Settled => "settled",
            Self::Void => "void",
        }
    }
}

/// An entry as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// In which round.
    pub round: RoundId,
    /// Its number there, from 0.
    pub number: u32,
    /// Whose.
    pub account: Address,
    /// Which of the account's models.
    pub model: ModelName,
    /// The commitment to its prediction.
    pub sealed: Digest,
    /// What its owner and its backers staked on it.
    pub staked: Amount,
    /// The prediction, once revealed.
    pub prediction: Option<BlobId>,
    /// What it was sealed with.
    pub salt: Option<Digest>,
    /// Once the round is settled.
    pub scores: Option<Scores>,
}

/// An entry's scores, with 48 fraction bits each; none where a score doesn't exist.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// With the targets.
    pub correlation: Option<i64>,
    /// To the meta model.
    pub contribution: Option<i64>,
    /// The correlation of what features don't explain.
    pub feature_neutral: Option<i64>,
    /// The part of a stake that is won, or lost if negative.
    pub rate: i64,
}

impl Scores {
    /// A score as a decimal, to be looked at.
    #[must_use]
    pub fn decimal(bits: i64) -> f64 {
        bits as f64 / (1_u64 << 48) as f64
    }
}

/// A stake as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stake {
    /// In which round.
    pub round: RoundId,
    /// On which entry.
    pub entry: u32,
    /// Whose.
    pub account: Address,
    /// How much.
    pub amount: Amount,
    /// What it won, once the round is closed.
    pub won: Amount,
    /// What it lost, once the round is closed.
    pub lost: Amount,
    /// Whether it was taken back.
    pub withdrawn: bool,
}

/// A model over its rounds, as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Standing {
    /// In which tournament.
    pub tournament: TournamentId,
    /// Whose.
    pub account: Address,
    /// Which of the account's models.
    pub model: ModelName,
    /// How many rounds were settled with it.
    pub rounds: u64,
    /// In how many of them it was revealed.
    pub revealed: u64,
    /// Sum of its correlations, 48 fraction bits.
    pub correlation: i64,
    /// Sum of its contributions, 48 fraction bits.
    pub contribution: i64,
    /// Sum of its rates, 48 fraction bits.
    pub rate: i64,
    /// What the stakes on it won.
    pub won: Amount,
    /// What the stakes on it lost.
    pub lost: Amount,
}
