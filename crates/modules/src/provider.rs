//! Providers: who serves which model, at what price, with what stake.
//!
//! Anyone may register. A provider deposits stake; accepting a job moves a bond out of it, which comes
//! back when the answer is paid and is lost when it isn't.
//!
//! Invariant: stake is free: what is bound lies under the job's bond.

mod execute;
pub mod query;
pub(crate) mod state;

pub(crate) use execute::{check, execute};
