//! [Semaphore](https://semaphore.pse.dev) version 4 without a browser: the public client's proofs are checked, and groups
//! have the roots that the client computes. Proofs are made by the client alone.
//!
//! | module | purpose |
//! |---|---|
//! | `element` | elements of the curve's scalar field: commitments, roots, nullifiers |
//! | `value` | what a message or a scope is before it is hashed |
//! | `proof` | the client's JSON, bounded; points on the curve and in the subgroup |
//! | `keys` | the published verification keys, depth 1 to 32 |
//! | `verify` | the check |
//! | `tree` | the lean incremental Merkle tree of groups |
//!
//! Invariants: no I/O, clock, randomness or float; nothing here panics on bytes from outside; one value, one encoding;
//! a proof with a point off the curve, outside of the subgroup or at infinity doesn't come into being.
//!
//! What a valid proof shows, and what not, is in `specs/identity.md`.
#![warn(missing_docs)]

mod element;
mod error;
mod keys;
mod proof;
mod tree;
mod value;
mod verify;

pub use element::{Element, Nullifier};
pub use error::Error;
pub use keys::DEPTH_MAX;
pub use proof::{JSON_LEN_MAX, Proof, ProofParts};
pub use tree::{Group, MerklePath, Nodes, Tree};
pub use value::Value;
pub use verify::verify;
