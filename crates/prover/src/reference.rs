//! The reference prover: every step by its definition, on single elements, as slow as it is plain.
//!
//! It shares the order of steps, the lookup of values in a run and the commitment with the fast prover, and no
//! arithmetic. It gives the same bytes; where it doesn't, one of the two has a fault.

use lilliput_graph::{Tensor, TensorId};
use lilliput_verifier::field::{EF, F, extension_from_i64};
use lilliput_verifier::join::BlockClaim;
use lilliput_verifier::layers::axes::{axis_variables, padded};
use lilliput_verifier::layers::conv::Spread;
use lilliput_verifier::layers::{Folded, Product, Weight};
use lilliput_verifier::logup::{LogUpClaims, Shape};
use lilliput_verifier::point::eq_at_index;
use lilliput_verifier::sumcheck::Reduced;
use lilliput_verifier::{Proof, Task};
use p3_field::PrimeCharacteristicRing;

use crate::layers::{Backend, Finished, Values};
use crate::logup::Witness;
use crate::prove::{ProveError, Request, prove_with};
use crate::setup::ProvingKey;
use crate::transcript::{Transcript, round_challenge};

/// As [`crate::prove()`], by the definitions.
///
/// # Errors
///
/// [`ProveError`].
pub fn prove(key: &ProvingKey, request: &Request, inputs: &[Tensor]) -> Result<Proof, ProveError> {
    prove_with::<Reference>(key, request, inputs, Task::ANSWER)
}

/// The slow backend.
#[derive(Clone, Copy, Debug)]
pub struct Reference;

impl Backend for Reference {
    fn lookups(shape: &Shape, witness: &Witness<'_>, transcript: &mut Transcript) -> LogUpClaims {
        crate::logup::reference::prove(shape, witness, transcript)
    }

    fn join(
        claims: &[BlockClaim],
        values: &[F],
        columns: usize,
        transcript: &mut Transcript,
    ) -> crate::join::Folded {
        crate::join::reference::prove(claims, values, columns, transcript)
    }

    fn evaluate(values: &Values<'_>, tensor: TensorId, point: &[EF]) -> EF {
        let (axes, _) = values.tensor(tensor);
        let mut rest = point;
        let coordinates = axes.iter().enumerate().map(|(axis, &length)| {
            let (own, left) = rest.split_at(axis_variables(length));
            rest = left;
            (axis, own)
        });
        let folded = Folded {
            tensor,
            fixed: coordinates.collect(),
            kept: Vec::new(),
        };
        fold(values, &folded)[0]
    }

    fn product(
        values: &Values<'_>,
        product: &Product<'_, EF>,
        transcript: &mut Transcript,
    ) -> Finished {
        let share = 1 << product.share_variables();
        let stacked = product.tensors.len().next_power_of_two();
        let mut left = vec![EF::ZERO; share * stacked];
        for (index, tensor) in product.tensors.iter().enumerate() {
            for (cell, value) in fold(values, tensor).into_iter().enumerate() {
                left[index * share + cell] = value;
            }
        }
        let right = dense(values, &product.weight, left.len());
        let mut finished = rounds(product, left, right, transcript);
        if product.tensors.len() > 1 {
            finished.tensors = product
                .tensors
                .iter()
                .map(|tensor| {
                    let vector = fold(values, tensor);
                    let point = &finished.reduced.point;
                    let own = &point[point.len() - vector.len().ilog2() as usize..];
                    let terms = vector.iter().zip(0..);
                    terms
                        .map(|(&value, cell)| value * eq_at_index(own, cell))
                        .sum()
                })
                .collect();
        }
        finished
    }
}

