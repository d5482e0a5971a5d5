//! Points and indices of tensors, axis by axis.

use p3_field::PrimeCharacteristicRing;

use crate::field::EF;
use crate::point::{eq_table, variables};

/// Variables of one axis.
#[must_use]
pub fn axis_variables(length: u32) -> usize {
    variables(u64::from(length))
}

/// A length as a count; all lengths are below 2^28.
#[must_use]
pub fn count(length: u32) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

/// Length of an axis after padding.
#[must_use]
pub fn padded(length: u32) -> usize {
    count(length).next_power_of_two()
}

/// The coordinates of each axis. A point that is too short gives empty ones.
#[must_use]
pub fn split<'a>(axes: &[u32], point: &'a [EF]) -> Vec<&'a [EF]> {
    let mut rest = point;
    axes.iter()
        .map(|&length| {
            let (own, left) = rest.split_at(axis_variables(length).min(rest.len()));
            rest = left;
            own
        })
        .collect()
}

/// The lowest `bits` bits of an index as coordinates, most significant first.
#[must_use]
pub fn index_point(index: u64, bits: usize) -> Vec<EF> {
    (0..bits)
        .rev()
        .map(|place| {
            let place = u32::try_from(place).unwrap_or(u32::MAX);
            EF::from_bool(index.checked_shr(place).unwrap_or(0) & 1 == 1)
        })
        .collect()
}

/// For each valid index in row-major order: its index after every axis is padded.
#[must_use]
pub fn padded_indices(axes: &[u32]) -> Vec<usize> {
    axes.iter().fold(vec![0], |indices, &length| {
        let width = padded(length);
        indices
            .iter()
            .flat_map(|&index| (0..count(length)).map(move |own| index * width + own))
            .collect()
    })
}

/// A vector of a power of two of values at `point`.
pub fn evaluate_dense(values: &[EF], point: &[EF]) -> EF {
    values
        .iter()
        .zip(eq_table(point))
        .map(|(&value, weight)| value * weight)
        .sum()
}
