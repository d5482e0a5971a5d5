//! Typed client of a node: what a buyer, a provider or a script needs to use the network.
//!
//! It speaks HTTP and JSON to one node and trusts it for what it reads; what must not rest on that
//! trust is signed here and checked by whoever receives it.
//!
//! | module | purpose |
//! |---|---|
//! | [`api`] | what the node answers, as types |
//! | [`subnet`] | the same for subnets |
//! | [`Client`] | one method a route |
//! | [`Sender`] | builds, signs and submits transactions of one key, for its own account or for one that let it |
//! | [`RequestSignature`] | says who asks, where only some may read |
//! | [`JobInput`] | a job's input on its way from buyer to provider |
//!
//! Invariants: every answer is bounded before it is read; a secret key never leaves the process.
#![warn(missing_docs)]

pub mod api;
mod client;
mod error;
mod identity;
mod input;
mod login;
pub mod market;
mod prices;
mod sender;
mod signature;
mod storage;
pub mod subnet;
mod tournament;

pub use client::{Client, JobFilter};
pub use error::ClientError;
pub use input::{InputError, JOB_INPUT_BYTES_MAX, JobInput};
pub use sender::Sender;
pub use signature::{REQUEST_VALID_MS, RequestSignature, RequestSignatureError};