/// All rounds: at 0, 1 and 2, then interpolated.
fn rounds(
    product: &Product<'_, EF>,
    mut left: Vec<EF>,
    mut right: Vec<EF>,
    transcript: &mut Transcript,
) -> Finished {
    let mut point = Vec::new();
    for round in 0..product.variables {
        let half = left.len() / 2;
        let anchor = product.batch.get(round + 1..).unwrap_or_default();
        let inner = half >> anchor.len();
        let at = |list: &[EF], i: usize, x: EF| list[i] + x * (list[half + i] - list[i]);
        let [zero, one, two] = [EF::ZERO, EF::ONE, EF::TWO].map(|x| -> EF {
            let term =
                |i| eq_at_index(anchor, (i / inner) as u64) * at(&left, i, x) * at(&right, i, x);
            (0..half).map(term).sum()
        });
        let quadratic = (zero - one.double() + two).halve();
        let linear = one - zero - quadratic;
        let message = if round < product.batch.len() {
            [linear, quadratic]
        } else {
            [zero, quadratic]
        };
        let challenge = round_challenge(&message, transcript);
        left = (0..half).map(|i| at(&left, i, challenge)).collect();
        right = (0..half).map(|i| at(&right, i, challenge)).collect();
        point.push(challenge);
    }
    Finished {
        reduced: Reduced {
            point,
            claim: left[0] * right[0],
        },
        tensors: vec![left[0]],
        weight: right[0],
    }
}

/// The indices of a tensor's elements, row by row.
fn indices(axes: &[u32]) -> Vec<Vec<usize>> {
    axes.iter().fold(vec![Vec::new()], |indices, &length| {
        let next =
            |index: Vec<usize>| (0..length as usize).map(move |own| [&index[..], &[own]].concat());
        indices.into_iter().flat_map(next).collect()
    })
}

/// The vector over the kept axes.
fn fold(values: &Values<'_>, folded: &Folded<'_>) -> Vec<EF> {
    let (axes, tensor) = values.tensor(folded.tensor);
    let size = folded.kept.iter().map(|&axis| padded(axes[axis])).product();
    let mut result = vec![EF::ZERO; size];
    for (index, &value) in indices(axes).iter().zip(&tensor.values) {
        let weights = folded.fixed.iter();
        let weight: EF = weights
            .map(|&(axis, point)| eq_at_index(point, index[axis] as u64))
            .product();
        let cell = folded
            .kept
            .iter()
            .fold(0, |cell, &axis| cell * padded(axes[axis]) + index[axis]);
        result[cell] += weight * extension_from_i64(value);
    }
    result
}

fn dense(values: &Values<'_>, weight: &Weight<'_>, size: usize) -> Vec<EF> {
    match weight {
        Weight::Outer(vectors) => (0..size)
            .map(|cell| {
                let mut rest = cell;
                let factors = vectors.iter().rev().map(|vector| {
                    let own = vector[rest % vector.len()];
                    rest /= vector.len();
                    own
                });
                factors.product()
            })
            .collect(),
        Weight::Points(points) => (0..size as u64)
            .map(|cell| {
                let terms = points.iter();
                terms
                    .map(|(factor, point)| *factor * eq_at_index(point, cell))
                    .sum()
            })
            .collect(),
        Weight::Tensor(folded) => fold(values, folded),
        Weight::Spread(spread) => spread_kernel(values, spread, size),
    }
}

/// Every tap of the kernel at every output position, added where it reads the input.
fn spread_kernel(values: &Values<'_>, spread: &Spread<'_>, size: usize) -> Vec<EF> {
    let (axes, tensor) = values.tensor(spread.kernel);
    let [window_y, window_x] = spread.windows;
    let [out_point, y_point, x_point] = spread.point;
    let (height, width) = (window_y.input_padded(), window_x.input_padded());
    let mut result = vec![EF::ZERO; size];
    for (index, &value) in indices(axes).iter().zip(&tensor.values) {
        let [output, own, ky, kx] = index[..] else {
            continue;
        };
        let group = output / (axes[0] as usize / spread.groups);
        let channel = group * axes[1] as usize + own;
        let scale = extension_from_i64(value) * eq_at_index(out_point, output as u64);
        for (oy, iy) in window_y.pairs(ky) {
            for (ox, ix) in window_x.pairs(kx) {
                result[(channel * height + iy) * width + ix] +=
                    scale * eq_at_index(y_point, oy as u64) * eq_at_index(x_point, ox as u64);
            }
        }
    }
    result
}
