//! The prover's side of [`lilliput_verifier::join`].
//!
//! The combined weight is written out over the cells in use: an outer product for each claim, cleared once
//! where a block has padding. Then it is a product sumcheck.

use std::collections::BTreeMap;

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{BlockClaim, COMBINATION, Joined, VALUE, combine};
use lilliput_verifier::point::scaled_eq_table;
use p3_field::{PackedFieldExtension, PrimeCharacteristicRing};

use crate::blocks::gaps;
use crate::lanes::{PackedEF, SplitEq, WIDTH};
use crate::sumcheck::prove_product_packed;
use crate::transcript::Transcript;

pub mod reference;
#[cfg(test)]
mod tests;

/// Reduces claims on the polynomial given by `values` to one. The claims fit their blocks, the blocks fit the
/// polynomial, and it has at least [`lilliput_verifier::pcs::VARIABLES_MIN`] variables.
#[must_use]
pub fn prove(claims: &[BlockClaim], values: &[F], transcript: &mut Transcript) -> Joined {
    let challenge = transcript.challenge(COMBINATION);
    let sum = combine(claims, challenge);
    let weights = weights(claims, challenge, values.len());
    let done = prove_product_packed(values, weights, sum, transcript);
    transcript.send(VALUE, &[done.left]);
    Joined {
        point: done.reduced.point,
        value: done.left,
    }
}

/// `sum over claims j of challenge^j eq(point_j, x)` on valid cells, zero elsewhere.
///
/// Claims on the whole polynomial lie over the blocks of the others, so they come after the blocks' padding is cleared.
fn weights(claims: &[BlockClaim], challenge: EF, cells: usize) -> Vec<PackedEF> {
    let mut weights = vec![PackedEF::ZERO; cells / WIDTH];
    let (whole, parts): (Vec<_>, Vec<_>) =
        claims
            .iter()
            .zip(challenge.powers())
            .partition(|(claim, _)| {
                let axes = claim.block.axes.iter();
                axes.map(|&length| length as usize).product::<usize>() == cells
            });
    let mut blocks = BTreeMap::new();
    for (claim, power) in parts {
        let offset = claim.block.offset as usize;
        add_weights(offset, &claim.point, power, &mut weights);
        blocks.insert(offset, &claim.block.axes);
    }
    for (offset, axes) in blocks {
        for gap in gaps(axes) {
            clear(offset + gap.start..offset + gap.end, &mut weights);
        }
    }
    for (claim, power) in whole {
        add_weights(0, &claim.point, power, &mut weights);
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
