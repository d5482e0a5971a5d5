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

/// Writes ones at a tensor's valid indices.
pub fn place_mask(axes: &[u32], block: &mut [F]) {
    for start in row_starts(axes) {
        block[start..start + row_length(axes)].fill(F::ONE);
    }
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
