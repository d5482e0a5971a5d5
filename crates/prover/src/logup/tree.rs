//! The tree of fraction sums: built from the leaves up, shown from the root down.

use lilliput_verifier::field::EF;
use lilliput_verifier::logup::{CHILDREN, LAMBDA, MU};
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};

use super::layer::{Buffers, Running};
use super::leaves::Leaves;
use crate::lanes::{Lanes, PackedF, WIDTH, spread};
use crate::transcript::Transcript;

/// A layer's fractions.
struct Fractions<R> {
    numerators: Vec<R>,
    denominators: Vec<R>,
}

/// Shows the tree over the leaves, layer by layer from the root down; gives the point of the leaves that is left.
pub(super) fn prove(leaves: &Leaves, transcript: &mut Transcript) -> Vec<EF> {
    let cells = leaves.numerators.len();
    let mut walk = Walk {
        transcript,
        point: Vec::new(),
        claim: (EF::ZERO, EF::ZERO),
    };
    if cells < 4 * WIDTH {
        let numerators = leaves.numerators.iter().map(|&value| EF::from(value));
        let mut denominators = spread(&leaves.denominators);
        denominators.truncate(cells);
        walk.scalars(Fractions {
            numerators: numerators.collect(),
            denominators,
        });
        return walk.point;
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
    let mut buffers = Buffers::new(leaves.denominators.len());
    while let Some(layer) = packed.pop() {
        walk.layer(&layer.numerators, &layer.denominators, &mut buffers);
    }
    walk.layer(numerators, &leaves.denominators, &mut buffers);
    walk.point
}

/// Adds the fractions of the first half to those of the second.
fn add<N, R>(numerators: &[N], denominators: &[R]) -> Fractions<R>
where
    N: Copy,
    R: Lanes + Algebra<N>,
{
    let half = denominators.len() / 2;
    let (p0, p1) = numerators.split_at(half);
    let (q0, q1) = denominators.split_at(half);
    let mut above = Fractions {
        numerators: Vec::with_capacity(half),
        denominators: Vec::with_capacity(half),
    };
    for ((&p0, &p1), (&q0, &q1)) in p0.iter().zip(p1).zip(q0.iter().zip(q1)) {
        above.numerators.push(q1 * p0 + q0 * p1);
        above.denominators.push(q0 * q1);
    }
    above
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
        let mut buffers = Buffers::new(leaves.denominators.len());
        let mut tree = vec![leaves];
        while let Some(below) = tree.last().filter(|layer| layer.numerators.len() > 2) {
            tree.push(add(&below.numerators, &below.denominators));
        }
        while let Some(layer) = tree.pop() {
            self.layer(&layer.numerators, &layer.denominators, &mut buffers);
        }
    }

    /// Reduces the claim to one on the layer below, given here.
    fn layer<N, R>(&mut self, numerators: &[N], denominators: &[R], buffers: &mut Buffers<R>)
    where
        N: Copy + std::ops::Sub<Output = N>,
        R: Lanes + Algebra<N>,
    {
        let mut reduced = Vec::new();
        let children = if self.point.is_empty() {
            let (p, q) = (numerators, denominators);
            [R::ONE * p[0], R::ONE * p[1], q[0], q[1]].map(Lanes::sum)
        } else {
            let lambda = self.transcript.challenge(LAMBDA);
            let claim = self.claim.0 + lambda * self.claim.1;
            let mut running = Running::new(&self.point, claim, self.transcript);
            let children = running.run(numerators, denominators, lambda, buffers);
            reduced = running.into_point();
            children
        };
        self.transcript.send(CHILDREN, &children);
        let mu = self.transcript.challenge(MU);
        let [p0, p1, q0, q1] = children;
        self.claim = (p0 + mu * (p1 - p0), q0 + mu * (q1 - q0));
        self.point = std::iter::once(mu).chain(reduced).collect();
    }
}
