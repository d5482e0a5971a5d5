//! Row-major tensors in blocks whose axes are padded to powers of two.

use lilliput_verifier::field::{F, base_from_i64};
use lilliput_verifier::point::variables;
use p3_field::{PrimeCharacteristicRing, integers::QuotientMap};

#[cfg(test)]
mod tests;

/// Writes a tensor's integers into its block; cells of the padding are left alone.
pub fn place(values: &[i64], axes: &[u32], block: &mut [F]) {
    for (row, start) in values.chunks(row_length(axes)).zip(row_starts(axes)) {
        for (cell, &value) in block[start..].iter_mut().zip(row) {
            *cell = element(value);
        }
    }
}

/// Writes a tensor's integers into a part of its block, which starts at cell `first`, and zeros elsewhere; ones into the
/// same cells of the mask, which is left alone elsewhere. Whether there are any integers: if not, nothing is written. Parts are aligned.
pub(crate) fn fill(
    values: &[i64],
    axes: &[u32],
    first: usize,
    cells: &mut [F],
    mask: &mut [F],
) -> bool {
    let row_variables = axes.last().map_or(0, |&length| axis_variables(length));
    let (length, padded) = (row_length(axes), 1 << row_variables);
    let slower = axes.split_last().map_or(axes, |(_, slower)| slower);
    let mut any = false;
    for start in (0..cells.len()).step_by(padded) {
        let offset = (first + start) % padded;
        let row = row_index(slower, (first + start) >> row_variables);
        let own = row.map_or(&[][..], |row| &values[row * length..][..length]);
        let own = own.get(offset..).unwrap_or_default();
        if own.is_empty() && !any {
            continue;
        }
        if !any {
            cells[..start].fill(F::ZERO);
            any = true;
        }
        let end = cells.len().min(start + padded);
        let own = &own[..own.len().min(end - start)];
        let (written, rest) = cells[start..end].split_at_mut(own.len());
        for (cell, &value) in written.iter_mut().zip(own) {
            *cell = element(value);
        }
        rest.fill(F::ZERO);
        mask[start..start + own.len()].fill(F::ONE);
    }
    any
}

/// The number of a row among the valid ones, from its number among the padded ones; none for padding.
fn row_index(axes: &[u32], padded: usize) -> Option<usize> {
    let (mut rest, mut index, mut stride) = (padded, 0, 1);
    for &length in axes.iter().rev() {
        let (variables, length) = (axis_variables(length), length as usize);
        let own = rest & ((1 << variables) - 1);
        if own >= length {
            return None;
        }
        index += own * stride;
        stride *= length;
        rest >>= variables;
    }
    Some(index)
}

/// Length of the fastest axis.
fn row_length(axes: &[u32]) -> usize {
    axes.last().map_or(1, |&length| length as usize)
}

/// Where in the block each row along the fastest axis starts.
fn row_starts(axes: &[u32]) -> impl Iterator<Item = usize> {
    let slower = axes.split_last().map_or(axes, |(_, slower)| slower);
    let rows: usize = slower.iter().map(|&length| length as usize).product();
    let last = axes.last().map_or(0, |&length| axis_variables(length));
    // Length, and the place of the axis's lowest bit in the block.
    let mut places = Vec::with_capacity(slower.len());
    let mut shift = last;
    for &length in slower.iter().rev() {
        places.push((length as usize, shift));
        shift += axis_variables(length);
    }
    (0..rows).map(move |row| {
        let mut rest = row;
        places.iter().fold(0, |start, &(length, shift)| {
            let index = rest % length;
            rest /= length;
            start + (index << shift)
        })
    })
}

fn axis_variables(length: u32) -> usize {
    variables(u64::from(length))
}

/// The residue of an integer; most fit into 31 bits and need no division.
pub(crate) fn element(value: i64) -> F {
    i32::try_from(value).map_or_else(|_| base_from_i64(value), F::from_int)
}
