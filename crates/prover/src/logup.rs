//! The prover's side of [`lilliput_verifier::logup`].
//!
//! The tree of fraction sums is built from the leaves up and shown from the root down. Numerators of leaves
//! are base elements; everything is packed until a layer has few entries. Folding list by list is faster than
//! sharing one pass between a fold and the next round: the arithmetic is what costs, not the memory.

mod count;
mod layer;
mod leaves;
pub mod reference;
#[cfg(test)]
mod tests;
mod tree;

pub use count::{OutOfTable, count};

use lilliput_verifier::logup::{Fingerprint, LEAVES, LogUpClaims, Shape, leaf_claims};

use crate::transcript::Transcript;
use leaves::Leaves;

/// What is looked up in one segment: row-major tensors without padding.
#[derive(Clone, Copy, Debug)]
pub struct SegmentValues<'a> {
    /// One integer for each element.
    pub values: &'a [i64],
    /// The results, for tables that have any.
    pub results: Option<&'a [i64]>,
}

/// All that a lookup argument is about.
#[derive(Clone, Copy, Debug)]
pub struct Witness<'a> {
    /// One for each segment of the shape.
    pub segments: &'a [SegmentValues<'a>],
    /// For each table of the shape, how often each entry is looked up: see [`count`].
    pub multiplicities: &'a [Vec<u32>],
}

/// Shows that all is looked up as counted. Multiplicities, and all that fixes the values, have been absorbed.
#[must_use]
pub fn prove(shape: &Shape, witness: &Witness<'_>, transcript: &mut Transcript) -> LogUpClaims {
    let fingerprint = Fingerprint::draw(|label| transcript.challenge(label));
    let leaves = Leaves::new(shape, witness, &fingerprint);
    let point = tree::prove(&leaves, transcript);
    let values = leaves.evaluate(shape, &point);
    transcript.send(LEAVES, &values);
    leaf_claims(shape, values, &point).expect("one value for each leaf")
}
