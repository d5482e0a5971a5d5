//! Tensors with axes fixed at coordinates: one pass over the integers.

use lilliput_graph::Tensor;
use lilliput_verifier::field::{EF, F};
use lilliput_verifier::layers::Folded;
use lilliput_verifier::layers::axes::{axis_variables, padded};
use lilliput_verifier::point::{eq_table, evaluate_tensor, tensor_variables};
use p3_field::PrimeCharacteristicRing;

use crate::blocks::{element, place};

/// What happens to an axis.
enum Fate {
    /// Summed with these weights.
    Fixed(Vec<EF>),
    /// Kept: the distance of neighbours in the result.
    Kept(usize),
}

/// A tensor's extension at a point.
pub(crate) fn evaluate((axes, tensor): (&[u32], &Tensor), point: &[EF]) -> EF {
    evaluate_tensor(&tensor.values, axes, point)
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
    let mut fates: Vec<Fate> = axes.iter().map(|_| Fate::Kept(0)).collect();
    for &(axis, point) in &folded.fixed {
        fates[axis] = Fate::Fixed(eq_table(point));
    }
    let mut size = 1;
    for &axis in folded.kept.iter().rev() {
        fates[axis] = Fate::Kept(size);
        size *= padded(axes[axis]);
    }
    debug_assert_eq!(
        size,
        1 << folded
            .kept
            .iter()
            .map(|&axis| axis_variables(axes[axis]))
            .sum::<usize>()
    );
    let mut result = EF::zero_vec(size);
    add(axes, &fates, &tensor.values, EF::ONE, &mut result);
    result
}

/// Adds `scale` times the folded values to `result`.
fn add(axes: &[u32], fates: &[Fate], values: &[i64], scale: EF, result: &mut [EF]) {
    let (Some((&length, axes)), Some((fate, fates))) = (axes.split_first(), fates.split_first())
    else {
        result[0] += scale * element(values[0]);
        return;
    };
    if axes.is_empty() {
        add_row(fate, values, scale, result);
        return;
    }
    let rows = values.chunks_exact(values.len() / length as usize);
    match fate {
        Fate::Fixed(weights) => {
            for (row, &weight) in rows.zip(weights) {
                add(axes, fates, row, scale * weight, result);
            }
        }
        Fate::Kept(stride) => {
            for (index, row) in rows.enumerate() {
                add(axes, fates, row, scale, &mut result[index * stride..]);
            }
        }
    }
}

/// The fastest axis.
fn add_row(fate: &Fate, row: &[i64], scale: EF, result: &mut [EF]) {
    match fate {
        Fate::Fixed(weights) => {
            let sum: EF = row
                .iter()
                .zip(weights)
                .map(|(&value, &weight)| weight * element(value))
                .sum();
            result[0] += scale * sum;
        }
        Fate::Kept(stride) => {
            for (place, &value) in result.iter_mut().step_by(*stride).zip(row) {
                *place += scale * element(value);
            }
        }
    }
}
