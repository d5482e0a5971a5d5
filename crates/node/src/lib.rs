//! The node: everything a ledger needs around it to be used by others.
//!
//! It owns one data folder and one HTTP address. It makes blocks of what is submitted, answers
//! questions about the chain, keeps blobs and the inputs of jobs, and serves the page. It holds no
//! buyer's key, except the development wallet that a caller hands it for the page.
//!
//! | module | purpose |
//! |---|---|
//! | `engine` | the ledger's solo engine, opened again when its disk failed |
//! | `blobs`, `inputs` | bytes by hash; inputs of jobs |
//! | `node`, `tournament`, `prices`, `identity`, `login`, `market`, `storage` | what anyone may ask, as functions |
//! | `http` | the same over HTTP: limits, guard, routes |
//! | `page` | the page |
//! | `config`, `running` | how a node is started and stopped |
//!
//! Invariants: a transaction is acknowledged only when its block is on disk; every body, list, queue
//! and connection count is bounded; a request from a foreign page is refused.

mod blobs;
mod config;
mod engine;
mod error;
mod http;
mod identity;
mod inputs;
mod login;
mod market;
mod node;
mod page;
mod prices;
mod running;
mod storage;
mod tournament;

pub use blobs::{BLOB_BYTES_MAX, BlobError, BlobStore};
pub use config::{Config, DevelopmentWallet};
pub use error::{NodeError, StartError};
pub use inputs::InputStoreError;
pub use node::Node;
pub use running::{Running, lock_folder, on_signal, run, start};
