//! Prices: feeds of reported prices, and contests of signals on them.
//!
//! ```text
//! period p:   seal ──► window opens ── report, reveal ──► window closes: median, slashing, accounts, payouts
//! ```
//!
//! The rules are in `specs/prices.md`. [`median`], [`account`], [`payout`] and [`replay`] are pure: the ledger and whoever
//! recomputes a contest run the same functions.
//!
//! Invariants: a feed holds its deposit and its reporters' stake, a contest its pot, to the unit; a feed in use stands in
//! the queue once; what a block's end does is bounded by [`WINDOWS_MAX`] feeds of so many reporters, contests and entrants.

pub mod account;
mod end_block;
mod execute;
pub mod invariants;
pub mod median;
pub mod payout;
pub mod query;
pub mod replay;
mod settle;
pub(crate) mod state;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

use lilliput_types::Amount;

/// What opening a feed locks.
pub const FEED_DEPOSIT: Amount = Amount(10_000_000);
/// What who opens a contest puts into its pot at least.
pub const POT_MIN: Amount = Amount(1_000_000);
/// The shortest window.
pub const WINDOW_MIN_MS: u64 = 500;
/// The longest period, and the longest time until the first one.
pub const SPAN_MAX_MS: u64 = 366 * 24 * 60 * 60 * 1_000;
/// The most decimals of a price.
pub const DECIMALS_MAX: u8 = 12;
/// The most periods that a feed keeps.
pub const HISTORY_MAX: u32 = 4_096;
/// The most open contests of a feed.
pub const CONTESTS_MAX: u32 = 4;
/// The largest leverage that a contest may allow, in 1,000ths.
pub const LEVERAGE_MAX: u32 = 20_000;
/// The most epochs of a contest.
pub const EPOCHS_MAX: u32 = 256;
/// The most entrants times periods of an epoch: what looking for copiers reads.
pub const EPOCH_SIGNALS_MAX: u32 = 8_192;
/// The longest delay after which a repeated change counts as copied.
pub const COPY_LAG_MAX: u32 = 16;
/// Fewer changes in an epoch make nobody a copier.
pub const COPY_CHANGES_MIN: u32 = 4;
/// As many sealed signals may be kept back; with one more an entrant is out.
pub const UNREVEALED_MAX: u16 = 2;
/// The most windows that one block's end settles; the others follow in the next block.
pub const WINDOWS_MAX: usize = 16;
/// Below this stays a pot in base units: what the arithmetic of payouts takes.
pub const MONEY_END: u128 = 1 << 63;
/// 10,000ths of a whole.
pub(crate) const WHOLE_BPS: u16 = 10_000;
