//! The crate's tests, in one binary. They run on a machine of a few lines ([`toy`]), so that what they
//! see is the ledger's work.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing step fails the test"
)]

mod blocks;
mod following;
mod overlay;
mod proofs;
mod storage;
mod toy;
