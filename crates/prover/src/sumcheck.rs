//! The prover's side of sumchecks over dense vectors.
//!
//! Vectors hold a power of two of values, the most significant variable splits them in halves and is bound
//! first. See [`lilliput_verifier::sumcheck`] for what is sent.

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::settle::labels;
use lilliput_verifier::sumcheck::{Reduced, evaluate_round};
use p3_field::{Algebra, PackedValue};

use crate::lanes::{Lanes, PackedEF, PackedF, WIDTH, bind, spread};
use crate::transcript::{Transcript, round_challenge};

#[cfg(test)]
mod tests;

/// A finished sumcheck over a product of two vectors.
pub struct ProductSumcheck {
    /// The point and the claim left there: `left * right`.
    pub reduced: Reduced,
    /// The first vector at the point.
    pub left: EF,
    /// The second vector at the point.
    pub right: EF,
}

/// Proves `sum over i of left[i] * right[i] = claim`; both have the same power of two of values.
#[must_use]
pub fn prove_product(
    left: &[EF],
    right: &[EF],
    claim: EF,
    transcript: &mut Transcript,
) -> ProductSumcheck {
    debug_assert!(left.len() == right.len() && left.len().is_power_of_two());
    Rounds::new(claim, transcript).finish(left, right)
}

/// The same for a first vector of base elements.
#[must_use]
pub fn prove_product_base(
    left: &[F],
    right: &[EF],
    claim: EF,
    transcript: &mut Transcript,
) -> ProductSumcheck {
    debug_assert!(left.len() == right.len() && left.len().is_power_of_two());
    if left.len() < 2 * WIDTH {
        let left: Vec<EF> = left.iter().map(|&value| EF::from(value)).collect();
        return prove_product(&left, right, claim, transcript);
    }
    prove_product_packed(left, PackedEF::gather(right), claim, transcript)
}

/// The same, with the second vector packed by the caller; there are at least two packed entries.
pub(crate) fn prove_product_packed(
    left: &[F],
    mut right: Vec<PackedEF>,
    claim: EF,
    transcript: &mut Transcript,
) -> ProductSumcheck {
    let left = PackedF::pack_slice(left);
    let mut rounds = Rounds::new(claim, transcript);
    let challenge = rounds.send(evaluate(left, &right));
    let (low, high) = left.split_at(left.len() / 2);
    let packed = PackedEF::from(challenge);
    let left = low
        .iter()
        .zip(high)
        .map(|(&low, &high)| bind(low, high, packed))
        .collect();
    bind_all(&mut right, challenge);
    rounds.all(left, right)
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

/// Binds the first variables of `sum over i of left[i] * right[i] = claim`, as many as told, and says the rounds in the
/// clear: the point, and what is left of the first vector.
pub(crate) fn prove_columns(
    left: Vec<EF>,
    right: Vec<EF>,
    variables: usize,
    transcript: &mut Transcript,
) -> (Vec<EF>, Vec<EF>) {
    let rows = left.len() >> variables;
    if rows < WIDTH {
        return bind_columns(left, right, variables, transcript);
    }
    let (left, right) = (PackedEF::gather(&left), PackedEF::gather(&right));
    let (point, left) = bind_columns(left, right, variables, transcript);
    (point, spread(&left))
}

fn bind_columns<R: Lanes>(
    mut left: Vec<R>,
    mut right: Vec<R>,
    variables: usize,
    transcript: &mut Transcript,
) -> (Vec<EF>, Vec<R>) {
    let mut point = Vec::new();
    for _ in 0..variables {
        let message = evaluate(&left, &right);
        transcript.public(labels::ROUND, &message);
        let challenge = transcript.challenge(labels::ROUND_CHALLENGE);
        point.push(challenge);
        bind_all(&mut left, challenge);
        bind_all(&mut right, challenge);
    }
    (point, left)
}

/// The state of a running product sumcheck.
pub(crate) struct Rounds<'a> {
    transcript: &'a mut Transcript,
    reduced: Reduced,
}

impl<'a> Rounds<'a> {
    pub(crate) fn new(claim: EF, transcript: &'a mut Transcript) -> Self {
        let reduced = Reduced {
            point: Vec::new(),
            claim,
        };
        Self {
            transcript,
            reduced,
        }
    }

    fn send(&mut self, message: [EF; 2]) -> EF {
        let challenge = round_challenge(&message, self.transcript);
        self.reduced.claim = evaluate_round(&message, self.reduced.claim, challenge);
        self.reduced.point.push(challenge);
        challenge
    }

    /// The challenges so far.
    pub(crate) fn point(&self) -> &[EF] {
        &self.reduced.point
    }

    /// Runs as many rounds as told over two vectors, of which whole packed entries are left: what the second is
    /// bound to.
    pub(crate) fn first(&mut self, variables: usize, left: &[EF], right: &[EF]) -> Vec<EF> {
        let (mut left, mut right) = (PackedEF::gather(left), PackedEF::gather(right));
        for _ in 0..variables {
            let challenge = self.send(evaluate(&left, &right));
            bind_all(&mut left, challenge);
            bind_all(&mut right, challenge);
        }
        spread(&right)
    }

    /// Runs all rounds that are left over two vectors.
    pub(crate) fn finish(self, left: &[EF], right: &[EF]) -> ProductSumcheck {
        if left.len() < 2 * WIDTH {
            self.all(left.to_vec(), right.to_vec())
        } else {
            self.all(PackedEF::gather(left), PackedEF::gather(right))
        }
    }

    /// Runs all rounds that are left: in lanes, then one by one.
    fn all<R: Lanes>(mut self, mut left: Vec<R>, mut right: Vec<R>) -> ProductSumcheck {
        while left.len() > 1 {
            let challenge = self.send(evaluate(&left, &right));
            bind_all(&mut left, challenge);
            bind_all(&mut right, challenge);
        }
        let (mut left, mut right) = (spread(&left), spread(&right));
        while left.len() > 1 {
            let challenge = self.send(evaluate(&left, &right));
            bind_all(&mut left, challenge);
            bind_all(&mut right, challenge);
        }
        ProductSumcheck {
            reduced: self.reduced,
            left: left[0],
            right: right[0],
        }
    }
}

/// Constant and quadratic coefficient of a round.
fn evaluate<N, R>(left: &[N], right: &[R]) -> [EF; 2]
where
    N: Copy + std::ops::Sub<Output = N>,
    R: Lanes + Algebra<N>,
{
    let (left_low, left_high) = left.split_at(left.len() / 2);
    let (right_low, right_high) = right.split_at(right.len() / 2);
    let (mut constant, mut quadratic) = (R::ZERO, R::ZERO);
    for ((&l0, &l1), (&r0, &r1)) in left_low
        .iter()
        .zip(left_high)
        .zip(right_low.iter().zip(right_high))
    {
        constant += r0 * l0;
        quadratic += (r1 - r0) * (l1 - l0);
    }
    [constant.sum(), quadratic.sum()]
}

/// Binds the most significant variable in place.
fn bind_all<R: Lanes>(values: &mut Vec<R>, challenge: EF) {
    let half = values.len() / 2;
    let challenge = R::from(challenge);
    let (low, high) = values.split_at_mut(half);
    for (low, &high) in low.iter_mut().zip(high.iter()) {
        *low = bind(*low, high, challenge);
    }
    values.truncate(half);
}
