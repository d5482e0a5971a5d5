//! The tree of fraction sums.

use lilliput_verifier::field::EF;
use lilliput_verifier::logup::Layer;
use lilliput_verifier::sumcheck::{EqSumcheck, evaluate_eq_round, round_challenge};
use lilliput_verifier::transcript::Transcript;
use p3_field::{Algebra, Field, PackedValue, PrimeCharacteristicRing};

use super::leaves::Leaves;
use crate::lanes::{Lanes, PackedF, SplitEq, WIDTH, bind, spread};

/// A layer's fractions.
struct Fractions<R> {
    numerators: Vec<R>,
    denominators: Vec<R>,
}

/// Shows the tree over the leaves: its layers from the root down and the point of the leaves that is left.
pub(super) fn prove(leaves: &Leaves, transcript: &mut Transcript) -> (Vec<Layer>, Vec<EF>) {
    let cells = leaves.numerators.len();
    let mut walk = Walk {
        transcript,
        layers: Vec::new(),
        point: Vec::new(),
        claim: (EF::ZERO, EF::ZERO),
    };
    if cells < 4 * WIDTH {
        let numerators = leaves
            .numerators
            .iter()
            .map(|&value| EF::from(value))
            .collect();
        let mut denominators = spread(&leaves.denominators);
        denominators.truncate(cells);
        walk.scalars(Fractions {
            numerators,
            denominators,
        });
        return (walk.layers, walk.point);
    }
    let numerators = PackedF::pack_slice(&leaves.numerators);
    let mut packed = vec![add(numerators, &leaves.denominators)];
    // Halves of a layer must be whole vectors to be added in lanes; the root has two elements.
    let splits = |vectors: usize| vectors > 1 && vectors * WIDTH > 2;
    while let Some(below) = packed.last().filter(|layer| splits(layer.numerators.len())) {
        packed.push(add(&below.numerators, &below.denominators));
    }
    if let Some(last) = packed.pop() {
        walk.scalars(Fractions {
            numerators: spread(&last.numerators),
            denominators: spread(&last.denominators),
        });
    }
    for layer in packed.iter().rev() {
        walk.layer(&layer.numerators, &layer.denominators);
    }
    drop(packed);
    walk.layer(numerators, &leaves.denominators);
    (walk.layers, walk.point)
}

/// Adds the fractions of the first half to those of the second.
fn add<N, R>(numerators: &[N], denominators: &[R]) -> Fractions<R>
where
    N: Copy,
    R: Lanes + Algebra<N>,
{
    let (p0, p1) = numerators.split_at(numerators.len() / 2);
    let (q0, q1) = denominators.split_at(denominators.len() / 2);
    let cells = || p0.iter().zip(p1).zip(q0.iter().zip(q1));
    Fractions {
        numerators: cells()
            .map(|((&p0, &p1), (&q0, &q1))| q1 * p0 + q0 * p1)
            .collect(),
        denominators: cells().map(|(_, (&q0, &q1))| q0 * q1).collect(),
    }
}

/// The way down, layer by layer.
struct Walk<'a> {
    transcript: &'a mut Transcript,
    layers: Vec<Layer>,
    /// Where the claim on the last layer stands.
    point: Vec<EF>,
    /// Numerator and denominator there.
    claim: (EF, EF),
}

impl Walk<'_> {
    /// Builds and shows a whole small tree.
    fn scalars(&mut self, leaves: Fractions<EF>) {
        let mut tree = vec![leaves];
        while let Some(below) = tree.last().filter(|layer| layer.numerators.len() > 2) {
            tree.push(add(&below.numerators, &below.denominators));
        }
        for layer in tree.iter().rev() {
            self.layer(&layer.numerators, &layer.denominators);
        }
    }

    /// Reduces the claim to one on the layer below, given here.
    fn layer<N, R>(&mut self, numerators: &[N], denominators: &[R])
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let mut rounds = Vec::new();
        let mut reduced = Vec::new();
        let children = if self.point.is_empty() {
            let (p, q) = (numerators, denominators);
            [R::ONE * p[0], R::ONE * p[1], q[0], q[1]].map(Lanes::sum)
        } else {
            let lambda = self.transcript.challenge("logup lambda");
            let mut running = Running {
                anchor: &self.point,
                claim: self.claim.0 + lambda * self.claim.1,
                rounds: &mut rounds,
                point: &mut reduced,
                transcript: self.transcript,
            };
            running.run(numerators, denominators, lambda)
        };
        self.transcript.absorb("logup children", &children);
        let mu = self.transcript.challenge("logup mu");
        let [p0, p1, q0, q1] = children;
        self.claim = (p0 + mu * (p1 - p0), q0 + mu * (q1 - q0));
        self.point = std::iter::once(mu).chain(reduced).collect();
        self.layers.push(Layer {
            sumcheck: EqSumcheck { rounds },
            children,
        });
    }
}

/// One layer's sumcheck over `p0 q1 + p1 q0 + lambda q0 q1`.
struct Running<'a> {
    anchor: &'a [EF],
    claim: EF,
    rounds: &'a mut Vec<[EF; 2]>,
    point: &'a mut Vec<EF>,
    transcript: &'a mut Transcript,
}

/// Both children's numerators and denominators; `p0` has `lambda q0` added, so that the summand is
/// `p0 q1 + p1 q0`.
struct Children<R> {
    p0: Vec<R>,
    p1: Vec<R>,
    q0: Vec<R>,
    q1: Vec<R>,
}

