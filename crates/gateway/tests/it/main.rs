//! The gateway with a real runtime and real components.

mod bench;
mod leases;
mod provider;
mod services;
mod tokens;
