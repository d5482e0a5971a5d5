//! The join, slow and obvious: the oracle of the fast one.

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{BlockClaim, COMBINATION, VALUE};
use lilliput_verifier::point::{eq_at_index, variables};
use p3_field::PrimeCharacteristicRing;

use super::Folded;
use crate::transcript::{Transcript, round_challenge};

/// As [`super::prove`], by the definition.
#[must_use]
pub fn prove(
    claims: &[BlockClaim],
    values: &[F],
    columns: usize,
    transcript: &mut Transcript,
) -> Folded {
    let challenge = transcript.challenge(COMBINATION);
    let polynomial: Vec<EF> = values.iter().map(|&value| EF::from(value)).collect();
    let mut weights = vec![EF::ZERO; values.len()];
    for (claim, power) in claims.iter().zip(challenge.powers()) {
        for index in valid_indices(&claim.block.axes) {
            weights[claim.block.offset as usize + index] +=
                power * eq_at_index(&claim.point, index as u64);
        }
    }
    // The last variables first.
    let [mut polynomial, mut weights] = [polynomial, weights].map(|list| {
        let rows = list.len() >> columns;
        let moved = |index| list[((index % rows) << columns) + index / rows];
        (0..list.len()).map(moved).collect::<Vec<EF>>()
    });
    let rows = polynomial.len() >> columns;
    let mut folded = Vec::new();
    let mut point = Vec::new();
    while polynomial.len() > 1 {
        if polynomial.len() == rows {
            folded.clone_from(&polynomial);
        }
        let half = polynomial.len() / 2;
        let constant = (0..half).map(|i| polynomial[i] * weights[i]).sum();
        let quadratic = (0..half)
            .map(|i| (polynomial[half + i] - polynomial[i]) * (weights[half + i] - weights[i]))
            .sum();
        let message = [constant, quadratic];
        let at = round_challenge(&message, transcript);
        point.push(at);
        let bind = |list: &[EF]| -> Vec<EF> {
            (0..half)
                .map(|i| list[i] + at * (list[half + i] - list[i]))
                .collect()
        };
        polynomial = bind(&polynomial);
        weights = bind(&weights);
    }
    point.rotate_left(columns);
    let value = polynomial[0];
    transcript.send(VALUE, &[value]);
    if rows == 1 {
        folded = polynomial;
    }
    Folded {
        point,
        value,
        rows: folded,
    }
}

/// Indices of a tensor's elements in its padded block.
pub(crate) fn valid_indices(axes: &[u32]) -> Vec<usize> {
    axes.iter().fold(vec![0], |indices, &length| {
        let shift = variables(u64::from(length));
        let next = |index: usize| (0..length as usize).map(move |i| (index << shift) | i);
        indices.into_iter().flat_map(next).collect()
    })
}
