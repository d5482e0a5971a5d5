//! What the state holds about feeds and contests.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use super::{ContestId, ContestTerms, ENTRANTS_MAX, FeedId, FeedTerms, REPORTERS_MAX};
use crate::{Address, Amount, AssetId, Height, List, Text, TimeMs};

/// A feed as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// Which.
    pub id: FeedId,
    /// For people.
    pub name: Text<64>,
    /// What a price is in.
    pub unit: Text<16>,
    /// How many of a price's digits stand behind the point.
    pub decimals: u8,
    /// What is staked, and paid in its contests.
    pub asset: AssetId,
    /// Who opened it.
    pub opener: Address,
    /// What this locked.
    pub deposit: Amount,
    /// How prices come about.
    pub terms: FeedTerms,
    /// When the window of period 0 opens.
    pub starts_at: TimeMs,
    /// The next period to be settled.
    pub next: u64,
    /// When its window closes, if the feed is in use.
    pub due: Option<TimeMs>,
    /// How many reporters there are,
    pub reporters: u32,
    /// and how many of them have enough stake to report.
    pub active: u32,
    /// What all of them staked.
    pub staked: Amount,
    /// What was taken from reporters so far.
    pub slashed: Amount,
    /// How many contests on it are open.
    pub contests: u32,
    /// How many periods were settled with a price.
    pub priced: u64,
    /// The latest price, and its period.
    pub latest: Option<(u64, u64)>,
    /// When it was opened.
    pub opened_at: Height,
}

impl Feed {
    /// When a period's window opens.
    #[must_use]
    pub fn opens(&self, period: u64) -> TimeMs {
        let offset = period.saturating_mul(self.terms.period_ms.0);
        TimeMs(self.starts_at.0.saturating_add(offset))
    }

    /// When a period's window closes.
    #[must_use]
    pub fn closes(&self, period: u64) -> TimeMs {
        self.opens(period).after(self.terms.window_ms)
    }

    /// The period whose window takes reports at a time.
    #[must_use]
    pub fn reporting(&self, now: TimeMs) -> Option<u64> {
        let since = now.0.checked_sub(self.starts_at.0)?;
        let period = since / self.terms.period_ms.0.max(1);
        (now < self.closes(period)).then_some(period)
    }

    /// The first period whose window opens after a time.
    #[must_use]
    pub fn opening(&self, now: TimeMs) -> u64 {
        match now.0.checked_sub(self.starts_at.0) {
            Some(since) => (since / self.terms.period_ms.0.max(1)).saturating_add(1),
            None => 0,
        }
    }

    /// The first period whose window isn't closed at a time.
    #[must_use]
    pub fn unclosed(&self, now: TimeMs) -> u64 {
        self.reporting(now).unwrap_or_else(|| self.opening(now))
    }
}

/// A reporter as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reporter {
    /// Of which feed.
    pub feed: FeedId,
    /// Whose.
    pub account: Address,
    /// What it staked and still has.
    pub stake: Amount,
    /// Period and price of its report, until the window is settled.
    pub report: Option<(u64, u64)>,
    /// How many windows it was silent in a row.
    pub silent: u16,
    /// From which period on it is expected to report.
    pub since: u64,
    /// How many of its reports were within the tolerance.
    pub right: u64,
    /// How often it lost stake.
    pub slashes: u64,
    /// What it lost.
    pub slashed: Amount,
}

/// How a report was judged.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Judgement {
    /// Within the tolerance of the median.
    Right,
    /// Outside of it.
    Off,
    /// There was no price to judge it by.
    Unjudged,
}

/// A report in a settled period.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// Whose.
    pub account: Address,
    /// What the reporter had staked.
    pub stake: Amount,
    /// The price.
    pub price: u64,
    /// What came of it.
    pub judgement: Judgement,
}

/// A settled period of a feed.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceRecord {
    /// Which feed.
    pub feed: FeedId,
    /// Which period.
    pub period: u64,
    /// The median; none without a quorum.
    pub price: Option<u64>,
    /// What all reporters had staked.
    pub staked: Amount,
    /// All reports, by account.
    pub reports: List<Reported, REPORTERS_MAX>,
    /// In which block it was settled.
    pub height: Height,
}

