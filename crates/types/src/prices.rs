//! Prices: feeds of reported prices, and contests of signals on them.
//!
//! | module | purpose |
//! |---|---|
//! | this one | messages, terms, the seal of a signal |
//! | `id` | feeds and contests |
//! | `record` | what the state holds |
//! | `event` | what changed |
//!
//! `specs/prices.md` is normative.

mod event;
mod id;
mod record;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, ChainId, DurationMs, Text};

pub use event::{PricesEvent, SlashCause};
pub use id::{ContestId, FeedId};
pub use record::{
    Contest, ContestState, Entrant, Feed, Judgement, OutCause, Payout, PayoutRecord, PriceRecord,
    Reported, Reporter, Signal, Standing, Step,
};

/// The most reporters of a feed.
pub const REPORTERS_MAX: u32 = 64;
/// The most entrants of a contest.
pub const ENTRANTS_MAX: u32 = 64;
/// Prices stay below this, in the feed's smallest unit.
pub const PRICE_END: u64 = 1 << 53;
/// One in the leverage of signals.
pub const LEVERAGE_ONE: i32 = 1_000;

/// What an account may ask about feeds and contests.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PricesMessage {
    /// Open a feed, for a deposit.
    OpenFeed(OpenFeed),
    /// Close a feed that nobody uses, and get the deposit back; who opened it only.
    CloseFeed(CloseFeed),
    /// Become a reporter, or add to one's stake.
    Stake(Stake),
    /// Take the stake back and report no more.
    Leave(Leave),
    /// Report a price for the period whose window is open.
    Report(Report),
    /// Open a contest on a feed.
    OpenContest(OpenContest),
    /// Enter a contest, for its fee.
    Enter(Enter),
    /// Add to a contest's pot.
    Fund(Fund),
    /// Commit to a position for the next period, sealed.
    Signal(SealSignal),
    /// Show a sealed position while its period's window is open.
    Reveal(RevealSignal),
}

/// See [`PricesMessage::OpenFeed`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenFeed {
    /// For people; not unique.
    pub name: Text<64>,
    /// What a price is in, like `USD`.
    pub unit: Text<16>,
    /// How many of a price's digits stand behind the point.
    pub decimals: u8,
    /// In how long the first window opens.
    pub first_in_ms: DurationMs,
    /// How prices come about.
    pub terms: FeedTerms,
}

/// How a feed's prices come about; never changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct FeedTerms {
    /// From one window's opening to the next.
    pub period_ms: DurationMs,
    /// For how long a window takes reports; at most half the period.
    pub window_ms: DurationMs,
    /// How far a report may be off the median, in 10,000ths of it.
    pub tolerance_bps: u16,
    /// The least stake of a reporter.
    pub stake_min: Amount,
    /// How many reports make a price.
    pub quorum: u16,
    /// How many windows in a row a reporter may be silent.
    pub silence_max: u16,
    /// The part of its stake that a reporter loses each time, in 10,000ths.
    pub slash_bps: u16,
    /// For how many periods prices are kept.
    pub history: u32,
}

/// See [`PricesMessage::CloseFeed`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct CloseFeed {
    /// Which.
    pub feed: FeedId,
}

/// See [`PricesMessage::Stake`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Stake {
    /// On which feed.
    pub feed: FeedId,
    /// How much more.
    pub amount: Amount,
}

/// See [`PricesMessage::Leave`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    /// Which feed.
    pub feed: FeedId,
}

/// See [`PricesMessage::Report`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// Of which feed.
    pub feed: FeedId,
    /// For which period.
    pub period: u64,
    /// In the feed's smallest unit.
    pub price: u64,
}

/// See [`PricesMessage::OpenContest`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OpenContest {
    /// On which feed.
    pub feed: FeedId,
    /// For people; not unique.
    pub name: Text<64>,
    /// What the signer puts into the pot.
    pub pot: Amount,
    /// How signals are judged and paid.
    pub terms: ContestTerms,
}

/// How a contest's signals are judged and paid; never changes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct ContestTerms {
    /// What entering costs; goes into the pot.
    pub entry_fee: Amount,
    /// The most entrants.
    pub entrants_max: u16,
    /// The largest position either way, in 1,000ths of the account.
    pub leverage_max: u32,
    /// The largest fall from the peak before an entrant is out, in 10,000ths.
    pub drawdown_max_bps: u16,
    /// Periods to survive before anything is earned.
    pub challenge_periods: u32,
    /// Periods of an epoch, at the end of which the pot is shared.
    pub epoch_periods: u32,
    /// How many epochs.
    pub epochs: u32,
    /// Whether the pot is shared by gain over drawdown instead of gain.
    pub by_drawdown: bool,
    /// How many periods later a repeated change counts as copied.
    pub copy_lag: u32,
    /// The part of an entrant's changes that must repeat another's for it to be a copier, in 10,000ths.
    pub copy_part_bps: u16,
}

/// See [`PricesMessage::Enter`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Enter {
    /// Which contest.
    pub contest: ContestId,
}

/// See [`PricesMessage::Fund`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Fund {
    /// Which contest.
    pub contest: ContestId,
    /// How much.
    pub amount: Amount,
}

/// See [`PricesMessage::Signal`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SealSignal {
    /// In which contest.
    pub contest: ContestId,
    /// For which period: the next one whose window opens.
    pub period: u64,
    /// What [`seal_signal`] gives.
    pub sealed: Digest,
}

/// See [`PricesMessage::Reveal`].
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct RevealSignal {
    /// In which contest.
    pub contest: ContestId,
    /// For which period.
    pub period: u64,
    /// The position in 1,000ths of the account: positive is long, negative short, zero flat.
    pub leverage: i32,
    /// What it was sealed with.
    pub salt: Digest,
}

/// The commitment to a position. It opens for this account, contest and period alone.
#[must_use]
pub fn seal_signal(
    chain: ChainId,
    contest: ContestId,
    account: Address,
    period: u64,
    leverage: i32,
    salt: Digest,
) -> Digest {
    let sealed = (chain, contest, account, period, leverage, salt);
    Digest::of_value(Label::SealedSignal, &sealed)
}
