//! The gate: a reverse proxy, or the one whom another proxy asks, that lets humans pass and asks bots
//! to work or to pay.
//!
//! It listens on two addresses: one for visitors, one on the loopback for the site's owner. It keeps a
//! folder with its keys, what was spent, and the log of its decisions. What it does and what it can't:
//! `specs/gate.md`.
//!
//! | module | purpose |
//! |---|---|
//! | [`policy`] | rules, their reading, Anubis' rules; pure |
//! | [`path`], [`request`], [`price`] | what a policy looks at |
//! | [`policy_file`], [`trial`] | policies as files; what would happen to a request |
//! | `proxy` | connections, heads, bodies |
//! | `gate` | one request from arrival to answer |
//! | `money`, `humans` | signatures and payments, and which groups are of humans |
//! | `tariff`, `rates` | how much work is asked of whom, and how far it carries |
//! | `counters`, `journal` | what was decided: in numbers, and line by line |
//! | `admin` | the owner's page, the metrics |
//! | [`demo`] | a site and visitors to look at |
//! | [`config`], `running` | how a gate is started and stopped |
//!
//! Invariants: every head, body, queue, list and wait has a bound; what the policy judged is what the
//! site gets; nothing that was spent counts again; the way of money fails closed.

mod admin;
pub mod config;
mod counters;
pub mod demo;
mod error;
mod gate;
mod humans;
mod journal;
mod money;
pub mod path;
pub mod policy;
pub mod policy_file;
pub mod price;
mod proxy;
mod rates;
pub mod request;
mod running;
mod tariff;
pub mod trial;
mod visitor;

pub use config::Config;
pub use error::StartError;
pub use journal::{JournalFault, Report, verify as verify_log};
pub use running::{Running, run, start};
