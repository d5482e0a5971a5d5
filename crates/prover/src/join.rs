//! The prover's side of [`lilliput_verifier::join`].
//!
//! The combined weight is written out over the cells in use: an outer product for each claim, cleared once
//! where a block has padding. Then it is a product sumcheck.

use std::collections::BTreeMap;

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{BlockClaim, Join, Joined, combination_challenge};
use lilliput_verifier::point::scaled_eq_table;
use lilliput_verifier::transcript::Transcript;
use p3_field::{PackedFieldExtension, PrimeCharacteristicRing};

use crate::blocks::gaps;
use crate::lanes::{PackedEF, SplitEq, WIDTH};
use crate::sumcheck::prove_product_packed;

pub mod reference;
#[cfg(test)]
mod tests;

/// Reduces claims on the polynomial given by `values` to one. The claims fit their blocks, the blocks fit the
/// polynomial, and it has at least [`lilliput_verifier::pcs::VARIABLES_MIN`] variables.
#[must_use]
pub fn prove(claims: &[BlockClaim], values: &[F], transcript: &mut Transcript) -> (Join, Joined) {
    let challenge = combination_challenge(claims, transcript);
    let sum = claims
        .iter()
        .rev()
        .fold(EF::ZERO, |sum, claim| sum * challenge + claim.value);
    let weights = weights(claims, challenge, values.len());
    let done = prove_product_packed(values, weights, sum, transcript);
    transcript.absorb("joined value", &[done.left]);
    let joined = Joined {
        point: done.reduced.point,
        value: done.left,
    };
    (
        Join {
            sumcheck: done.proof,
            value: joined.value,
        },
        joined,
    )
}

/// `sum over claims j of challenge^j eq(point_j, x)` on valid cells, zero elsewhere.
fn weights(claims: &[BlockClaim], challenge: EF, cells: usize) -> Vec<PackedEF> {
    let mut weights = vec![PackedEF::ZERO; cells / WIDTH];
    let mut power = EF::ONE;
    let mut blocks = BTreeMap::new();
    for claim in claims {
        let offset = claim.block.offset as usize;
        add_weights(offset, &claim.point, power, &mut weights);
        blocks.insert(offset, &claim.block.axes);
        power *= challenge;
    }
    for (offset, axes) in blocks {
        for gap in gaps(axes) {
            clear(offset + gap.start..offset + gap.end, &mut weights);
        }
    }
    weights
}

/// Adds `scale * eq(point, x)` from `offset` on.
fn add_weights(offset: usize, point: &[EF], scale: EF, weights: &mut [PackedEF]) {
    if 1 << point.len() < WIDTH {
        for (index, weight) in scaled_eq_table(point, scale).into_iter().enumerate() {
            let cell = offset + index;
            weights[cell / WIDTH].add_assign_lane(cell % WIDTH, weight);
        }
        return;
    }
    let eq = SplitEq::<PackedEF>::new(point);
    let block = &mut weights[offset / WIDTH..];
    for (row, &high) in block.chunks_exact_mut(eq.low.len()).zip(&eq.high) {
        let high = PackedEF::from(high * scale);
        for (weight, &low) in row.iter_mut().zip(&eq.low) {
            *weight += high * low;
        }
    }
}

/// Sets a range of cells to zero.
fn clear(cells: std::ops::Range<usize>, weights: &mut [PackedEF]) {
    let mut cell = cells.start;
    while cell < cells.end {
        let entry = &mut weights[cell / WIDTH];
        let lanes = cell % WIDTH..(cells.end - cell / WIDTH * WIDTH).min(WIDTH);
        if lanes.len() == WIDTH {
            *entry = PackedEF::ZERO;
        } else {
            let old = *entry;
            *entry = PackedEF::from_ext_fn(|lane| {
                if lanes.contains(&lane) {
                    EF::ZERO
                } else {
                    crate::lanes::lane(old, lane)
                }
            });
        }
        cell += lanes.len();
    }
}