impl Running<'_> {
    fn run<N, R>(&mut self, numerators: &[N], denominators: &[R], lambda: EF) -> [EF; 4]
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let [p0, p1, q0, q1] = if denominators.len() == 2 {
            // One vector a child: its lanes are all that is left to sum over.
            let (p, q) = (numerators, denominators);
            let lists = [R::ONE * p[0] + q[0] * lambda, R::ONE * p[1], q[0], q[1]];
            self.finish(lists.map(|list| vec![list]))
        } else {
            let message = self.first_round(numerators, denominators, lambda);
            let mut challenge = self.send(message);
            let mut children = first_fold(numerators, denominators, lambda, challenge);
            while children.p0.len() > 1 {
                let message = children.evaluate(self.anchor, self.point.len());
                challenge = self.send(message);
                children.fold(challenge);
            }
            self.finish([children.p0, children.p1, children.q0, children.q1])
        };
        [p0 - lambda * q0, p1, q0, q1]
    }

    /// The rounds within the last vector, one element at a time.
    fn finish<R: Lanes>(&mut self, lists: [Vec<R>; 4]) -> [EF; 4] {
        let [p0, p1, q0, q1] = lists.map(|list| spread(&list));
        let mut children = Children { p0, p1, q0, q1 };
        while children.p0.len() > 1 {
            let message = children.evaluate(self.anchor, self.point.len());
            let challenge = self.send(message);
            children.fold(challenge);
        }
        [
            children.p0[0],
            children.p1[0],
            children.q0[0],
            children.q1[0],
        ]
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
        self.rounds.push(message);
        challenge
    }

    /// Constant and quadratic coefficient of the first round, from the layer itself.
    fn first_round<N, R>(&self, numerators: &[N], denominators: &[R], lambda: EF) -> [EF; 2]
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let [p0, p1] = halves(numerators).map(halves);
        let [q0, q1] = halves(denominators).map(halves);
        // The part with lambda is summed apart: lambda is multiplied once.
        let mut sums = [EF::ZERO; 4];
        weighted(&self.anchor[1..], &mut sums, |i: usize| {
            let (low0, low1) = (q0[0][i], q1[0][i]);
            let (step0, step1) = (q0[1][i] - low0, q1[1][i] - low1);
            [
                low1 * p0[0][i] + low0 * p1[0][i],
                low0 * low1,
                step1 * (p0[1][i] - p0[0][i]) + step0 * (p1[1][i] - p1[0][i]),
                step0 * step1,
            ]
        });
        [sums[0] + lambda * sums[1], sums[2] + lambda * sums[3]]
    }
}

/// Adds `sum over i of eq(anchor, i) terms(i)` to the totals, lanes included.
fn weighted<R: Lanes, const N: usize>(
    anchor: &[EF],
    totals: &mut [EF; N],
    terms: impl Fn(usize) -> [R; N],
) {
    let eq = SplitEq::<R>::new(anchor);
    let mut outer = [R::ZERO; N];
    for (row, &weight) in eq.high.iter().enumerate() {
        let start = row * eq.low.len();
        let mut inner = [R::ZERO; N];
        for (column, &weight) in eq.low.iter().enumerate() {
            let terms = terms(start + column);
            for (inner, term) in inner.iter_mut().zip(terms) {
                *inner += weight * term;
            }
        }
        for (outer, inner) in outer.iter_mut().zip(inner) {
            *outer += inner * weight;
        }
    }
    for (total, outer) in totals.iter_mut().zip(outer) {
        *total += outer.sum();
    }
}

fn halves<T>(list: &[T]) -> [&[T]; 2] {
    let (low, high) = list.split_at(list.len() / 2);
    [low, high]
}

/// Binds the first variable of a layer.
fn first_fold<N, R>(numerators: &[N], denominators: &[R], lambda: EF, challenge: EF) -> Children<R>
where
    N: Copy + std::ops::Sub<Output = N>,
    R: Lanes + Algebra<N>,
{
    let challenge = R::from(challenge);
    let lambda = R::from(lambda);
    let [p0, p1] = halves(numerators).map(halves);
    let [q0, q1] = halves(denominators).map(halves);
    let fold = |[low, high]: [&[R]; 2]| -> Vec<R> {
        low.iter()
            .zip(high)
            .map(|(&low, &high)| bind(low, high, challenge))
            .collect()
    };
    let (q0, q1) = (fold(q0), fold(q1));
    let numerator = |[low, high]: [&[N]; 2], i: usize| bind(low[i], high[i], challenge);
    Children {
        p0: (0..q0.len())
            .map(|i| numerator(p0, i) + lambda * q0[i])
            .collect(),
        p1: (0..q0.len()).map(|i| numerator(p1, i)).collect(),
        q0,
        q1,
    }
}

impl<R: Lanes> Children<R> {
    /// Constant and quadratic coefficient of a round.
    fn evaluate(&self, anchor: &[EF], round: usize) -> [EF; 2] {
        let [p0, p1, q0, q1] = [&self.p0, &self.p1, &self.q0, &self.q1].map(|list| halves(list));
        let mut sums = [EF::ZERO; 2];
        weighted(&anchor[round + 1..], &mut sums, |i: usize| {
            let step = |list: [&[R]; 2]| list[1][i] - list[0][i];
            [
                p0[0][i] * q1[0][i] + p1[0][i] * q0[0][i],
                step(p0) * step(q1) + step(p1) * step(q0),
            ]
        });
        sums
    }

    /// Binds the first variable that is left.
    fn fold(&mut self, challenge: EF) {
        let challenge = R::from(challenge);
        for list in [&mut self.p0, &mut self.p1, &mut self.q0, &mut self.q1] {
            let half = list.len() / 2;
            let (low, high) = list.split_at_mut(half);
            for (low, &high) in low.iter_mut().zip(high.iter()) {
                *low = bind(*low, high, challenge);
            }
            list.truncate(half);
        }
    }
}
