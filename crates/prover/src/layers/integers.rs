//! Sums of integers with extension elements as weights, in one pass.
//!
//! The five coordinates of a weight are 31-bit integers, so the products with a tensor's values fit 64 bits and many
//! of them can be added before anything is reduced: a multiplication and an addition of machine integers for each
//! coordinate, which compilers vectorise. Values of more than 16 bits are cut in two.

use lilliput_verifier::field::{EF, EXTENSION_DEGREE, F};
use p3_field::integers::QuotientMap;
use p3_field::{BasedVectorSpace, PrimeCharacteristicRing, PrimeField32};

#[cfg(test)]
mod tests;

/// Most bits of a value, its sign left out, with which sums are made.
const VALUE_BITS: u32 = 16;

/// Bits of the lower part of a value that is cut in two; the upper one then has at most [`VALUE_BITS`] as well, since no
/// value of a graph leaves 31.
const LOW_BITS: u32 = 15;

/// Most products that are added unreduced: each is below `2^(31 + VALUE_BITS)`, their sum below `2^63`.
const TERMS_MAX: usize = 1 << (63 - 31 - VALUE_BITS);

/// Columns whose sums stay in the fastest cache.
const COLUMNS: usize = 256;

/// Rows that are added at once.
const ROWS: usize = 4;

/// The coordinates of some weights.
type Coordinates = [Vec<i64>; EXTENSION_DEGREE];

/// Sums the middle one of three axes with its weights; the last axis has length `inner`. Values have at most 31 bits.
pub(crate) fn sum_axis(values: &[i64], weights: &[EF], inner: usize) -> Vec<EF> {
    let bits = values
        .iter()
        .fold(0, |bits, &value| bits | (value ^ (value >> 63)));
    if bits >> VALUE_BITS != 0 {
        let low: Vec<i64> = values.iter().map(|v| v & ((1 << LOW_BITS) - 1)).collect();
        let high: Vec<i64> = values.iter().map(|v| v >> LOW_BITS).collect();
        let mut sums = sum_axis(&low, weights, inner);
        let unit = F::from_u32(1 << LOW_BITS);
        for (sum, high) in sums.iter_mut().zip(sum_axis(&high, weights, inner)) {
            *sum += high * unit;
        }
        return sums;
    }
    let parts = weights.chunks(TERMS_MAX).map(coordinates);
    let parts: Vec<Coordinates> = parts.collect();
    let mut sums = Vec::with_capacity(values.len() / weights.len());
    for block in values.chunks_exact(weights.len() * inner) {
        let start = sums.len();
        sums.resize(start + inner, EF::ZERO);
        for (rows, weights) in block.chunks(TERMS_MAX * inner).zip(&parts) {
            let sums = &mut sums[start..];
            if let [sum] = sums {
                *sum += reduce(dot(rows, weights));
            } else {
                add_columns(rows, weights, sums);
            }
        }
    }
    sums
}

fn coordinates(weights: &[EF]) -> Coordinates {
    let mut coordinates: Coordinates = Default::default();
    for weight in weights {
        let own: &[F] = weight.as_basis_coefficients_slice();
        for (list, coordinate) in coordinates.iter_mut().zip(own) {
            list.push(i64::from(coordinate.as_canonical_u32()));
        }
    }
    coordinates
}

fn reduce(sums: [i64; EXTENSION_DEGREE]) -> EF {
    EF::new(sums.map(F::from_int))
}

/// A product of integers of at most 32 bits, said so that compilers know it.
#[inline(always)]
fn product(value: i64, weight: i64) -> i64 {
    i64::from(value as i32) * i64::from(weight as i32)
}

fn dot(values: &[i64], [w0, w1, w2, w3, w4]: &Coordinates) -> [i64; EXTENSION_DEGREE] {
    let mut sums = [0; EXTENSION_DEGREE];
    let weights = w0.iter().zip(w1).zip(w2).zip(w3).zip(w4);
    for (&value, ((((&w0, &w1), &w2), &w3), &w4)) in values.iter().zip(weights) {
        sums[0] += product(value, w0);
        sums[1] += product(value, w1);
        sums[2] += product(value, w2);
        sums[3] += product(value, w3);
        sums[4] += product(value, w4);
    }
    sums
}

/// Adds the weighted rows to `sums`, some columns at a time.
fn add_columns(values: &[i64], weights: &Coordinates, sums: &mut [EF]) {
    let inner = sums.len();
    let mut unreduced = [[0i64; COLUMNS]; EXTENSION_DEGREE];
    for (block, sums) in sums.chunks_mut(COLUMNS).enumerate() {
        let width = sums.len();
        let first = block * COLUMNS;
        unreduced.iter_mut().for_each(|list| list[..width].fill(0));
        for (group, rows) in values.chunks(ROWS * inner).enumerate() {
            let own = |row: usize| {
                rows.get(row * inner + first..)
                    .map_or(&[][..], |row| &row[..width])
            };
            let at = |row: usize| {
                weights
                    .each_ref()
                    .map(|list| list.get(group * ROWS + row).copied().unwrap_or(0))
            };
            if rows.len() == ROWS * inner {
                add_four([0, 1, 2, 3].map(own), [0, 1, 2, 3].map(at), &mut unreduced);
                continue;
            }
            for row in 0..rows.len() / inner {
                for (list, weight) in unreduced.iter_mut().zip(at(row)) {
                    for (sum, &value) in list.iter_mut().zip(own(row)) {
                        *sum += product(value, weight);
                    }
                }
            }
        }
        for (column, sum) in sums.iter_mut().enumerate() {
            *sum += reduce(unreduced.each_ref().map(|list| list[column]));
        }
    }
}

fn add_four(
    [r0, r1, r2, r3]: [&[i64]; ROWS],
    weights: [[i64; EXTENSION_DEGREE]; ROWS],
    unreduced: &mut [[i64; COLUMNS]; EXTENSION_DEGREE],
) {
    let [w0, w1, w2, w3] = weights;
    for (coordinate, list) in unreduced.iter_mut().enumerate() {
        let [w0, w1, w2, w3] = [w0, w1, w2, w3].map(|weight| weight[coordinate]);
        let rows = r0.iter().zip(r1).zip(r2).zip(r3);
        for (sum, (((&r0, &r1), &r2), &r3)) in list.iter_mut().zip(rows) {
            *sum += product(r0, w0) + product(r1, w1) + product(r2, w2) + product(r3, w3);
        }
    }
}
