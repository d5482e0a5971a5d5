//! Subnets: who opens them, who registers, stakes, scores and is audited, and what each epoch pays.
//!
//! ```text
//! commit ──► reveal ──► audit ──► settle ──► commit of the next epoch …
//! ```
//!
//! The arithmetic of payouts is `lilliput_incentives::epoch`; this module owns its inputs and moves the money.
//!
//! | module | purpose |
//! |---|---|
//! | `execute` | the messages |
//! | `end_block` | phases that end, one a block |
//! | `settle` | what happens when an epoch ends |
//! | `seats` | what each uid brings into an epoch |
//! | `places` | eviction, challengers, closing |
//! | `pools` | stake behind a registration: units, index, marks |
//! | `market` | a subnet's token against the network token |
//! | `price`, `emission` | deposits, registrations, new money |
//! | [`score`] | from answers to a weight, as audits recompute it |
//! | [`round`] | a validator's messages from its transcript |
//! | [`replay`] | an epoch's payouts from its record |
//! | `settings` | bounds of what owners and the genesis set |
//!
//! Invariants: what a subnet's two holders hold is accounted for to the last unit; the positions of a pool sum to at
//! most the pool; stake, settings and the holders of uids change only between epochs; nothing of a uid passes to the
//! next registration; one phase of one subnet ends in a block.

mod emission;
mod end_block;
mod execute;
pub mod invariants;
mod market;
mod places;
mod pools;
mod price;
pub mod query;
pub mod replay;
mod revenue;
pub mod round;
pub mod score;
mod seats;
mod settings;
mod settle;
pub(crate) mod state;

pub(crate) use end_block::{end_block, next_deadline};
pub(crate) use execute::{check, execute};
pub(crate) use revenue::book_revenue;
pub(crate) use settings::check_terms;
