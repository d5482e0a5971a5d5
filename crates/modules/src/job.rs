//! Jobs: an order, its acceptance, the answer with its proof, and who got what.
//!
//! ```text
//!          accept                 answer, proof holds
//! open ───────────► accepted ──────────────────────────► paid
//!   │                  │
//!   │ deadline         │ deadline, or proof refused (bond lost)
//!   ▼                  ▼
//! refunded          refunded
//! ```
//!
//! Invariants: a job's escrow holds its full amount while it is open or accepted and nothing
//! afterwards; payments and refunds of a closed job sum to its escrow; the bond goes back whole or is
//! lost whole; every open or accepted job has one entry in the queue of deadlines; a job is paid once.

mod end_block;
mod execute;
pub mod invariants;
pub mod query;
mod settle;
pub(crate) mod state;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};

/// The most jobs that one block's end closes; the others follow in the next block.
pub const EXPIRIES_MAX: usize = 256;
