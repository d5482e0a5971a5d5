//! The join, slow and obvious: the oracle of the fast one.

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::join::{BlockClaim, Join, Joined, column_variables, combination_challenge};
use lilliput_verifier::point::{eq_at_index, variables};
use lilliput_verifier::sumcheck::{Sumcheck, round_challenge};
use lilliput_verifier::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;

/// As [`super::prove`], by the definition.
#[must_use]
pub fn prove(claims: &[BlockClaim], values: &[F], transcript: &mut Transcript) -> (Join, Joined) {
    let challenge = combination_challenge(claims, transcript);
    let polynomial: Vec<EF> = values.iter().map(|&value| EF::from(value)).collect();
    let mut weights = vec![EF::ZERO; values.len()];
    for (claim, power) in claims.iter().zip(challenge.powers()) {
        for index in valid_indices(&claim.block.axes) {
            weights[claim.block.offset as usize + index] +=
                power * eq_at_index(&claim.point, index as u64);
        }
    }
    // The last variables first.
    let columns = column_variables(values.len().trailing_zeros() as usize);
    let [mut polynomial, mut weights] = [polynomial, weights].map(|list| {
        let rows = list.len() >> columns;
        let moved = |index| list[((index % rows) << columns) + index / rows];
        (0..list.len()).map(moved).collect::<Vec<EF>>()
    });
    let (mut rounds, mut point) = (Vec::new(), Vec::new());
    while polynomial.len() > 1 {
        let half = polynomial.len() / 2;
        let constant = (0..half).map(|i| polynomial[i] * weights[i]).sum();
        let quadratic = (0..half)
            .map(|i| (polynomial[half + i] - polynomial[i]) * (weights[half + i] - weights[i]))
            .sum();
        let message = [constant, quadratic];
        let at = round_challenge(&message, transcript);
        rounds.push(message);
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
    transcript.absorb("joined value", &[value]);
    (
        Join {
            sumcheck: Sumcheck { rounds },
            value,
        },
        Joined { point, value },
    )
}

/// Indices of a tensor's elements in its padded block.
pub(crate) fn valid_indices(axes: &[u32]) -> Vec<usize> {
    axes.iter().fold(vec![0], |indices, &length| {
        let shift = variables(u64::from(length));
        let next = |index: usize| (0..length as usize).map(move |i| (index << shift) | i);
        indices.into_iter().flat_map(next).collect()
    })
}
