//! The crate's tests, in one binary.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod codec;
mod identity;
mod login;
mod market;
mod prices;
mod samples;
mod signing;
mod subnet;
mod text;
mod tournament;
mod vectors;
