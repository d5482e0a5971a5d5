//! What buyers reach of a provider: their services by host name, their leases by token: `specs/gateway.md`.
//!
//! | module | purpose |
//! |---|---|
//! | [`token`] | who may do what: JWTs that owners of leases sign |
//! | [`manifest`] | what a lease shall run, as people write it, to what a runtime runs |
//! | `lease` | the leases that this provider serves, told by whoever watches the ledger |
//! | `desk` | leases, manifests and the runtime brought together, again after every restart |
//! | `api` | requests about leases |
//! | `proxy` | requests to services |
//! | `watch` | the ledger watched for a provider: leases, heartbeats, replicated results |
//! | `run` | all of it together, until told to stop |
//! | `server` | connections, and which of the two a request is for |
//!
//! **Invariant:** nothing about a lease is told or done without a token of its owner; what a service answers is its own business.
//! **Invariant:** no lease's clients can use up the connections of another's.

mod api;
mod desk;
mod error;
mod lease;
pub mod manifest;
mod proxy;
mod run;
mod server;
mod stall;
pub mod token;
mod watch;

pub use desk::{Desk, Reconciled};
pub use error::GatewayError;
pub use lease::{Lease, LeaseState};
pub use lilliput_workload::Name;
pub use run::{HostConfig, run};
pub use server::{Config, Gateway, serve};
pub use watch::{WatchConfig, Watched, watch};
