//! The command as a process: what scripts rely on, bad input, faults.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says why it skips"
)]

mod browser;
mod check;
mod evaluations;
mod faults;
mod gate;
mod help;
mod hiding;
mod host;
mod identity;
mod jobs;
mod kill;
mod ledger;
mod login;
mod market;
mod model_subnet;
mod offline;
mod page;
mod prices;
mod readme;
mod revenue;
mod score;
mod subnets;
mod tournament;
mod vectors;
mod world;
