//! Runs foreign code: WebAssembly components, as batch jobs and as HTTP services, within limits: `specs/runtime.md`.
//!
//! A binary of its own, `lilliput-runtime`, so that a compiler for WebAssembly is neither built nor trusted by who doesn't run
//! workloads. One process supervises and touches no foreign code; each component is compiled in a process that ends
//! afterwards, and runs in a process of its own.
//!
//! | module | purpose |
//! |---|---|
//! | `serve` | the supervisor: socket, state on disk, a keeper for each workload |
//! | `worker` | the process of one workload: what it is told and what it says |
//! | `run` | a job, a service |
//! | `host` | what a component can reach: folder, clocks, streams, network; and what that may cost |
//! | `engine` | one configuration of the engine for all |
//! | `compiled` | components compiled once |
//! | `confine` | what a worker gives up before it looks at foreign bytes |
//! | `log` | a bounded log on disk |
//!
//! **Invariant:** bytes of a component are decoded only in a process that has been confined.
//! **Invariant:** a deterministic run reads no clock, no randomness and no network of the machine.

mod compiled;
mod confine;
mod engine;
mod error;
mod host;
mod log;
mod run;
mod serve;
mod worker;

pub use compiled::compile;
pub use engine::name as engine_name;
pub use error::RuntimeError;
pub use serve::{Config, serve};
pub use worker::work;
