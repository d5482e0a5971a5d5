//! The runtime as a process, with real components.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a failing step fails the test"
)]

mod bench;
mod deterministic;
mod folder;
mod hostile;
mod kill;
mod limits;
mod network;
mod runtime;
mod service;
