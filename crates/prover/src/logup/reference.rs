//! The lookup argument, slow and obvious: the oracle of the fast one.

use lilliput_verifier::field::{EF, extension_from_i64};
use lilliput_verifier::logup::{
    Fingerprint, Layer, LogUp, LogUpClaims, SegmentLeaf, Shape, absorb_leaves, leaf_claims,
};
use lilliput_verifier::point::{eq_table, evaluate, evaluate_tensor};
use lilliput_verifier::sumcheck::{EqSumcheck, round_challenge};
use lilliput_verifier::transcript::Transcript;
use p3_field::PrimeCharacteristicRing;

use super::Witness;
use crate::join::reference::valid_indices;

/// Numerators and denominators of one layer.
struct Fractions {
    numerators: Vec<EF>,
    denominators: Vec<EF>,
}

/// As [`super::prove`], by the definition.
#[must_use]
pub fn prove(
    shape: &Shape,
    witness: &Witness<'_>,
    transcript: &mut Transcript,
) -> (LogUp, LogUpClaims) {
    let fingerprint = Fingerprint::draw(transcript);
    let mut tree = vec![leaves(shape, witness, &fingerprint)];
    while let Some(below) = tree.last().filter(|layer| layer.numerators.len() > 2) {
        tree.push(add(below));
    }
    let mut layers = Vec::new();
    let mut point = Vec::new();
    for below in tree.iter().rev() {
        let (layer, reduced) = prove_layer(below, &point, transcript);
        point = reduced;
        layers.push(layer);
    }
    let segments = shape.placed_segments().zip(witness.segments);
    let segments = segments
        .map(|((segment, _, placement), values)| {
            let own = &point[point.len() - placement.variables..];
            let at = |values: &[i64]| evaluate_tensor(values, &segment.axes, own);
            SegmentLeaf {
                value: at(values.values),
                result: values.results.map(at),
            }
        })
        .collect();
    let tables = shape.placed_tables().zip(witness.multiplicities);
    let multiplicities = tables
        .map(|((_, placement), counts)| {
            let counts: Vec<EF> = counts.iter().map(|&count| EF::from_u32(count)).collect();
            evaluate(&counts, &point[point.len() - placement.variables..])
        })
        .collect();
    let proof = LogUp {
        layers,
        segments,
        multiplicities,
    };
    absorb_leaves(&proof, transcript);
    let claims = leaf_claims(shape, &proof, &point);
    (proof, claims)
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
fn prove_layer(below: &Fractions, anchor: &[EF], transcript: &mut Transcript) -> (Layer, Vec<EF>) {
    let half = below.numerators.len() / 2;
    let (p0, p1) = below.numerators.split_at(half);
    let (q0, q1) = below.denominators.split_at(half);
    let mut lists = [p0, p1, q0, q1].map(<[EF]>::to_vec);
    let mut rounds = Vec::new();
    let mut point = Vec::new();
    if !anchor.is_empty() {
        let lambda = transcript.challenge("logup lambda");
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
            rounds.push(message);
            point.push(challenge);
        }
    }
    let children = lists.map(|list| list[0]);
    transcript.absorb("logup children", &children);
    point.insert(0, transcript.challenge("logup mu"));
    (
        Layer {
            sumcheck: EqSumcheck { rounds },
            children,
        },
        point,
    )
}

/// The list with its first variable bound to `at`.
fn bind(list: &[EF], at: EF) -> Vec<EF> {
    let half = list.len() / 2;
    (0..half)
        .map(|i| list[i] + at * (list[half + i] - list[i]))
        .collect()
}
