//! The gateway with a real runtime and real components.
#![expect(clippy::unwrap_used, reason = "a failing step fails the test")]

mod bench;
mod leases;
mod provider;
mod services;
mod tokens;
