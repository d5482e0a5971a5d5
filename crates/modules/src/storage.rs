//! Storage: blobs kept for money, and challenges that show that they are.
//!
//! ```text
//! order ──► accept ──► periods: challenge ──► prove ──► paid      ──► over: bond back
//!   ▲                                │ late
//!   └──────── open again ◄───────────┘ bond lost
//! ```
//!
//! The rules are in `specs/storage.md`.
//!
//! Invariants: a deal holds its escrow and, while it is stored, its bond, to the unit; what was locked is what was paid, what went back and
//! what is in escrow; a deal that isn't closed stands in the queue once; a block's end handles at most [`DUES_MAX`] deals.

mod end_block;
mod execute;
pub mod invariants;
pub mod query;
mod settle;
pub(crate) mod state;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

/// The shortest period.
pub const PERIOD_MIN_MS: u64 = 1_000;
/// The longest period, and the longest that an order may wait.
pub const SPAN_MAX_MS: u64 = 366 * 24 * 60 * 60 * 1_000;
/// The shortest window.
pub const WINDOW_MIN_MS: u64 = 500;
/// Deals that one block's end handles; the others follow in the next block.
pub const DUES_MAX: usize = 64;
