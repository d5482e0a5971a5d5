//! Integration tests of the import.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its helpers too"
)]

mod build;
mod calibration;
mod decided;
mod digits;
mod families;
mod hostile;
mod reference;
mod scales;
