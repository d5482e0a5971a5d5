//! Integration tests of the integer graph.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking, in its helpers too"
)]

mod bounds;
mod check;
mod codec;
mod contract;
mod example;
mod exec;
mod model;
mod naive;
mod vectors;
