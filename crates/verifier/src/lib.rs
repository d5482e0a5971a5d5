//! The verifier: formats of statement, key and proof, and the checks on them.
//!
//! Everything that comes from outside is hostile: a key, a proof, a statement. Decoding is bounded and
//! canonical, a check gives an error and never panics, and nothing here needs a weight or runs a model.
//! The prover uses the same types and the same transcript, so that both sides hash the same bytes.
//!
//! | module | purpose |
//! |---|---|
//! | [`field`] | the base field, its quintic extension, integers in both |
//! | [`codec`] | fixed-size canonical bytes of field elements and hashes, bounded reading |
//! | [`transcript`] | Fiat-Shamir: labelled, length-prefixed absorbs, challenges |
//! | [`point`] | multilinear points: eq, truncated eq, masks, evaluations |
//! | [`pcs`] | the polynomial commitment: configuration, openings, their security |
//! | [`join`] | many claims on one committed polynomial become one |
//! | [`tables`] | lookup tables as polynomials the verifier evaluates |
//! | [`logup`] | one lookup argument for all tables and all that is looked up |
//! | [`sumcheck`] | round polynomials and their verification |
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

pub mod codec;
pub mod field;
pub mod join;
pub mod logup;
pub mod pcs;
pub mod point;
pub mod sumcheck;
pub mod tables;
pub mod transcript;
