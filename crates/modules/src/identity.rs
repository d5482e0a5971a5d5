//! Identity: issuers of humans, groups of them, apps that let each in once a period.
//!
//! ```text
//! issuer ── voucher ──► join ──► a leaf of the group's tree ──► (public client) proof ──► check-in: one nullifier an app and period
//!                                  │ rotate, recover: from the next period
//!                                  │ revoke: at once, older roots forgotten
//! ```
//!
//! The rules are in `specs/identity.md`; proofs and trees in `lilliput-semaphore`.
//!
//! Invariants: a group's root is that of its seats' commitments; within a period no two roots that are taken hold different
//! commitments of one seat; a nullifier is taken once; what a block's end does is bounded by [`CHANGES_MAX`] changes of a leaf.

mod end_block;
mod evidence;
mod execute;
pub mod invariants;
pub mod query;
mod settle;
pub(crate) mod state;
mod tree;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

/// The shortest period.
pub const PERIOD_MIN_MS: u64 = 1_000;
/// The longest period.
pub const PERIOD_MAX_MS: u64 = 366 * 24 * 60 * 60 * 1_000;
/// The largest weight and threshold.
pub const WEIGHT_MAX: u32 = 1_000_000;
/// The most seats of a group.
pub const SEATS_MAX: u64 = 1 << 20;
/// The most changes that wait in a group for a period.
pub const WAITING_MAX: u32 = 1_024;
/// The most changes that one block's end makes, and a message before it is looked at.
pub const CHANGES_MAX: usize = 256;
/// For how long a voucher may count.
pub const VOUCHER_MAX_MS: u64 = 31 * 24 * 60 * 60 * 1_000;
/// How far an issuer's clock may be ahead.
pub const SKEW_MS: u64 = 60_000;
/// The most nullifiers of former periods that a check-in forgets.
pub const FORGOTTEN_MAX: usize = 8;
