//! One layer's sumcheck over `p0 q1 + p1 q0 + lambda q0 q1`, weighted by eq.
//!
//! To `p0`, `lambda q0` is added once the first variable is bound, so that the summand is `p0 q1 + p1 q0`. Each round
//! binds the variable of the one before on its way, block by block, so that a value is read and written once a round.

use std::ops::Range;

use lilliput_verifier::field::EF;
use lilliput_verifier::sumcheck::evaluate_eq_round;
use p3_field::{Algebra, Field, PrimeCharacteristicRing};
use rayon::join;

use super::lists::{Child, Pair, Quarters};
use crate::lanes::{Lanes, SplitEq, TASK, spread};
use crate::transcript::{Transcript, round_challenge};

/// A layer's sumcheck as far as it has come.
pub(super) struct Running<'a> {
    anchor: &'a [EF],
    claim: EF,
    lambda: EF,
    point: Vec<EF>,
    transcript: &'a mut Transcript,
}

impl<'a> Running<'a> {
    pub(super) fn new(
        anchor: &'a [EF],
        claim: EF,
        lambda: EF,
        transcript: &'a mut Transcript,
    ) -> Self {
        Self {
            anchor,
            claim,
            lambda,
            point: Vec::new(),
            transcript,
        }
    }

    /// The point reached.
    pub(super) fn into_point(self) -> Vec<EF> {
        self.point
    }

    /// The first round, over the layer below itself.
    pub(super) fn first<N, R>(&mut self, first: &Child<'_, N, R>, second: &Child<'_, N, R>) -> EF
    where
        N: Copy + Sync + PrimeCharacteristicRing,
        R: Lanes + Algebra<N>,
    {
        let lambda = R::from(self.lambda);
        let half = first.q.len() / 2;
        let stored = second.q.len();
        let eq = SplitEq::<R>::blocks(self.left());
        let message = eq.sum(half, |i| {
            let (p0, q0) = (first.p[i], first.q[i]);
            if i >= stored {
                return [lambda * q0 + p0, R::ZERO];
            }
            let (p0_step, q0_step) = (first.p[i + half] - p0, first.q[i + half] - q0);
            let (p1, q1) = (second.p[i], second.q[i]);
            let (p1_end, q1_end) = if stored > half {
                (second.p[i + half], second.q[i + half])
            } else {
                (N::ZERO, R::ONE)
            };
            [
                (lambda * q0 + p0) * q1 + q0 * p1,
                (lambda * q0_step + p0_step) * (q1_end - q1) + q0_step * (p1_end - p1),
            ]
        });
        self.send(message)
    }

    /// All rounds that are left, the first challenge not bound yet and `lambda q0` not added. Both children's numerators and denominators at the point.
    pub(super) fn rest<'b, R: Lanes>(
        &mut self,
        mut first: Pair<'b, R>,
        mut second: Pair<'b, R>,
        mut challenge: EF,
    ) -> [EF; 4] {
        let mut lambda = Some(R::from(self.lambda));
        let mut half = first.length() / 2;
        while half > 1 {
            let message = self.round(half, [&mut first, &mut second], challenge, lambda.take());
            challenge = self.send(message);
            half /= 2;
        }
        let bound = R::from(challenge);
        first.bind_last(bound);
        second.bind_last(bound);
        if let Some(lambda) = lambda {
            first.add_last(lambda);
        }
        let [p0, q0] = first.at(0);
        let [p1, q1] = second.at(0);
        self.elements([p0, p1, q0, q1])
    }

    /// The rounds within the last vector; `lambda q0` is added.
    pub(super) fn elements<R: Lanes>(&mut self, vectors: [R; 4]) -> [EF; 4] {
        let [mut p0, mut p1, mut q0, mut q1] = vectors.map(|vector| spread(&[vector]));
        let mut half = R::WIDTH / 2;
        let mut challenge = None;
        while half > 0 {
            let eq = SplitEq::<EF>::new(self.left());
            if let Some(challenge) = challenge {
                for list in [&mut p0, &mut p1, &mut q0, &mut q1] {
                    bind_half(list, challenge);
                }
            }
            let message = eq.sum(half, |i| {
                let step = |list: &[EF]| list[i + half] - list[i];
                [
                    p0[i] * q1[i] + p1[i] * q0[i],
                    step(&p0) * step(&q1) + step(&p1) * step(&q0),
                ]
            });
            challenge = Some(self.send(message));
            half /= 2;
        }
        if let Some(challenge) = challenge {
            for list in [&mut p0, &mut p1, &mut q0, &mut q1] {
                bind_half(list, challenge);
            }
        }
        [p0[0] - self.lambda * q0[0], p1[0], q0[0], q1[0]]
    }

    /// Binds a variable, which leaves lists of `length`, and sums the next round over them.
    fn round<R: Lanes>(
        &self,
        length: usize,
        [first, second]: [&mut Pair<'_, R>; 2],
        challenge: EF,
        lambda: Option<R>,
    ) -> [EF; 2] {
        let half = length / 2;
        let eq = SplitEq::<R>::blocks(self.left());
        let round = Round {
            low: &eq.low,
            challenge: R::from(challenge),
            lambda,
        };
        let sums = round.sum(&eq.high, first.quarters(half), second.quarters(half));
        first.truncate(length);
        second.truncate(length);
        sums.map(Lanes::sum)
    }

    /// The anchor's coordinates after the one of the coming round.
    fn left(&self) -> &'a [EF] {
        let anchor = self.anchor;
        anchor.get(self.point.len() + 1..).unwrap_or_default()
    }

    /// Sends a round, given the constant and quadratic coefficient; the linear one follows from the claim.
    fn send(&mut self, [constant, quadratic]: [EF; 2]) -> EF {
        let coordinate = self.anchor[self.point.len()];
        // The coordinate is a challenge: zero once in 2^154 proofs, which then don't verify.
        let inverse = coordinate.try_inverse().unwrap_or(EF::ZERO);
        let message = [(self.claim - constant) * inverse - quadratic, quadratic];
        let challenge = round_challenge(&message, self.transcript);
        self.claim = evaluate_eq_round(&message, self.claim, coordinate, challenge);
        self.point.push(challenge);
        challenge
    }
}

