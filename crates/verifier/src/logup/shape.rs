//! What is looked up where, and how it is stacked.

use std::collections::BTreeSet;

use thiserror::Error;

use crate::field::MODULUS;
use crate::point::{tensor_variables, variables};
use crate::tables::NumberedTable;

/// Most variables of the stacked hypercube.
pub const CELL_VARIABLES_MAX: usize = 27;

/// A tensor of which every element is looked up in one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Index of the table in the argument's list.
    pub table: usize,
    /// Lengths of the tensor's axes, slowest first.
    pub axes: Vec<u32>,
}

/// A block of the stacked hypercube.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placement {
    /// Its first cell, a multiple of its size.
    pub offset: u64,
    /// The logarithm of its size.
    pub variables: usize,
}

/// Why a lookup argument can't be set up.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// Nothing is looked up.
    #[error("no lookups")]
    Empty,
    /// A segment names a table that isn't there.
    #[error("segment {0} names no table")]
    UnknownTable(usize),
    /// Two tables have the same number.
    #[error("two tables have the number {0}")]
    SameId(u32),
    /// As many lookups as field elements.
    #[error("too many lookups")]
    TooManyLookups,
    /// More cells than the hypercube may have.
    #[error("more than 2^{CELL_VARIABLES_MAX} cells")]
    TooManyCells,
}

/// The public side of a lookup argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    tables: Vec<NumberedTable>,
    segments: Vec<Segment>,
    placements: Vec<Placement>,
    lookups: u64,
    cells: u64,
}

impl Shape {
    /// Stacks segments, then tables; larger blocks first.
    ///
    /// # Errors
    ///
    /// [`ShapeError`].
    pub fn new(tables: Vec<NumberedTable>, segments: Vec<Segment>) -> Result<Self, ShapeError> {
        if segments.is_empty() {
            return Err(ShapeError::Empty);
        }
        let mut ids = BTreeSet::new();
        if let Some(table) = tables.iter().find(|table| !ids.insert(table.id)) {
            return Err(ShapeError::SameId(table.id));
        }
        let unknown = segments
            .iter()
            .position(|segment| tables.get(segment.table).is_none());
        if let Some(index) = unknown {
            return Err(ShapeError::UnknownTable(index));
        }
        let lookups = segments
            .iter()
            .map(|segment| elements(&segment.axes))
            .try_fold(0u64, |sum, count| sum.checked_add(count?))
            .filter(|&count| count < u64::from(MODULUS))
            .ok_or(ShapeError::TooManyLookups)?;
        let sizes = segments
            .iter()
            .map(|segment| tensor_variables(&segment.axes));
        let sizes = sizes.chain(tables.iter().map(|table| variables(table.table.entries())));
        let (placements, cells) = stack(&sizes.collect::<Vec<_>>())?;
        Ok(Self {
            tables,
            segments,
            placements,
            lookups,
            cells,
        })
    }

    /// The tables.
    #[must_use]
    pub fn tables(&self) -> &[NumberedTable] {
        &self.tables
    }

    /// What is looked up.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Each segment with its table and place.
    pub fn placed_segments(&self) -> impl Iterator<Item = (&Segment, &NumberedTable, Placement)> {
        self.segments
            .iter()
            .zip(&self.placements)
            .filter_map(|(segment, &placement)| {
                Some((segment, self.tables.get(segment.table)?, placement))
            })
    }

    /// Each table with its place.
    pub fn placed_tables(&self) -> impl Iterator<Item = (&NumberedTable, Placement)> {
        self.tables
            .iter()
            .zip(self.placements.iter().skip(self.segments.len()).copied())
    }

    /// Elements looked up.
    #[must_use]
    pub fn lookups(&self) -> u64 {
        self.lookups
    }

    /// Cells in blocks; those after them are 0/1.
    #[must_use]
    pub fn cells(&self) -> u64 {
        self.cells
    }

    /// Variables of the stacked hypercube: at least one, since there are a segment and a table.
    #[must_use]
    pub fn variables(&self) -> usize {
        variables(self.cells)
    }
}

fn elements(axes: &[u32]) -> Option<u64> {
    axes.iter().try_fold(1u64, |product, &length| {
        product.checked_mul(u64::from(length))
    })
}

/// Offsets of aligned blocks of `2^size` cells: largest first, ties in order.
fn stack(sizes: &[usize]) -> Result<(Vec<Placement>, u64), ShapeError> {
    let mut order: Vec<(usize, usize)> = sizes.iter().copied().enumerate().collect();
    order.sort_by_key(|&(_, size)| std::cmp::Reverse(size));
    let mut placements = vec![
        (
            0,
            Placement {
                offset: 0,
                variables: 0
            }
        );
        0
    ];
    let mut offset = 0u64;
    for (index, size) in order {
        let cells = u32::try_from(size)
            .ok()
            .and_then(|bits| 1u64.checked_shl(bits));
        placements.push((
            index,
            Placement {
                offset,
                variables: size,
            },
        ));
        offset = cells
            .and_then(|cells| offset.checked_add(cells))
            .filter(|&end| end <= 1 << CELL_VARIABLES_MAX)
            .ok_or(ShapeError::TooManyCells)?;
    }
    placements.sort_by_key(|&(index, _)| index);
    Ok((
        placements
            .into_iter()
            .map(|(_, placement)| placement)
            .collect(),
        offset,
    ))
}
