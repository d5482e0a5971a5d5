//! The prover's side of [`lilliput_verifier::logup`].
//!
//! The tree of fraction sums is built from the leaves up and shown from the root down. Numerators of leaves
//! are base elements; everything is packed until a layer has few entries. Beyond the first cells, which are in use, all
//! leaves are `0 / 1`: they are neither stored nor multiplied.

mod count;
mod layer;
mod leaves;
mod lists;
pub mod reference;
#[cfg(test)]
mod tests;
mod tree;

pub use count::{OutOfTable, count};

use lilliput_verifier::logup::{Fingerprint, LEAVES, LogUpClaims, Shape, leaf_claims};

use crate::transcript::Transcript;
use leaves::{Leaves, segments_at};

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
    let (point, leaves) = tree::prove(leaves, transcript);
    let mut values = segments_at(shape, witness, &point);
    values.extend(leaves.multiplicities(shape, &point));
    transcript.send(LEAVES, &values);
    leaf_claims(shape, values, &point).expect("one value for each leaf")
}
