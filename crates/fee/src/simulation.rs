//! Floods with given budgets, in virtual time of one step a second.
//!
//! | module | purpose |
//! |---|---|
//! | `cast` | who asks: humans with passes, honest agents, attackers |
//! | `run` | one seed of one scenario |
//! | `outcome` | what came of it |
//! | `random` | numbers of a seed |
//!
//! What it leaves out: networks, caches, answers of different cost, clients that try again, attackers that share one machine
//! with honest users.

mod cast;
mod outcome;
mod random;
mod run;
mod scenarios;

pub use cast::{Attacker, Honest, Plan, Scenario};
pub use outcome::{AttackerOutcome, HonestOutcome, HumanOutcome, Outcome, Sample};
pub use run::run;
pub use scenarios::{scenarios, tariff};
