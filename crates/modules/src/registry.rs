//! Models: who owns them, what they cost, what they were made from.
//!
//! Anyone may publish a model; its id is the hash of its verifying key, which is checked (range proof
//! included) before it is accepted and kept for as long as the state exists. Only the owner changes
//! price and listing.
//!
//! Invariant: royalties of a model, parents of parents included, are at most its whole price.

mod execute;
pub mod query;
pub(crate) mod state;

pub(crate) use execute::{check, execute};

/// The longest line of ancestors.
pub const DEPTH_MAX: u8 = 8;
/// The whole of a price, in the unit of [`lilliput_types::registry::Share`].
pub const WHOLE_PPM: u32 = 1_000_000;
