//! One layer's sumcheck over `p0 q1 + p1 q0 + lambda q0 q1`, weighted by eq.

use lilliput_verifier::field::EF;
use lilliput_verifier::sumcheck::evaluate_eq_round;
use p3_field::{Algebra, Field, PrimeCharacteristicRing};

use crate::lanes::{Lanes, SplitEq, bind, spread};
use crate::transcript::{Transcript, round_challenge};

/// Both children's numerators and denominators in a round: `p0, p1, q0, q1`. To `p0`, `lambda q0` is
/// added, so that the summand is `p0 q1 + p1 q0`. Kept from layer to layer: memory given back and asked for
/// again costs a fifth of the time.
pub(super) struct Buffers<R>([Vec<R>; 4]);

impl<R: Lanes> Buffers<R> {
    /// For layers of up to `length` entries below.
    pub(super) fn new(length: usize) -> Self {
        Self(std::array::from_fn(|_| vec![R::ZERO; length / 4]))
    }
}

/// A layer's sumcheck as far as it has come.
pub(super) struct Running<'a> {
    anchor: &'a [EF],
    claim: EF,
    point: Vec<EF>,
    transcript: &'a mut Transcript,
}

impl<'a> Running<'a> {
    pub(super) fn new(anchor: &'a [EF], claim: EF, transcript: &'a mut Transcript) -> Self {
        Self {
            anchor,
            claim,
            point: Vec::new(),
            transcript,
        }
    }

    /// The point reached.
    pub(super) fn into_point(self) -> Vec<EF> {
        self.point
    }

    /// Runs all rounds over the layer below; gives both children's numerators and denominators at the
    /// point.
    pub(super) fn run<N, R>(
        &mut self,
        numerators: &[N],
        denominators: &[R],
        lambda: EF,
        buffers: &mut Buffers<R>,
    ) -> [EF; 4]
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let lanes_lambda = R::from(lambda);
        let last = if denominators.len() == 2 {
            // One vector a child: its lanes are all that is left to sum over.
            let (p, q) = (numerators, denominators);
            [lanes_lambda * q[0] + p[0], R::ONE * p[1], q[0], q[1]]
        } else {
            self.vectors(numerators, denominators, lanes_lambda, buffers)
        };
        let [p0, p1, q0, q1] = self.elements(last);
        [p0 - lambda * q0, p1, q0, q1]
    }

    /// The rounds until one vector a child is left.
    fn vectors<N, R>(
        &mut self,
        numerators: &[N],
        denominators: &[R],
        lambda: R,
        buffers: &mut Buffers<R>,
    ) -> [R; 4]
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let message = self.first_round(numerators, denominators, lambda);
        let challenge = R::from(self.send(message));
        let mut length = denominators.len() / 4;
        let mut lists = buffers.0.each_mut().map(|list| &mut list[..length]);
        first_fold(numerators, denominators, lambda, challenge, &mut lists);
        while length > 1 {
            length /= 2;
            let message = self.round(length, &lists);
            let challenge = R::from(self.send(message));
            lists = lists.map(|list| {
                let (low, high) = list.split_at_mut(length);
                for (low, &high) in low.iter_mut().zip(high.iter()) {
                    *low = bind(*low, high, challenge);
                }
                low
            });
        }
        lists.map(|list| list[0])
    }

    /// The rounds within the last vector.
    fn elements<R: Lanes>(&mut self, vectors: [R; 4]) -> [EF; 4] {
        let mut lists = vectors.map(|vector| spread(&[vector]));
        let mut length = R::WIDTH;
        while length > 1 {
            length /= 2;
            let message = self.round(length, &lists.each_mut().map(|list| &mut list[..]));
            let challenge = self.send(message);
            for list in &mut lists {
                for i in 0..length {
                    list[i] = bind(list[i], list[i + length], challenge);
                }
                list.truncate(length);
            }
        }
        lists.map(|list| list[0])
    }

    /// Constant and quadratic coefficient of a round over lists of twice that length.
    fn round<R: Lanes>(&self, length: usize, lists: &[&mut [R]; 4]) -> [EF; 2] {
        let [p0, p1, q0, q1] = lists.each_ref().map(|list| halves(list));
        SplitEq::<R>::new(self.left()).sum(length, |i| {
            let step = |list: [&[R]; 2]| list[1][i] - list[0][i];
            [
                p0[0][i] * q1[0][i] + p1[0][i] * q0[0][i],
                step(p0) * step(q1) + step(p1) * step(q0),
            ]
        })
    }

    /// Constant and quadratic coefficient of the first round, from the layer itself.
    fn first_round<N, R>(&self, numerators: &[N], denominators: &[R], lambda: R) -> [EF; 2]
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let [p0, p1] = halves(numerators).map(halves);
        let [q0, q1] = halves(denominators).map(halves);
        let eq = SplitEq::<R>::new(self.left());
        eq.sum(p0[0].len(), |i| {
            let (low0, low1) = (q0[0][i], q1[0][i]);
            let (step0, step1) = (q0[1][i] - low0, q1[1][i] - low1);
            [
                (lambda * low0 + p0[0][i]) * low1 + low0 * p1[0][i],
                (lambda * step0 + (p0[1][i] - p0[0][i])) * step1 + step0 * (p1[1][i] - p1[0][i]),
            ]
        })
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

/// Binds the first variable of a layer.
fn first_fold<N, R>(
    numerators: &[N],
    denominators: &[R],
    lambda: R,
    challenge: R,
    lists: &mut [&mut [R]; 4],
) where
    N: Copy + std::ops::Sub<Output = N>,
    R: Lanes + Algebra<N>,
{
    let [p0, p1] = halves(numerators).map(halves);
    let [q0, q1] = halves(denominators).map(halves);
    let [out_p0, out_p1, out_q0, out_q1] = lists;
    let fold = |out: &mut [R], [low, high]: [&[R]; 2]| {
        for (out, (&low, &high)) in out.iter_mut().zip(low.iter().zip(high)) {
            *out = bind(low, high, challenge);
        }
    };
    fold(out_q0, q0);
    fold(out_q1, q1);
    for (out, (&low, &high)) in out_p1.iter_mut().zip(p1[0].iter().zip(p1[1])) {
        *out = bind(low, high, challenge);
    }
    let cells = p0[0].iter().zip(p0[1]).zip(out_q0.iter());
    for (out, ((&low, &high), &q0)) in out_p0.iter_mut().zip(cells) {
        *out = lambda * q0 + bind::<N, R>(low, high, challenge);
    }
}

fn halves<T>(list: &[T]) -> [&[T]; 2] {
    let (low, high) = list.split_at(list.len() / 2);
    [low, high]
}
