//! The default rule of our subnets, `evidence-1`: consensus on scores, paid for evidence.
//!
//! Stake votes on each miner's weight and the majority's weight counts; miners share their part of the emission by
//! it. Validators share theirs by bonds, stake and *audits passed*: agreeing with others earns nothing by itself.
//! Integers only, rows canonical, time proportional to the entries. `specs/subnets.md` is normative.
//!
//! Invariants, each with a property test: what is paid, burned and carried sums to the emission; renumbering the
//! uids changes nothing; splitting a stake never gains; one more passed audit never lowers a dividend.
//!
//! | module | purpose |
//! |---|---|
//! | `input` | what an epoch depends on, and its checks |
//! | `consensus` | who votes, the majority's weights, what each miner gathers |
//! | `bonds` | the moving average of weights, with fixed or liquid speed |
//! | `run` | the epoch: who gets what |
//! | `explain` | the same for one uid, line by line |

mod bonds;
mod consensus;
mod explain;
mod input;
mod run;

pub use explain::{DividendLine, Explanation, IncentiveLine, explain};
pub use input::{
    BondRow, BondSpeed, EMISSION_MAX, ENTRIES_MAX, EpochRule, Evidence, Participant, UIDS_MAX,
    WeightRow, canonical_row,
};
pub use run::{EpochOutcome, run_epoch};
