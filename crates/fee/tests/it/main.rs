//! The controller and the floods it is simulated under.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod controller;
mod floods;
mod levels;
