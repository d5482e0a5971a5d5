//! Tournaments: rounds of sealed predictions, stake on them, scores and payouts.
//!
//! ```text
//! entering ── T1 ──► revealing ── T2 ──► targets in time ──► settled
//!                                  └──── none by T3 ───────► void
//! ```
//!
//! The arithmetic is that of `lilliput-incentives`; [`score`] prepares a round for it, on the ledger and for whoever
//! recomputes one. The rules are in `specs/tournaments.md`.
//!
//! Invariants: a round holds what its state says, to the unit; what stakes win and the pot keeps is what stakes lose and
//! the pot was; every open round has its last deadline in the queue; a stake is paid out once; the work of a
//! round's scoring is bounded when it opens, and that of a block by [`WORK_MAX`].

mod end_block;
mod execute;
pub mod invariants;
pub mod query;
pub mod score;
mod settle;
pub(crate) mod state;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

/// The most work of scoring, by a round and in a block: see [`score::work`].
pub const WORK_MAX: u64 = 1 << 29;
/// The most stakes of a round besides those that entries are made with.
pub const BACKINGS_MAX: u32 = 10_000;
/// The most deadlines that one block's end handles; the others follow in the next block.
pub const DEADLINES_MAX: usize = 256;
/// The most rounds that one block's end voids; the others follow in the next block.
pub const VOIDS_MAX: usize = 4;
/// The shortest span of a round.
pub const SPAN_MIN_MS: u64 = 1_000;
/// The longest span of a round.
pub const SPAN_MAX_MS: u64 = 366 * 24 * 60 * 60 * 1_000;
/// Below this stay stakes and pot of a round in base units: what the arithmetic of payouts takes.
pub const MONEY_END: u128 = 1 << 63;
