//! The verifier: formats of statement, key and proof, and the checks on them.
//!
//! Everything that comes from outside is hostile: a key, a proof, a statement. Decoding is bounded and
//! canonical, a check gives an error and never panics, and nothing here needs a weight or runs a model.
//! The prover uses the same types and the same transcript, so that both sides hash the same bytes.
//!
//! | module | purpose |
//! |---|---|
//! | [`statement`] | what a proof states: context, input, output |
//! | [`key`], [`proof`] | the two formats; reading a key checks it |
//! | [`verify()`](verify::verify) | the check of a proof |
//! | [`subject`] | the graph that a statement is about: of one run or of several |
//! | [`layout`] | what is committed and where, from the graph |
//! | [`layers`] | from claims on results to claims on operands, node by node |
//! | [`argument`] | the messages of a proof before its opening |
//! | [`form`] | secret messages as a verifier computes with them |
//! | [`receiver`] | the verifier's end of the conversation |
//! | [`settle`] | claims on each committed polynomial become one |
//! | [`security`] | the account of soundness, in bits |
//! | [`cost`] | what a check costs, from the graph |
//! | [`link`] | a key and its successor commit to the same weights |
//! | [`logup`] | one lookup argument for all tables and all that is looked up |
//! | [`tables`] | lookup tables as polynomials the verifier evaluates |
//! | [`join`] | many claims on one committed polynomial become one |
//! | [`pcs`] | the polynomial commitment: codes, openings, their security |
//! | [`sumcheck`] | round polynomials |
//! | [`point`] | multilinear points: eq, truncated eq, masks, evaluations |
//! | [`transcript`] | Fiat-Shamir: labelled, length-prefixed absorbs, challenges |
//! | [`codec`] | fixed-size canonical bytes of field elements and hashes, bounded reading |
//! | [`field`] | the base field, its quintic extension, integers in both |
//!
//! **Invariant:** no configuration is decoded from bytes; sizes follow from the statement.

#![deny(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::integer_division
)]

pub mod argument;
pub mod codec;
mod cores;
pub mod cost;
pub mod field;
pub mod form;
pub mod join;
pub mod key;
pub mod layers;
pub mod layout;
pub mod link;
pub mod logup;
pub mod pcs;
pub mod point;
pub mod proof;
pub mod receiver;
pub mod security;
pub mod settle;
pub mod statement;
pub mod subject;
pub mod sumcheck;
pub mod tables;
pub mod transcript;
pub mod verify;

pub use cost::verify_cost_units;
pub use key::{KeyError, ModelId, VerifyingKey};
pub use proof::Proof;
pub use security::{Security, security};
pub use statement::{Context, InputCommitment, OutputDigest, Statement, StatementError};
pub use subject::{Subject, SubjectError, Task};
pub use verify::{Rejection, Verified, verify};
