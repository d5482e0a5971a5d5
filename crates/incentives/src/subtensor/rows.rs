//! Sparse matrices as rows of (uid, value), in the order in which they were set.
//!
//! The order and repeated uids matter to this rule: the functions keep both as upstream does, in time
//! proportional to the entries. Stored bonds may name uids that don't exist: such entries have no column.

use super::case::IntegerRow;
use super::fixed::{I32F32, sum};
use crate::error::SubtensorError;

/// A row with its largest weight raised to 65535 and the others in proportion, each rounded to the nearest.
#[must_use]
pub fn upscaled(row: &[(u16, u16)]) -> IntegerRow {
    let largest = u32::from(row.iter().map(|&(_, weight)| weight).max().unwrap_or(0)).max(1);
    let raised = |weight: u16| (u32::from(weight) * u32::from(u16::MAX) + largest / 2) / largest;
    row.iter()
        .map(|&(uid, weight)| (uid, u16::try_from(raised(weight)).unwrap_or(u16::MAX)))
        .collect()
}

pub(super) type Row = Vec<(u16, I32F32)>;

pub(super) fn from_integers(rows: &[IntegerRow], convert: impl Fn(u16) -> I32F32) -> Vec<Row> {
    rows.iter()
        .map(|row| {
            row.iter()
                .map(|&(uid, value)| (uid, convert(value)))
                .collect()
        })
        .collect()
}

/// Keeps the entries (row, column) of which the predicate holds.
pub(super) fn retain(rows: &mut [Row], keep: impl Fn(usize, usize) -> bool) {
    for (index, row) in rows.iter_mut().enumerate() {
        row.retain(|&(uid, _)| keep(index, usize::from(uid)));
    }
}

/// Each row divided by its sum, where that is positive.
pub(super) fn normalize_rows(rows: &mut [Row]) -> Result<(), SubtensorError> {
    for row in rows {
        let total = sum(row.iter().map(|&(_, value)| value))?;
        if total > I32F32::ZERO {
            for (_, value) in row {
                *value = value.div_or_zero(total);
            }
        }
    }
    Ok(())
}

/// Each column divided by its saturating sum, where that isn't zero.
pub(super) fn normalize_columns(rows: &mut [Row], uids: usize) {
    let mut totals = vec![I32F32::ZERO; uids];
    for &(uid, value) in rows.iter().flatten() {
        if let Some(total) = totals.get_mut(usize::from(uid)) {
            *total = total.saturating_add(value);
        }
    }
    divide_columns(rows, &totals);
}

/// Each column divided by its largest value, where one is positive.
pub(super) fn upscale_columns(rows: &mut [Row], uids: usize) {
    let mut largest = vec![I32F32::ZERO; uids];
    for &(uid, value) in rows.iter().flatten() {
        let cell = &mut largest[usize::from(uid)];
        *cell = value.max(*cell);
    }
    divide_columns(rows, &largest);
}

fn divide_columns(rows: &mut [Row], divisors: &[I32F32]) {
    for (uid, value) in rows.iter_mut().flatten() {
        match divisors.get(usize::from(*uid)) {
            Some(&divisor) if divisor != I32F32::ZERO => *value = value.div_or_zero(divisor),
            _ => {}
        }
    }
}

/// Values above the column's threshold cut to it; what is cut to zero or below is dropped.
pub(super) fn clip_columns(rows: &[Row], thresholds: &[I32F32]) -> Vec<Row> {
    rows.iter()
        .map(|row| {
            row.iter()
                .filter_map(|&(uid, value)| {
                    let threshold = thresholds[usize::from(uid)];
                    if threshold >= value {
                        Some((uid, value))
                    } else {
                        (threshold > I32F32::ZERO).then_some((uid, threshold))
                    }
                })
                .collect()
        })
        .collect()
}

pub(super) fn row_sums(rows: &[Row]) -> Result<Vec<I32F32>, SubtensorError> {
    rows.iter()
        .map(|row| sum(row.iter().map(|&(_, value)| value)))
        .collect()
}

