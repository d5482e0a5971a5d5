//! Tokens signed by real keys, and everything that can be wrong with them.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod algorithms;
mod claims;
mod key_sets;
mod maker;
mod tamper;
mod vectors;