/// Where a contest stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ContestState {
    /// Takes entrants and signals.
    Open,
    /// All epochs are paid.
    Closed,
}

/// A contest as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contest {
    /// Which.
    pub id: ContestId,
    /// On which feed.
    pub feed: FeedId,
    /// For people.
    pub name: Text<64>,
    /// Who opened it.
    pub opener: Address,
    /// What is paid: the feed's asset.
    pub asset: AssetId,
    /// How signals are judged and paid.
    pub terms: ContestTerms,
    /// Where it stands.
    pub state: ContestState,
    /// The first period that counts.
    pub first: u64,
    /// The first period of the epoch that runs.
    pub epoch_from: u64,
    /// How many periods were settled.
    pub settled: u32,
    /// The latest price, which accounts are carried on from.
    pub price: Option<u64>,
    /// How many entrants it has.
    pub entrants: u16,
    /// How many signals were sealed: the place of the next one among all.
    pub sequence: u64,
    /// How many epochs were paid.
    pub epochs_paid: u32,
    /// What is in the pot.
    pub pot: Amount,
    /// What came into it, fees included.
    pub funded: Amount,
    /// What entrants got.
    pub paid: Amount,
    /// What was left in the end, and went to the treasury.
    pub left: Amount,
    /// When it was opened.
    pub opened_at: Height,
    /// When its last epoch was paid.
    pub closed_at: Option<Height>,
}

/// Why an entrant is out.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum OutCause {
    /// Fell too far from its peak.
    Drawdown,
    /// Kept back too many sealed signals.
    Unrevealed,
}

/// Whether an entrant is still in.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// In.
    In,
    /// Out since a period.
    Out {
        /// Which.
        period: u64,
        /// Why.
        cause: OutCause,
    },
}

/// An entrant as the state holds it; values have 48 fraction bits and are against the start.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entrant {
    /// In which contest.
    pub contest: ContestId,
    /// Its number there, from 0.
    pub number: u16,
    /// Whose.
    pub account: Address,
    /// The first period it can hold a position from.
    pub since: u64,
    /// Whether it is still in.
    pub standing: Standing,
    /// The position since the latest price, in 1,000ths of the account.
    pub position: i32,
    /// The position from the next price on.
    pub wanted: i32,
    /// What the account is worth.
    pub value: u64,
    /// The most it was worth.
    pub peak: u64,
    /// The largest fall from a peak.
    pub drawdown: u64,
    /// Up to where its gains count as paid.
    pub mark: u64,
    /// How many periods it survived.
    pub periods: u32,
    /// How many sealed signals it didn't show.
    pub unrevealed: u16,
    /// Whom it copied in the latest epoch.
    pub copies: Option<u16>,
    /// What it was paid.
    pub paid: Amount,
}

/// A signal as the state holds it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// In which contest.
    pub contest: ContestId,
    /// For which period.
    pub period: u64,
    /// Whose.
    pub entrant: u16,
    /// Its place among all signals of the contest, by commitment.
    pub sequence: u64,
    /// When it was committed.
    pub committed_at: TimeMs,
    /// The commitment.
    pub sealed: Digest,
    /// The position, once shown.
    pub leverage: Option<i32>,
    /// What it was sealed with.
    pub salt: Option<Digest>,
    /// Whether it changed what the entrant held, once settled.
    pub changed: bool,
}

/// A period as a contest settled it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Of which contest.
    pub contest: ContestId,
    /// Which period of the feed.
    pub period: u64,
    /// Its price.
    pub price: Option<u64>,
}

/// What an entrant got in an epoch.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Payout {
    /// Who.
    pub entrant: u16,
    /// What it was shared by.
    pub weight: u64,
    /// Whom it copied; then the weight is zero.
    pub copies: Option<u16>,
    /// How much.
    pub amount: Amount,
}

/// A paid epoch of a contest.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PayoutRecord {
    /// Of which contest.
    pub contest: ContestId,
    /// Its number, from 0.
    pub epoch: u32,
    /// Its last period.
    pub period: u64,
    /// What was in the pot.
    pub pot: Amount,
    /// What entrants got of it, by number; who got nothing and copied nobody isn't here.
    pub payouts: List<Payout, ENTRANTS_MAX>,
}
