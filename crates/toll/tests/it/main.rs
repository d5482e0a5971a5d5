//! The crate as a gate uses it.

mod bots;
mod crawlers;
mod directories;
mod kill;
mod ledger;
mod npm;
mod offers;
mod payments;
mod support;
mod unknown;
mod vectors;
