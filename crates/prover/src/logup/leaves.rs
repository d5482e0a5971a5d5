//! The stacked leaves: what is looked up, the tables, and the fractions they make.

use lilliput_verifier::field::{EF, F, base_from_i64};
use lilliput_verifier::logup::{Fingerprint, Placement, Shape};
use lilliput_verifier::tables::NumberedTable;
use p3_field::{PackedFieldExtension, PackedValue, PrimeCharacteristicRing};

use super::Witness;
use crate::blocks::{place, place_mask};
use crate::lanes::{PackedEF, PackedF, WIDTH, evaluate_base};

/// All cells of the hypercube.
pub(super) struct Leaves {
    /// Masks and, negated, multiplicities.
    pub(super) numerators: Vec<F>,
    /// Packed; when there are fewer cells than lanes, ones fill the rest.
    pub(super) denominators: Vec<PackedEF>,
    values: Vec<F>,
    results: Vec<F>,
}

impl Leaves {
    pub(super) fn new(shape: &Shape, witness: &Witness<'_>, fingerprint: &Fingerprint) -> Self {
        let cells = 1 << shape.variables();
        let mut numerators = vec![F::ZERO; cells];
        let mut values = vec![F::ZERO; cells];
        let mut results = vec![F::ZERO; cells];
        for ((segment, _, placement), segment_values) in
            shape.placed_segments().zip(witness.segments)
        {
            let block = range(placement);
            place_mask(&segment.axes, &mut numerators[block.clone()]);
            place(
                segment_values.values,
                &segment.axes,
                &mut values[block.clone()],
            );
            if let Some(segment_results) = segment_values.results {
                place(segment_results, &segment.axes, &mut results[block]);
            }
        }
        for ((table, placement), counts) in shape.placed_tables().zip(witness.multiplicities) {
            let block = range(placement);
            for (cell, &count) in numerators[block.clone()].iter_mut().zip(counts) {
                *cell = -F::from_u32(count);
            }
            place_table(table, &mut values[block.clone()], &mut results[block]);
        }
        let denominators = denominators(shape, fingerprint, &values, &results);
        Self {
            numerators,
            denominators,
            values,
            results,
        }
    }

    /// The leaves' values at the tree's last point, in the order in which they are sent.
    pub(super) fn evaluate(&self, shape: &Shape, point: &[EF]) -> Vec<EF> {
        let at = |list: &[F], placement: Placement| {
            evaluate_base(
                &list[range(placement)],
                &point[point.len() - placement.variables..],
            )
        };
        let mut values = Vec::new();
        for (_, table, placement) in shape.placed_segments() {
            values.push(at(&self.values, placement));
            if table.table.has_results() {
                values.push(at(&self.results, placement));
            }
        }
        let tables = shape.placed_tables();
        values.extend(tables.map(|(_, placement)| -at(&self.numerators, placement)));
        values
    }
}

fn range(placement: Placement) -> std::ops::Range<usize> {
    let start = placement.offset as usize;
    start..start + (1 << placement.variables)
}

fn place_table(table: &NumberedTable, values: &mut [F], results: &mut [F]) {
    let lo = table.table.lo();
    let integers = lo..lo + table.table.entries() as i64;
    for ((value, result), integer) in values.iter_mut().zip(results).zip(integers) {
        *value = base_from_i64(integer);
        *result = base_from_i64(table.table.result(integer).unwrap_or(0));
    }
}

/// `beta - alpha^2 id - value - alpha result` in blocks, one elsewhere.
fn denominators(
    shape: &Shape,
    fingerprint: &Fingerprint,
    values: &[F],
    results: &[F],
) -> Vec<PackedEF> {
    let segments = shape
        .placed_segments()
        .map(|(_, table, placement)| (table, placement));
    let mut blocks: Vec<(EF, Placement)> = segments
        .chain(shape.placed_tables())
        .map(|(table, placement)| (fingerprint.empty(table), placement))
        .collect();
    blocks.sort_by_key(|(_, placement)| placement.offset);
    let mut denominators = Vec::with_capacity(values.len().div_ceil(WIDTH));
    let mut small = Vec::new();
    let alpha = PackedEF::from(fingerprint.alpha);
    for (empty, placement) in blocks {
        let block = range(placement);
        let (values, results) = (&values[block.clone()], &results[block]);
        if values.len() < WIDTH {
            // Smaller blocks come last: they fill whole vectors together.
            let cells = values.iter().zip(results);
            small.extend(cells.map(|(&value, &result)| empty - fingerprint.alpha * result - value));
            continue;
        }
        let empty = PackedEF::from(empty);
        let cells = PackedF::pack_slice(values)
            .iter()
            .zip(PackedF::pack_slice(results));
        denominators.extend(cells.map(|(&value, &result)| empty - alpha * result - value));
    }
    small.resize(small.len().next_multiple_of(WIDTH), EF::ONE);
    denominators.extend(small.chunks_exact(WIDTH).map(PackedEF::from_ext_slice));
    denominators.resize(values.len().div_ceil(WIDTH), PackedEF::ONE);
    denominators
}
