//! The market: orders for compute, bids, leases, escrow.
//!
//! ```text
//! order ── bids, or seals and reveals ──► choice ──► leases ── settled when touched ──► closed
//! ```
//!
//! The rules are in `specs/market.md`. What buyer, provider and ledger compute alike is in `lilliput-market`.
//!
//! | module | purpose |
//! |---|---|
//! | `state` | storage keys, the queue |
//! | `execute` | the messages |
//! | `heard` | providers' clocks |
//! | `order` | phases of an order, choice, placing leases |
//! | `lease` | settling, pausing, closing |
//! | `spot` | who runs in a pool |
//! | `bond` | bonds locked, freed, lost |
//! | `judge` | replicated results |
//! | `trade` | prices by class and hour |
//!
//! Invariants: an order holds its deposit and a lease its escrow, to the unit; nothing is paid that isn't there; settling a
//! lease reads no other; what a block's end does is bounded by [`DUE_MAX`] things of a bounded size.

mod bond;
mod end_block;
mod execute;
mod heard;
pub mod invariants;
mod judge;
mod lease;
mod order;
pub mod query;
mod spot;
pub(crate) mod state;
mod trade;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

use lilliput_types::Amount;

/// The longest time without a sign of life before a provider is lost.
pub const GRACE_MS: u64 = 180_000;
/// How long before an escrow is dry it is said.
pub const LOW_MS: u64 = 3_600_000;
/// How long a lease without money waits for some.
pub const PAUSE_MS: u64 = 3_600_000;
/// How long a deposit must last.
pub const FUNDED_MIN_MS: u64 = 600_000;
/// How long replicated results may be shown.
pub const SHOW_MS: u64 = 600_000;
/// The least bond of a bid.
pub const BOND_MIN: Amount = Amount(100_000);
/// The shortest phase of an order.
pub const PHASE_MIN_MS: u64 = 500;
/// The longest phase of an order.
pub const PHASE_MAX_MS: u64 = 7 * 24 * 3_600_000;
/// The longest reservation, deadline, notice.
pub const SPAN_MAX_MS: u64 = 366 * 24 * 3_600_000;
/// The most replicas of an order.
pub const REPLICAS_MAX: u32 = 4_096;
/// The most bids of an order.
pub const BIDS_MAX: u32 = 64;
/// The most declines of an order.
pub const DECLINES_MAX: u32 = 64;
/// The most slots of a pool.
pub const SLOTS_MAX: u16 = 64;
/// The most auditors whose signatures under one provider's attributes are kept.
pub const AUDITS_MAX: usize = 64;
/// The most things that one block's end handles; the others follow in the next block.
pub const DUE_MAX: usize = 256;
/// For how many hours prices are kept.
pub const HOURS_MAX: u64 = 720;
