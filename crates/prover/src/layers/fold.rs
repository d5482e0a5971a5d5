//! Tensors with axes fixed at coordinates.
//!
//! The longest fixed axis is summed first, in one pass over the integers ([`super::integers`]); what is left is
//! shorter by its length, and the other fixed axes are summed over extension elements.

use lilliput_graph::Tensor;
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::layers::Folded;
use lilliput_verifier::layers::axes::{axis_variables, padded, split};
use lilliput_verifier::point::{eq_table, tensor_variables};
use p3_field::PrimeCharacteristicRing;

use super::integers::sum_axis;
use crate::blocks::{element, place};

/// A tensor's extension at a point.
pub(crate) fn evaluate(axes: &[u32], values: &[i64], point: &[EF]) -> EF {
    let fixed = split(axes, point).into_iter().enumerate().collect();
    sum_fixed(axes, values, fixed)[0]
}

/// A tensor with all axes kept in their order, padded.
pub(crate) fn whole((axes, tensor): (&[u32], &Tensor)) -> Vec<F> {
    let mut values = F::zero_vec(1 << tensor_variables(axes));
    place(&tensor.values, axes, &mut values);
    values
}

/// Whether nothing is fixed and nothing permuted.
pub(crate) fn is_whole(folded: &Folded<'_>) -> bool {
    folded.fixed.is_empty() && folded.kept.is_sorted()
}

/// The vector over the kept axes.
pub(crate) fn fold((axes, tensor): (&[u32], &Tensor), folded: &Folded<'_>) -> Vec<EF> {
    let sums = sum_fixed(axes, &tensor.values, folded.fixed.clone());
    let kept: usize = folded
        .kept
        .iter()
        .map(|&axis| axis_variables(axes[axis]))
        .sum();
    let mut result = EF::zero_vec(1 << kept);
    // The places of the kept axes, in the tensor's order.
    let mut strides = vec![None; axes.len()];
    let mut stride = 1;
    for &axis in folded.kept.iter().rev() {
        strides[axis] = Some(stride);
        stride *= padded(axes[axis]);
    }
    let places = axes.iter().zip(strides);
    let places = places.filter_map(|(&length, stride)| Some((length as usize, stride?)));
    scatter(&sums, &places.collect::<Vec<_>>(), &mut result);
    result
}

/// Puts row-major values where the strides of their axes say.
fn scatter(values: &[EF], axes: &[(usize, usize)], result: &mut [EF]) {
    let Some((&(length, stride), axes)) = axes.split_first() else {
        result[0] = values[0];
        return;
    };
    let rows = values.chunks_exact(values.len() / length);
    if axes.is_empty() {
        for (place, row) in result.iter_mut().step_by(stride).zip(rows) {
            *place = row[0];
        }
        return;
    }
    for (index, row) in rows.enumerate() {
        scatter(row, axes, &mut result[index * stride..]);
    }
}

/// The tensor's values, summed over the fixed axes with their weights: row-major over the others, without padding.
fn sum_fixed(axes: &[u32], values: &[i64], mut fixed: Vec<(usize, &[EF])>) -> Vec<EF> {
    let mut lengths: Vec<usize> = axes.iter().map(|&length| length as usize).collect();
    fixed.sort_by_key(|&(axis, _)| (axes[axis], axis));
    let Some((axis, point)) = fixed.pop() else {
        return values
            .iter()
            .map(|&value| EF::from(element(value)))
            .collect();
    };
    let weights = eq_table(point);
    let inner = lengths[axis + 1..].iter().product();
    let mut sums = sum_axis(values, &weights[..lengths[axis]], inner);
    lengths[axis] = 1;
    while let Some((axis, point)) = fixed.pop() {
        let weights = eq_table(point);
        let inner = lengths[axis + 1..].iter().product();
        sums = sum_elements(&sums, &weights[..lengths[axis]], inner);
        lengths[axis] = 1;
    }
    sums
}

/// Sums the middle one of three axes, of which the last has length `inner`.
fn sum_elements(values: &[EF], weights: &[EF], inner: usize) -> Vec<EF> {
    let blocks = values.chunks_exact(weights.len() * inner);
    let mut sums = Vec::with_capacity(values.len() / weights.len());
    for block in blocks {
        if inner == 1 {
            let terms = block.iter().zip(weights);
            sums.push(terms.map(|(&value, &weight)| value * weight).sum());
            continue;
        }
        let start = sums.len();
        sums.resize(start + inner, EF::ZERO);
        for (row, &weight) in block.chunks_exact(inner).zip(weights) {
            for (sum, &value) in sums[start..].iter_mut().zip(row) {
                *sum += value * weight;
            }
        }
    }
    sums
}
