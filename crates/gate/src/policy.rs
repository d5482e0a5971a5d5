//! What is done with a request, and why: rules by path, method, header, network and agent.
//!
//! A policy looks at facts alone, asks nobody and knows no clock, so what it says can be explained
//! and tried out. What a visitor has (a session, a token, a payment) is looked at afterwards, and
//! turns `challenge` or `pay` into `pass`.
//!
//! | module | purpose |
//! |---|---|
//! | `document`, `read` | TOML to a policy, with every problem and its line |
//! | `anubis` | policies of Anubis to policies of ours |
//! | `rule`, `decide` | what a rule fits, and what follows |
//! | `expression`, `pattern` | conditions and patterns, bounded |
//! | `exempt` | what is never challenged |
//! | `agents` | programs that say who they are |

pub mod agents;
pub mod anubis;
mod decide;
mod document;
mod exempt;
pub(crate) mod expression;
pub mod network;
pub(crate) mod pattern;
pub mod pay;
pub mod place;
mod read;
mod rule;

pub use agents::Class;
pub use decide::{Decision, Fitted, Verdict};
pub use exempt::Exemption;
pub use read::{POLICY_BYTES_MAX, RULES_MAX};
pub use rule::{Action, Policy, Prices, Unsure};
