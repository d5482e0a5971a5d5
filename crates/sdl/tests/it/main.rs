//! Integration tests of the order format.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test fails by panicking, in its helpers too, and says when it skips"
)]

mod akash;
mod edition;
mod examples;
mod fuzz;
mod hostile;
mod places;
mod sample;
mod terms;
mod vectors;
