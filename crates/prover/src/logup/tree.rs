//! The tree of fraction sums: built from the leaves up, shown from the root down.
//!
//! Layers are bound in place, and the leaves' numerators where the layer above them was: memory given back and asked
//! for again costs a fifth of the time. That layer is made twice: kept while the others are, it would be a third of all.

use lilliput_verifier::field::EF;
use lilliput_verifier::logup::{CHILDREN, LAMBDA, MU};
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;

use super::layer::Running;
use super::leaves::Leaves;
use super::lists::{Child, Pair, bound};
use crate::lanes::{Lanes, PackedEF, PackedF, TASK, WIDTH, spread};
use crate::transcript::Transcript;

/// A layer's fractions.
struct Fractions<R> {
    numerators: Vec<R>,
    denominators: Vec<R>,
}

/// Shows the tree over the leaves, layer by layer from the root down; gives the point of the leaves that is
/// left, and the leaves, whose denominators are used up.
pub(super) fn prove(mut leaves: Leaves, transcript: &mut Transcript) -> (Vec<EF>, Leaves) {
    let mut walk = Walk {
        transcript,
        point: Vec::new(),
        claim: (EF::ZERO, EF::ZERO),
    };
    if leaves.cells < 8 * WIDTH {
        let numerators = leaves.numerators.iter().map(|&value| EF::from(value));
        let mut denominators = spread(&leaves.denominators);
        denominators.truncate(leaves.cells);
        walk.scalars(Fractions {
            numerators: numerators.collect(),
            denominators,
        });
        return (walk.point, leaves);
    }
    let half = leaves.cells / 2 / WIDTH;
    let numerators = PackedF::pack_slice(&leaves.numerators);
    let mut packed = vec![add_twice(numerators, &leaves.denominators, half)];
    // Halves of a layer must be whole vectors to be added in lanes; the root has two elements.
    let splits = |vectors: usize| vectors > 1 && vectors * WIDTH > 2;
    while let Some(below) = packed.last().filter(|layer| splits(layer.numerators.len())) {
        let half = below.numerators.len() / 2;
        packed.push(add(&below.numerators, &below.denominators, half));
    }
    if let Some(last) = packed.pop() {
        walk.scalars(Fractions {
            numerators: spread(&last.numerators),
            denominators: spread(&last.denominators),
        });
    }
    while let Some(mut layer) = packed.pop() {
        walk.layer(&mut layer);
    }
    let mut above = add(numerators, &leaves.denominators, half);
    walk.layer(&mut above);
    let mut buffer = above.numerators;
    walk.leaves(numerators, &mut leaves.denominators, half, &mut buffer);
    (walk.point, leaves)
}

/// Adds the fractions of the first half, of that length, to those of the second, which goes on with `0 / 1`.
fn add<N, R>(numerators: &[N], denominators: &[R], half: usize) -> Fractions<R>
where
    N: Copy + Sync,
    R: Lanes + Algebra<N>,
{
    let (p0, p1) = numerators.split_at(half);
    let (q0, q1) = denominators.split_at(half);
    let mut above = sums(p1.len(), |i| {
        let (q0, q1) = (q0[i], q1[i]);
        (q1 * p0[i] + q0 * p1[i], q0 * q1)
    });
    let alone = p0[p1.len()..].iter();
    above
        .numerators
        .extend(alone.map(|&p0| <R as From<N>>::from(p0)));
    above.denominators.extend_from_slice(&q0[q1.len()..]);
    above
}

/// Fractions by their index, on all cores if there are many.
fn sums<R: Lanes>(length: usize, sum: impl Fn(usize) -> (R, R) + Sync + Send) -> Fractions<R> {
    let (numerators, denominators) = if length < 2 * TASK {
        (0..length).map(sum).unzip()
    } else {
        let all = (0..length).into_par_iter().with_min_len(TASK);
        all.map(sum).unzip()
    };
    Fractions {
        numerators,
        denominators,
    }
}

