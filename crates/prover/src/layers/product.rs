//! Product sumchecks of the layers.

use lilliput_verifier::field::EF;
use lilliput_verifier::layers::Product;
use lilliput_verifier::layers::axes::{axis_variables, evaluate_dense};
use lilliput_verifier::point::eq_table;
use lilliput_verifier::sumcheck::{Reduced, evaluate_eq_round};
use p3_field::PrimeCharacteristicRing;

use super::weight::{dense, padded_share};
use super::{Finished, Values, fold};
use crate::sumcheck::{fold as bind, prove_product, prove_product_base};
use crate::transcript::{Transcript, round_challenge};

/// Runs a product sumcheck and sends its rounds.
pub(crate) fn prove(
    values: &Values<'_>,
    product: &Product<'_, EF>,
    transcript: &mut Transcript,
) -> Finished {
    let mut weight = dense(values, &product.weight);
    if let [tensor] = &product.tensors[..]
        && product.batch.is_empty()
        && fold::is_whole(tensor)
    {
        let left = fold::whole(values.tensor(tensor.tensor));
        let done = prove_product_base(&left, &weight, product.claim, transcript);
        return Finished {
            reduced: done.reduced,
            tensors: vec![done.left],
            weight: done.right,
        };
    }
    let share = 1 << product.share_variables();
    let shares: Vec<Vec<EF>> = product
        .tensors
        .iter()
        .map(|tensor| padded_share(values, tensor, share))
        .collect();
    let mut left = shares.concat();
    left.resize(weight.len(), EF::ZERO);
    let mut reduced = batch(product, &mut left, &mut weight, transcript);
    let done = prove_product(&left, &weight, reduced.claim, transcript);
    reduced.point.extend(done.reduced.point);
    reduced.claim = done.reduced.claim;
    let tensors = if shares.len() == 1 {
        vec![done.left]
    } else {
        at_own_points(values, product, &shares, &reduced.point)
    };
    Finished {
        reduced,
        tensors,
        weight: done.right,
    }
}

/// Each stacked tensor at the last coordinates of the point, as many as it has variables.
fn at_own_points(
    values: &Values<'_>,
    product: &Product<'_, EF>,
    shares: &[Vec<EF>],
    point: &[EF],
) -> Vec<EF> {
    let tensors = product.tensors.iter().zip(shares);
    tensors
        .map(|(folded, share)| {
            let (axes, _) = values.tensor(folded.tensor);
            let kept = folded.kept.iter();
            let variables: usize = kept.map(|&axis| axis_variables(axes[axis])).sum();
            let own = &point[point.len() - variables..];
            evaluate_dense(&share[..1 << variables], own)
        })
        .collect()
}

/// The rounds over the variables with an eq factor; both vectors are bound there.
fn batch(
    product: &Product<'_, EF>,
    left: &mut Vec<EF>,
    right: &mut Vec<EF>,
    transcript: &mut Transcript,
) -> Reduced {
    let mut reduced = Reduced {
        point: Vec::new(),
        claim: product.claim,
    };
    for (round, &coordinate) in product.batch.iter().enumerate() {
        let factors = eq_table(&product.batch[round + 1..]);
        let message = eq_round(left, right, &factors);
        let challenge = round_challenge(&message, transcript);
        reduced.claim = evaluate_eq_round(&message, reduced.claim, coordinate, challenge);
        reduced.point.push(challenge);
        *left = bind(left, challenge);
        *right = bind(right, challenge);
    }
    reduced
}

/// Linear and quadratic coefficient of `sum over b of factor_b * sum over k of left(X, b, k) right(X, b, k)`.
fn eq_round(left: &[EF], right: &[EF], factors: &[EF]) -> [EF; 2] {
    let half = left.len() / 2;
    let width = half / factors.len();
    let (l0, l1) = left.split_at(half);
    let (r0, r1) = right.split_at(half);
    let halves = [l0, l1, r0, r1].map(|list| list.chunks_exact(width));
    let [l0, l1, r0, r1] = halves;
    let mut message = [EF::ZERO; 2];
    for ((((l0, l1), r0), r1), &factor) in l0.zip(l1).zip(r0).zip(r1).zip(factors) {
        let (mut at_zero, mut at_one, mut quadratic) = (EF::ZERO, EF::ZERO, EF::ZERO);
        for (((&l0, &l1), &r0), &r1) in l0.iter().zip(l1).zip(r0).zip(r1) {
            at_zero += l0 * r0;
            at_one += l1 * r1;
            quadratic += (l1 - l0) * (r1 - r0);
        }
        message[0] += factor * (at_one - at_zero - quadratic);
        message[1] += factor * quadratic;
    }
    message
}