/// One round over lists that are bound on the way.
struct Round<'a, R> {
    /// Weights within a row.
    low: &'a [R],
    challenge: R,
    lambda: Option<R>,
}

impl<R: Lanes> Round<'_, R> {
    /// Binds the rows that have these weights and sums over them, on all cores if there are many.
    fn sum(
        &self,
        weights: &[EF],
        mut first: Quarters<'_, R>,
        mut second: Quarters<'_, R>,
    ) -> [R; 2] {
        if weights.len() * self.low.len() >= 2 * TASK {
            let (weights, weights_rest) = weights.split_at(weights.len() / 2);
            let place = weights.len() * self.low.len();
            let (first, first_rest) = first.split(place);
            let (second, second_rest) = second.split(place);
            let (left, right) = join(
                || self.sum(weights, first, second),
                || self.sum(weights_rest, first_rest, second_rest),
            );
            return [left[0] + right[0], left[1] + right[1]];
        }
        let mut sums = [R::ZERO; 2];
        for (row, &weight) in weights.iter().enumerate() {
            let block = row * self.low.len()..(row + 1) * self.low.len();
            first.bind(&block, self.challenge);
            second.bind(&block, self.challenge);
            if let Some(lambda) = self.lambda {
                first.add(&block, lambda);
            }
            let inner = self.block(&block, &first, &second);
            for (sum, inner) in sums.iter_mut().zip(inner) {
                *sum += inner * weight;
            }
        }
        sums
    }

    /// Constant and quadratic coefficient over a block of pairs.
    fn block(
        &self,
        block: &Range<usize>,
        first: &Quarters<'_, R>,
        second: &Quarters<'_, R>,
    ) -> [R; 2] {
        // The first child is stored as a whole.
        let (Some([p0, q0]), Some([p0_end, q0_end])) = (first.before(block), first.behind(block))
        else {
            return [R::ZERO; 2];
        };
        let Some([p1, q1]) = second.before(block) else {
            let terms = self.low.iter().zip(p0);
            return [terms.map(|(&weight, &p0)| weight * p0).sum(), R::ZERO];
        };
        let ends = second.behind(block);
        let mut sums = [R::ZERO; 2];
        for (i, &weight) in self.low.iter().enumerate() {
            let (p1_end, q1_end) = ends.map_or((R::ZERO, R::ONE), |[p1, q1]| (p1[i], q1[i]));
            sums[0] += weight * (p0[i] * q1[i] + p1[i] * q0[i]);
            let steps =
                (p0_end[i] - p0[i]) * (q1_end - q1[i]) + (p1_end - p1[i]) * (q0_end[i] - q0[i]);
            sums[1] += weight * steps;
        }
        sums
    }
}

fn bind_half(list: &mut Vec<EF>, challenge: EF) {
    let half = list.len() / 2;
    for i in 0..half {
        list[i] = crate::lanes::bind(list[i], list[i + half], challenge);
    }
    list.truncate(half);
}