/// Column sums of rows scaled by the vector.
pub(super) fn scaled_column_sums(rows: &[Row], scales: &[I32F32], uids: usize) -> Vec<I32F32> {
    let mut sums = vec![I32F32::ZERO; uids];
    for (row, scale) in rows.iter().zip(scales) {
        for &(uid, value) in row {
            let cell = &mut sums[usize::from(uid)];
            *cell = cell.saturating_add(scale.saturating_mul(value));
        }
    }
    sums
}

/// Row sums of columns scaled by the vector.
pub(super) fn scaled_row_sums(rows: &[Row], scales: &[I32F32]) -> Vec<I32F32> {
    rows.iter()
        .map(|row| {
            row.iter().fold(I32F32::ZERO, |total, &(uid, value)| {
                total.saturating_add(scales[usize::from(uid)].saturating_mul(value))
            })
        })
        .collect()
}

pub(super) fn scale_rows(rows: &[Row], scales: &[I32F32]) -> Vec<Row> {
    rows.iter()
        .zip(scales)
        .map(|(row, &scale)| {
            row.iter()
                .map(|&(uid, value)| (uid, value.saturating_mul(scale)))
                .collect()
        })
        .collect()
}

/// `first + ratio (second - first)` per cell; positive cells only, sorted; of repeated uids the last counts.
pub(super) fn interpolate(first: &[Row], second: &[Row], ratio: I32F32, uids: usize) -> Vec<Row> {
    if ratio == I32F32::ZERO {
        return first.to_vec();
    }
    if ratio == I32F32::ONE {
        return second.to_vec();
    }
    let mut from = Scatter::new(uids);
    let mut to = Scatter::new(uids);
    first
        .iter()
        .zip(second)
        .map(|(first_row, second_row)| {
            from.clear();
            to.clear();
            for &(uid, value) in first_row {
                from.set(uid, value);
            }
            for &(uid, value) in second_row {
                to.set(uid, value);
            }
            let mut columns = from.touched.clone();
            columns.extend_from_slice(&to.touched);
            sort_unique(&mut columns);
            positive_cells(&columns, |uid| {
                let start = from.get(uid);
                start.saturating_add(ratio.saturating_mul(to.get(uid).saturating_sub(start)))
            })
        })
        .collect()
}

/// The cells of the columns given, in their order, that are positive.
pub(super) fn positive_cells(columns: &[u16], value_of: impl Fn(u16) -> I32F32) -> Row {
    columns
        .iter()
        .map(|&uid| (uid, value_of(uid)))
        .filter(|&(_, value)| value > I32F32::ZERO)
        .collect()
}

pub(super) fn sort_unique(uids: &mut Vec<u16>) {
    if !uids.is_sorted() {
        uids.sort_unstable();
    }
    uids.dedup();
}

/// A dense row that is cleared in time proportional to what was set.
pub(super) struct Scatter {
    values: Vec<I32F32>,
    pub(super) touched: Vec<u16>,
}

impl Scatter {
    pub(super) fn new(uids: usize) -> Self {
        Self {
            values: vec![I32F32::ZERO; uids],
            touched: Vec::new(),
        }
    }

    pub(super) fn clear(&mut self) {
        for &uid in &self.touched {
            self.values[usize::from(uid)] = I32F32::ZERO;
        }
        self.touched.clear();
    }

    pub(super) fn get(&self, uid: u16) -> I32F32 {
        self.values[usize::from(uid)]
    }

    /// Does nothing for a uid that doesn't exist.
    pub(super) fn set(&mut self, uid: u16, value: I32F32) {
        if let Some(cell) = self.values.get_mut(usize::from(uid)) {
            *cell = value;
            self.touched.push(uid);
        }
    }

    /// Does nothing for a uid that doesn't exist.
    pub(super) fn add(&mut self, uid: u16, value: I32F32) {
        if let Some(&cell) = self.values.get(usize::from(uid)) {
            self.set(uid, cell.saturating_add(value));
        }
    }
}
