//! Multiplicities: how often each entry of each table is looked up.

use lilliput_verifier::logup::Shape;
use thiserror::Error;

use super::SegmentValues;

/// A value that its table doesn't have, or another result than the table's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "element {element} of segment {segment} looks up {value}, which table {table} doesn't show"
)]
pub struct OutOfTable {
    /// Index of the segment.
    pub segment: usize,
    /// Index of the element.
    pub element: usize,
    /// What is looked up.
    pub value: i64,
    /// Number of the table.
    pub table: u32,
}

/// Counts, for each table of the shape, how often each entry is looked up.
///
/// # Errors
///
/// [`OutOfTable`].
pub fn count(shape: &Shape, segments: &[SegmentValues<'_>]) -> Result<Vec<Vec<u32>>, OutOfTable> {
    let entries = shape
        .tables()
        .iter()
        .map(|table| table.table.entries() as usize);
    let mut counts: Vec<Vec<u32>> = entries.map(|entries| vec![0; entries]).collect();
    for (index, (segment, values)) in shape.segments().iter().zip(segments).enumerate() {
        let table = &shape.tables()[segment.table];
        for (element, &value) in values.values.iter().enumerate() {
            let shown = values
                .results
                .is_none_or(|results| table.table.result(value) == results.get(element).copied());
            let entry = table
                .table
                .index(value)
                .filter(|_| shown)
                .ok_or(OutOfTable {
                    segment: index,
                    element,
                    value,
                    table: table.id,
                })?;
            counts[segment.table][entry as usize] += 1;
        }
    }
    Ok(counts)
}
