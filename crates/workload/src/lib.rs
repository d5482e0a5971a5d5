//! What a runtime of foreign code is asked, and what it answers: `specs/runtime.md`.
//!
//! The types here are shared by `lilliput-runtime`, which executes, and by whoever has something executed. Nothing
//! here executes anything, so that a command that starts the runtime as a child process doesn't have to be built with a compiler
//! for WebAssembly.
//!
//! | module | purpose |
//! |---|---|
//! | [`limits`] | what a workload may use, and what no workload may exceed |
//! | `workload` | the order: a component, its input, its limits |
//! | `report` | how it went: outcome, use, hash of the output |
//! | [`protocol`] | requests and replies, a line of JSON each |
//! | `client` | the other end of the runtime's socket; starts the runtime if it isn't there |
//!
//! **Invariant:** a [`Workload`] that passed [`Workload::check`] is within every ceiling of [`limits`].

mod client;
mod digest;
mod error;
pub mod limits;
mod name;
pub mod protocol;
mod report;
#[cfg(test)]
mod tests;
mod workload;

pub use client::{Client, Closer, Followed, Started, binary, ensure_serving};
pub use digest::{Digest, DigestError, Hasher};
pub use error::WorkloadError;
pub use limits::Limits;
pub use name::{FilePath, Name};
pub use report::{Event, EventKind, Limit, LogRecord, Outcome, Report, State, Status, Stream, Use};
pub use workload::{Deterministic, Kind, NetworkRule, Workload};
