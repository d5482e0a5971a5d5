//! The stacked leaves: what is looked up, the tables, and the fractions they make.

use lilliput_verifier::field::{EF, F, base_from_i64};
use lilliput_verifier::logup::{Fingerprint, Placement, Segment, Shape};
use lilliput_verifier::tables::NumberedTable;
use p3_field::{PackedFieldExtension, PackedValue, PrimeCharacteristicRing};

use super::{SegmentValues, Witness};
use crate::blocks::fill;
use crate::lanes::{BLOCK, PackedEF, PackedF, WIDTH, evaluate_base};
use crate::layers::fold::evaluate;

/// Cells whose fractions are made at once.
const CHUNK: usize = 1 << 10;

/// The first cells of the hypercube; the others hold `0 / 1`.
///
/// The first half is stored as a whole, the second one up to a power of two of cells.
pub(super) struct Leaves {
    /// All cells, stored or not.
    pub(super) cells: usize,
    /// Masks and, negated, multiplicities.
    pub(super) numerators: Vec<F>,
    /// Packed; when there are fewer cells than lanes, ones fill the rest.
    pub(super) denominators: Vec<PackedEF>,
}

/// What a block's cells are made from.
enum Source<'a> {
    Segment(&'a Segment, &'a SegmentValues<'a>),
    Table(&'a [u32]),
}

impl Leaves {
    pub(super) fn new(shape: &Shape, witness: &Witness<'_>, fingerprint: &Fingerprint) -> Self {
        let cells = 1 << shape.variables();
        let stored = stored(cells, shape.cells() as usize);
        let mut blocks: Vec<(Placement, &NumberedTable, Source<'_>)> = Vec::new();
        let segments = shape.placed_segments().zip(witness.segments);
        for ((segment, table, placement), values) in segments {
            blocks.push((placement, table, Source::Segment(segment, values)));
        }
        let tables = shape.placed_tables().zip(witness.multiplicities);
        for ((table, placement), counts) in tables {
            blocks.push((placement, table, Source::Table(counts)));
        }
        blocks.sort_by_key(|(placement, ..)| placement.offset);
        let mut fractions = Fractions {
            numerators: F::zero_vec(stored),
            denominators: Vec::with_capacity(stored.div_ceil(WIDTH)),
            small: Vec::new(),
            alpha: fingerprint.alpha,
        };
        for (placement, table, source) in blocks {
            fractions.block(placement, table, &source, fingerprint.empty(table));
        }
        Self {
            cells,
            denominators: fractions.finish(stored),
            numerators: fractions.numerators,
        }
    }

    /// The multiplicities at the tree's last point, in the order of the tables.
    pub(super) fn multiplicities(&self, shape: &Shape, point: &[EF]) -> Vec<EF> {
        let tables = shape.placed_tables();
        let at = |(_, placement): (_, Placement)| {
            let own = &point[point.len() - placement.variables..];
            -evaluate_base(&self.numerators[range(placement)], own)
        };
        tables.map(at).collect()
    }
}

/// Values and results at the tree's last point, in the order in which they are sent.
pub(super) fn segments_at(shape: &Shape, witness: &Witness<'_>, point: &[EF]) -> Vec<EF> {
    let mut values = Vec::new();
    for ((segment, _, placement), own) in shape.placed_segments().zip(witness.segments) {
        let at = &point[point.len() - placement.variables..];
        for list in [Some(own.values), own.results].into_iter().flatten() {
            values.push(evaluate(&segment.axes, list, at));
        }
    }
    values
}

/// How many of the cells are stored, if that many are in use: more than half.
fn stored(cells: usize, used: usize) -> usize {
    let half = cells / 2;
    if half <= BLOCK * WIDTH {
        return cells;
    }
    let second = used.saturating_sub(half).next_power_of_two();
    half + second.clamp(BLOCK * WIDTH, half)
}

fn range(placement: Placement) -> std::ops::Range<usize> {
    let start = placement.offset as usize;
    start..start + (1 << placement.variables)
}

/// Numerators, and denominators `beta - alpha^2 id - value - alpha result` in blocks, one elsewhere.
struct Fractions {
    numerators: Vec<F>,
    denominators: Vec<PackedEF>,
    /// Blocks smaller than a vector come last: they fill whole vectors together.
    small: Vec<EF>,
    alpha: EF,
}

impl Fractions {
    fn block(
        &mut self,
        placement: Placement,
        table: &NumberedTable,
        source: &Source<'_>,
        empty: EF,
    ) {
        let block = range(placement);
        let chunk = block.len().min(CHUNK);
        let (mut values, mut results) = (vec![F::ZERO; chunk], vec![F::ZERO; chunk]);
        for first in (0..block.len()).step_by(chunk) {
            let numerators = &mut self.numerators[block.start + first..][..chunk];
            match source {
                Source::Segment(segment, own) => {
                    let axes = &segment.axes;
                    if !fill(own.values, axes, first, &mut values, numerators) {
                        let vectors = self.denominators.len() + chunk / WIDTH;
                        self.denominators.resize(vectors, PackedEF::from(empty));
                        self.small.extend(vec![empty; chunk % WIDTH]);
                        continue;
                    }
                    if let Some(own) = own.results {
                        fill(own, axes, first, &mut results, numerators);
                    }
                }
                Source::Table(counts) => {
                    let counts = counts.get(first..).unwrap_or_default();
                    for (cell, &count) in numerators.iter_mut().zip(counts) {
                        *cell = -F::from_u32(count);
                    }
                    place_table(table, first, &mut values, &mut results);
                }
            }
            self.push(&values, &results, table.table.has_results(), empty);
        }
    }

    fn push(&mut self, values: &[F], results: &[F], has_results: bool, empty: EF) {
        if values.len() < WIDTH {
            let cells = values.iter().zip(results);
            let alpha = self.alpha;
            let cells = cells.map(|(&value, &result)| empty - alpha * result - value);
            self.small.extend(cells);
            return;
        }
        let (empty, alpha) = (PackedEF::from(empty), PackedEF::from(self.alpha));
        let values = PackedF::pack_slice(values).iter();
        if has_results {
            let cells = values.zip(PackedF::pack_slice(results));
            let cells = cells.map(|(&value, &result)| empty - alpha * result - value);
            self.denominators.extend(cells);
        } else {
            self.denominators.extend(values.map(|&value| empty - value));
        }
    }

    fn finish(&mut self, stored: usize) -> Vec<PackedEF> {
        let mut small = std::mem::take(&mut self.small);
        small.resize(small.len().next_multiple_of(WIDTH), EF::ONE);
        let mut denominators = std::mem::take(&mut self.denominators);
        denominators.extend(small.chunks_exact(WIDTH).map(PackedEF::from_ext_slice));
        denominators.resize(stored.div_ceil(WIDTH), PackedEF::ONE);
        denominators
    }
}

/// A table's entries from one on; zeros behind the last.
fn place_table(table: &NumberedTable, first: usize, values: &mut [F], results: &mut [F]) {
    let entries = table.table.entries() as usize;
    let lo = table.table.lo() + first as i64;
    let own = entries.saturating_sub(first).min(values.len());
    values[own..].fill(F::ZERO);
    results[own..].fill(F::ZERO);
    let cells = values.iter_mut().zip(results).take(own);
    for ((value, result), integer) in cells.zip(lo..) {
        *value = base_from_i64(integer);
        *result = base_from_i64(table.table.result(integer).unwrap_or(0));
    }
}
