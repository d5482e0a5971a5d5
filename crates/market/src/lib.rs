//! What buyer, provider and ledger compute alike about orders and bids: pure functions, no I/O, no clock, no float.
//!
//! | module | purpose |
//! |---|---|
//! | `order` | an order from an SDL file |
//! | `bid` | whether a bid keeps to its order |
//! | `demand` | attributes, audits, latency: what an order demands of a provider |
//! | `choose` | which bids make the group, at the lowest price |
//! | `matching` | a whole book against many providers |
//! | [`provide`] | a provider's machines, prices, bids and declines |
//!
//! `specs/market.md` is normative.
//!
//! **Invariant:** what [`choose`] gives fills the whole group, or it gives nothing.

mod bid;
mod choose;
mod demand;
mod matching;
mod order;
pub mod provide;

pub use bid::{BidFault, check_bid};
pub use choose::{Candidate, Placed, choose};
pub use demand::{Unmet, unmet};
pub use matching::{Supplier, match_book};
pub use order::{BLOCK_MS, Habits, OrderFault, order_of};
