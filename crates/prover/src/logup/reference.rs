//! The lookup argument, slow and obvious: the oracle of the fast one.

use lilliput_verifier::field::{EF, extension_from_i64};
use lilliput_verifier::logup::{
    CHILDREN, Fingerprint, LAMBDA, LEAVES, LogUpClaims, MU, Shape, leaf_claims,
};
use lilliput_verifier::point::{eq_table, evaluate, evaluate_tensor};
use p3_field::PrimeCharacteristicRing;

use super::Witness;
use crate::join::reference::valid_indices;
use crate::transcript::{Transcript, round_challenge};

/// Numerators and denominators of one layer.
struct Fractions {
    numerators: Vec<EF>,
    denominators: Vec<EF>,
}

/// As [`super::prove`], by the definition.
#[must_use]
pub fn prove(shape: &Shape, witness: &Witness<'_>, transcript: &mut Transcript) -> LogUpClaims {
    let fingerprint = Fingerprint::draw(|label| transcript.challenge(label));
    let mut tree = vec![leaves(shape, witness, &fingerprint)];
    while let Some(below) = tree.last().filter(|layer| layer.numerators.len() > 2) {
        tree.push(add(below));
    }
    let mut point = Vec::new();
    for below in tree.iter().rev() {
        point = prove_layer(below, &point, transcript);
    }
    let mut values = Vec::new();
    for ((segment, _, placement), own) in shape.placed_segments().zip(witness.segments) {
        let at = &point[point.len() - placement.variables..];
        for list in [Some(own.values), own.results].into_iter().flatten() {
            values.push(evaluate_tensor(list, &segment.axes, at));
        }
    }
    for ((_, placement), counts) in shape.placed_tables().zip(witness.multiplicities) {
        let counts: Vec<EF> = counts.iter().map(|&count| EF::from_u32(count)).collect();
        let at = &point[point.len() - placement.variables..];
        values.push(evaluate(&counts, at));
    }
    transcript.send(LEAVES, &values);
    leaf_claims(shape, values, &point).expect("one value for each leaf")
}

fn leaves(shape: &Shape, witness: &Witness<'_>, fingerprint: &Fingerprint) -> Fractions {
    let mut numerators = vec![EF::ZERO; 1 << shape.variables()];
    let mut denominators = vec![EF::ONE; 1 << shape.variables()];
    for ((segment, table, placement), values) in shape.placed_segments().zip(witness.segments) {
        let block = placement.offset as usize;
        denominators[block..block + (1 << placement.variables)].fill(fingerprint.empty(table));
        for (element, index) in valid_indices(&segment.axes).into_iter().enumerate() {
            let value = extension_from_i64(values.values[element]);
            let result = values.results.map_or(0, |results| results[element]);
            denominators[block + index] -= value + fingerprint.alpha * extension_from_i64(result);
            numerators[block + index] = EF::ONE;
        }
    }
    for ((table, placement), counts) in shape.placed_tables().zip(witness.multiplicities) {
        let block = placement.offset as usize;
        denominators[block..block + (1 << placement.variables)].fill(fingerprint.empty(table));
        for (index, &count) in counts.iter().enumerate() {
            let value = table.table.lo() + index as i64;
            let result = table.table.result(value).unwrap_or(0);
            denominators[block + index] -=
                extension_from_i64(value) + fingerprint.alpha * extension_from_i64(result);
            numerators[block + index] = -EF::from_u32(count);
        }
    }
    Fractions {
        numerators,
        denominators,
    }
}

/// Adds the fraction in the first half to that in the second half.
fn add(below: &Fractions) -> Fractions {
    let half = below.numerators.len() / 2;
    let (p, q) = (&below.numerators, &below.denominators);
    Fractions {
        numerators: (0..half)
            .map(|i| p[i] * q[half + i] + p[half + i] * q[i])
            .collect(),
        denominators: (0..half).map(|i| q[i] * q[half + i]).collect(),
    }
}

/// Reduces a claim on the layer above `below` at `anchor` to one on `below`.
fn prove_layer(below: &Fractions, anchor: &[EF], transcript: &mut Transcript) -> Vec<EF> {
    let half = below.numerators.len() / 2;
    let (p0, p1) = below.numerators.split_at(half);
    let (q0, q1) = below.denominators.split_at(half);
    let mut lists = [p0, p1, q0, q1].map(<[EF]>::to_vec);
    let mut point = Vec::new();
    if !anchor.is_empty() {
        let lambda = transcript.challenge(LAMBDA);
        for round in 0..anchor.len() {
            let weights = eq_table(&anchor[round + 1..]);
            let t = [EF::ZERO, EF::ONE, EF::TWO].map(|at| {
                let [p0, p1, q0, q1] = lists.each_ref().map(|list| bind(list, at));
                let sum = (0..weights.len())
                    .map(|i| weights[i] * (p0[i] * q1[i] + p1[i] * q0[i] + lambda * q0[i] * q1[i]));
                sum.sum::<EF>()
            });
            let quadratic = (t[2] - t[1].double() + t[0]).halve();
            let message = [t[1] - t[0] - quadratic, quadratic];
            let challenge = round_challenge(&message, transcript);
            lists = lists.map(|list| bind(&list, challenge));
            point.push(challenge);
        }
    }
    let children = lists.map(|list| list[0]);
    transcript.send(CHILDREN, &children);
    point.insert(0, transcript.challenge(MU));
    point
}

/// The list with its first variable bound to `at`.
fn bind(list: &[EF], at: EF) -> Vec<EF> {
    let half = list.len() / 2;
    (0..half)
        .map(|i| list[i] + at * (list[half + i] - list[i]))
        .collect()
}
