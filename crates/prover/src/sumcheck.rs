//! The prover's side of sumchecks over dense vectors.
//!
//! Vectors hold a power of two of values, the most significant variable splits them in halves and is bound
//! first. See [`lilliput_verifier::sumcheck`] for what is sent.

use lilliput_verifier::field::EF;
use lilliput_verifier::sumcheck::{Reduced, Sumcheck, evaluate_round, round_challenge};
use lilliput_verifier::transcript::Transcript;
use p3_field::{Algebra, PrimeCharacteristicRing};

#[cfg(test)]
mod tests;

/// A finished sumcheck over a product of two vectors.
pub struct ProductSumcheck {
    /// What the verifier reads.
    pub proof: Sumcheck<2>,
    /// The point and the claim left there: `left * right`.
    pub reduced: Reduced,
    /// The first vector at the point.
    pub left: EF,
    /// The second vector at the point.
    pub right: EF,
}

/// Proves `sum over i of left[i] * right[i] = claim`; both have the same power of two of values.
#[must_use]
pub fn prove_product<L>(
    left: &[L],
    right: Vec<EF>,
    claim: EF,
    transcript: &mut Transcript,
) -> ProductSumcheck
where
    L: Copy,
    EF: Algebra<L> + From<L>,
{
    debug_assert!(left.len() == right.len() && left.len().is_power_of_two());
    let mut rounds = Vec::new();
    let mut reduced = Reduced {
        point: Vec::new(),
        claim,
    };
    let mut right = right;
    let mut folded: Vec<EF> = Vec::new();
    if left.len() > 1 {
        let challenge = round(left, &right, &mut rounds, &mut reduced, transcript);
        folded = fold(left, challenge);
        right = fold::<EF>(&right, challenge);
    } else {
        folded.extend(left.iter().map(|&value| EF::from(value)));
    }
    while folded.len() > 1 {
        let challenge = round::<EF>(&folded, &right, &mut rounds, &mut reduced, transcript);
        folded = fold::<EF>(&folded, challenge);
        right = fold::<EF>(&right, challenge);
    }
    ProductSumcheck {
        proof: Sumcheck { rounds },
        reduced,
        left: folded[0],
        right: right[0],
    }
}

fn round<L>(
    left: &[L],
    right: &[EF],
    rounds: &mut Vec<[EF; 2]>,
    reduced: &mut Reduced,
    transcript: &mut Transcript,
) -> EF
where
    L: Copy,
    EF: Algebra<L> + From<L>,
{
    let half = left.len() / 2;
    let (left_low, left_high) = left.split_at(half);
    let (right_low, right_high) = right.split_at(half);
    let mut message = [EF::ZERO; 2];
    for i in 0..half {
        message[0] += right_low[i] * left_low[i];
        message[1] += (right_high[i] - right_low[i]) * (EF::from(left_high[i]) - left_low[i]);
    }
    let challenge = round_challenge(&message, transcript);
    reduced.claim = evaluate_round(&message, reduced.claim, challenge);
    reduced.point.push(challenge);
    rounds.push(message);
    challenge
}

/// Binds the most significant variable.
#[must_use]
pub fn fold<L>(values: &[L], challenge: EF) -> Vec<EF>
where
    L: Copy,
    EF: Algebra<L> + From<L>,
{
    let (low, high) = values.split_at(values.len() / 2);
    low.iter()
        .zip(high)
        .map(|(&low, &high)| challenge * (EF::from(high) - low) + low)
        .collect()
}
