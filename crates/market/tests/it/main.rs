//! The crate's tests, in one binary.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing step fails the test"
)]

mod answers;
mod choice;
mod matching;
mod orders;
mod packing;
mod sample;
