//! A polynomial's matrix, folded along one of its sides: one pass over base elements.

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::point::eq_table;
use p3_field::{Algebra, PackedValue, PrimeCharacteristicRing};
use rayon::prelude::*;

use crate::lanes::{Lanes, PackedEF, PackedF, TASK, spread};

/// Products that are added before they are reduced.
const AT_ONCE: usize = 8;

/// The sum of the rows from `first` on, with these weights.
pub(super) fn fold_rows(values: &[F], width: usize, first: usize, weights: &[EF]) -> Vec<EF> {
    let rows = &values[first * width..][..weights.len() * width];
    if let [EF::ONE] = weights {
        return rows.iter().map(|&value| EF::from(value)).collect();
    }
    let rows = PackedF::pack_slice(rows);
    let width = rows.len() / weights.len();
    let mut sums = vec![PackedEF::ZERO; width];
    let blocks = rows.chunks(AT_ONCE * width).zip(weights.chunks(AT_ONCE));
    for (rows, weights) in blocks {
        if weights.iter().all(|&weight| weight == EF::ZERO) {
            continue;
        }
        if let Ok(weights) = <&[EF; AT_ONCE]>::try_from(weights) {
            add_rows(&weights.map(PackedEF::from), rows, &mut sums);
        } else {
            for (row, &weight) in rows.chunks_exact(width).zip(weights) {
                let weight = PackedEF::from(weight);
                for (sum, &value) in sums.iter_mut().zip(row) {
                    *sum += weight * value;
                }
            }
        }
    }
    spread(&sums)
}

fn add_rows(weights: &[PackedEF; AT_ONCE], rows: &[PackedF], sums: &mut [PackedEF]) {
    let width = sums.len();
    let rows: [&[PackedF]; AT_ONCE] = std::array::from_fn(|index| &rows[index * width..][..width]);
    for (column, sum) in sums.iter_mut().enumerate() {
        *sum += PackedEF::mixed_dot_product(weights, &rows.map(|row| row[column]));
    }
}

/// Each row at `point`.
pub(crate) fn fold(values: &[F], point: &[EF]) -> Vec<EF> {
    let weights = PackedEF::gather(&eq_table(point));
    let values = PackedF::pack_slice(values);
    let folded = |row: &[PackedF]| {
        // Much of a polynomial is padding.
        if row.iter().all(|&value| value == PackedF::ZERO) {
            return EF::ZERO;
        }
        let (weights, rest) = weights.as_chunks::<AT_ONCE>();
        let (values, rest_values) = row.as_chunks::<AT_ONCE>();
        let blocks = weights.iter().zip(values);
        let blocks = blocks.map(|(weights, values)| PackedEF::mixed_dot_product(weights, values));
        let rest = rest.iter().zip(rest_values);
        let rest = rest.map(|(&weight, &value)| weight * value);
        blocks.chain(rest).sum::<PackedEF>().sum()
    };
    if values.len() < 2 * TASK {
        return values.chunks_exact(weights.len()).map(folded).collect();
    }
    let rows = values.par_chunks_exact(weights.len());
    let rows = rows.with_min_len(TASK.div_ceil(weights.len()));
    rows.map(folded).collect()
}
