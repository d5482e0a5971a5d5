//! The crate as a gate uses it.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

mod bots;
mod crawlers;
mod directories;
mod evidence;
mod kill;
mod ledger;
mod npm;
mod offers;
mod payments;
mod support;
mod unknown;
mod vectors;
