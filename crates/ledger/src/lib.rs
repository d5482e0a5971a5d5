//! The ledger: block in, events and state root out.
//!
//! It executes transactions over an authenticated key-value state, stores blocks, and proves what
//! stands in the state. It knows no module: what messages mean is the business of a [`Machine`],
//! which sees the state through a rollback-able [`State`] and has no clock, randomness or I/O.
//!
//! | module | purpose |
//! |---|---|
//! | `machine` | what a set of modules gives to the ledger |
//! | `state` | reading, overlaying and rolling back the state |
//! | `pipeline` | the steps of a transaction and of a block |
//! | `store` | the database: state, tree, blocks, blobs, in one commit a block |
//! | `follow` | applying blocks that someone else made |
//! | `solo` | the engine of a network of one validator |
//! | `dry_run` | what a transaction would do |
//!
//! Invariants: the same blocks give the same roots everywhere; a block is stored whole or not at
//! all; a transaction's messages are applied together or not at all; an acknowledged transaction is
//! on disk.

mod dry_run;
mod error;
mod follow;
mod machine;
mod pipeline;
mod solo;
mod state;
mod store;
mod tree;

pub use dry_run::{DryRun, StateChange};
pub use error::{OpenError, Refusal, Rejection, StoreError, SubmitError};
pub use follow::{BlockError, apply_block};
pub use machine::{BlockContext, Failure, Machine, MessageContext};
pub use pipeline::{BlockExecution, Changes, Executed};
pub use solo::{Included, Solo, SoloConfig};
pub use state::{MemoryState, Scan, State, StateReader, read};
pub use store::{ProvenValue, Snapshot, Store, TransactionLocation};