/// The layer above the one that [`add`] gives.
fn add_twice<N, R>(numerators: &[N], denominators: &[R], half: usize) -> Fractions<R>
where
    N: Copy + Sync,
    R: Lanes + Algebra<N>,
{
    let sum = |i: usize| {
        let (p0, q0) = (numerators[i], denominators[i]);
        match denominators.get(half + i) {
            Some(&q1) => (q1 * p0 + q0 * numerators[half + i], q0 * q1),
            None => (<R as From<N>>::from(p0), q0),
        }
    };
    let quarter = half / 2;
    sums(quarter, |i| {
        let ((p0, q0), (p1, q1)) = (sum(i), sum(quarter + i));
        (q1 * p0 + q0 * p1, q0 * q1)
    })
}

/// The way down, layer by layer.
struct Walk<'a> {
    transcript: &'a mut Transcript,
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
            let half = below.numerators.len() / 2;
            tree.push(add(&below.numerators, &below.denominators, half));
        }
        while let Some(mut layer) = tree.pop() {
            self.layer(&mut layer);
        }
    }

    /// Reduces the claim to one on the layer below, given here.
    fn layer<R: Lanes>(&mut self, layer: &mut Fractions<R>) {
        let half = layer.numerators.len() / 2;
        let (p0, p1) = layer.numerators.split_at_mut(half);
        let (q0, q1) = layer.denominators.split_at_mut(half);
        let Some(lambda) = self.lambda() else {
            self.end([p0[0], p1[0], q0[0], q1[0]].map(Lanes::sum), Vec::new());
            return;
        };
        let claim = self.claim.0 + lambda * self.claim.1;
        let mut running = Running::new(&self.point, claim, lambda, self.transcript);
        let children = if half == 1 {
            // One vector a child: its lanes are all that is left to sum over.
            running.elements([p0[0] + q0[0] * lambda, p1[0], q0[0], q1[0]])
        } else {
            let challenge = running.first(&Child { p: p0, q: q0 }, &Child { p: p1, q: q1 });
            running.rest(Pair::new(p0, q0), Pair::new(p1, q1), challenge)
        };
        let reduced = running.into_point();
        self.end(children, reduced);
    }

    /// The same for the leaves, of which each child has `half` entries; numerators are bound to where `buffer` is.
    fn leaves(
        &mut self,
        numerators: &[PackedF],
        denominators: &mut [PackedEF],
        half: usize,
        buffer: &mut [PackedEF],
    ) {
        let (p0, p1) = numerators.split_at(half);
        let (q0, q1) = denominators.split_at_mut(half);
        let lambda = self.lambda().unwrap_or_default();
        let claim = self.claim.0 + lambda * self.claim.1;
        let mut running = Running::new(&self.point, claim, lambda, self.transcript);
        let challenge = running.first(&Child { p: p0, q: q0 }, &Child { p: p1, q: q1 });
        let lanes = PackedEF::from(challenge);
        let (bound0, bound1) = buffer.split_at_mut(half / 2);
        bound(p0, half / 2, lanes, bound0);
        bound(p1, half / 2, lanes, bound1);
        let stored = p1.len().min(half / 2);
        let first = Pair::ahead(bound0, q0);
        let second = Pair::ahead(&mut bound1[..stored], q1);
        let children = running.rest(first, second, challenge);
        let reduced = running.into_point();
        self.end(children, reduced);
    }

    /// Combines numerator and denominator; nothing before the first layer.
    fn lambda(&mut self) -> Option<EF> {
        (!self.point.is_empty()).then(|| self.transcript.challenge(LAMBDA))
    }

    fn end(&mut self, children: [EF; 4], reduced: Vec<EF>) {
        self.transcript.send(CHILDREN, &children);
        let mu = self.transcript.challenge(MU);
        let [p0, p1, q0, q1] = children;
        self.claim = (p0 + mu * (p1 - p0), q0 + mu * (q1 - q0));
        self.point = std::iter::once(mu).chain(reduced).collect();
    }
}
