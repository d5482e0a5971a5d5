//! Rows of a table by a hidden index: the index is cut into a high and a low part, each compared with
//! every value that it can have, and the product of both comparisons picks the row.

use lilliput_graph::bounds::VALUE_MAX;
use lilliput_graph::op::SHIFT_MAX;
use lilliput_graph::{Op, OpError, Shape, Table};

use super::builder::{Builder, Quantity, inner};
use super::weights::WEIGHT_BITS_MIN;
use crate::array::Array;
use crate::program::{Operation, Program, Step, Value};

/// Tables of fewer rows are compared with the whole index.
const WHOLE_ROWS_MAX: usize = 32;
/// How many bits more than other weights a row has.
const ROW_BITS_MORE: u8 = 4;
/// Most entries of the table of quotients that tells a row from what its worst case would be.
const QUOTIENTS_MAX: i64 = 1 << 14;
/// Most integers that an index may be.
const INDEX_WIDTH_MAX: i64 = 1 << 17;

/// How many rows the table has that an input is the index of.
pub(super) fn rows_of_input(program: &Program, input: Value) -> Option<usize> {
    let bare = |mut value: Value| {
        while let Operation::Reshape | Operation::Convert(_) = program.steps[value].operation {
            value = program.steps[value].operands[0];
        }
        value
    };
    let rows = program.steps.iter().map(|step| match &step.operation {
        Operation::Embedding { table } if bare(step.operands[0]) == input => Some(table.shape[0]),
        _ => None,
    });
    rows.flatten().min()
}

impl Builder<'_> {
    pub(super) fn embedding(&mut self, step: &Step, table: &Array) -> Result<Quantity, OpError> {
        let [rows, columns] = [table.shape[0], table.shape[1]];
        let index = self.quantity(step.operands[0]);
        let range = self.range(index);
        if range.hi - range.lo >= INDEX_WIDTH_MAX {
            return Err(OpError::Parameter {
                what: "number of values of an index",
            });
        }
        let count = self.draft.shape(index.tensor).elements() as u32;
        let index = self.shaped(index, &Shape(vec![count]))?;
        let low_count = if rows <= WHOLE_ROWS_MAX {
            rows
        } else {
            low_values(rows)
        };
        let high_count = rows.div_ceil(low_count);
        let mut numbers = table.values.clone();
        numbers.resize(high_count * low_count * columns, 0.0);
        // Rows are read one at a time, and a few columns of large numbers set the scale of all.
        let rounded_rows = (high_count * low_count) as i64;
        let fits = |&bits: &u8| rounded_rows << bits <= VALUE_MAX;
        let most = (self.weight_bits + ROW_BITS_MORE).min(16);
        let bits = (WEIGHT_BITS_MIN..=most).rev().find(fits);
        let bits = bits.unwrap_or(WEIGHT_BITS_MIN);
        let shape = [high_count, low_count, columns].map(|length| length as u32);
        let picked = if high_count == 1 {
            let low = self.hot(index, low_count, 0)?;
            let weight = self.weight(&numbers, shape[1..].to_vec(), bits);
            self.contract(low, weight, [&[0, 1], &[1, 2], &[0, 2]])?
        } else {
            let [high, low] = self.split(index, low_count)?;
            let high = self.hot(high, high_count, 0)?;
            let low = self.hot(low, low_count, -(low_count as i64) / 2)?;
            let both = self.contract(high, low, [&[0, 1], &[0, 2], &[0, 1, 2]])?;
            let weight = self.weight(&numbers, shape.to_vec(), bits);
            self.contract(both, weight, [&[0, 1, 2], &[1, 2, 3], &[0, 3]])?
        };
        // More bits than a row has make the table of quotients small.
        let few = |shift: &u8| rounded_rows >> (shift - bits) <= QUOTIENTS_MAX;
        let shift = (bits..=SHIFT_MAX).find(few).unwrap_or(SHIFT_MAX);
        let row = self.remainder(picked, shift)?;
        self.shaped(row, &inner(&step.shape))
    }

    /// The quotient by a power of two, and the rest less half of that power.
    fn split(&mut self, index: Quantity, divisor: usize) -> Result<[Quantity; 2], OpError> {
        let shift = divisor.trailing_zeros() as u8;
        let op = Op::Sum {
            terms: vec![(index.tensor, 1)],
            constant: -(divisor as i64) / 2,
        };
        let lowered = self.push(op, 1.0)?;
        let quotient = self.rounded(lowered, shift)?;
        let rest = self.rest(lowered, quotient, shift)?;
        Ok([quotient, rest])
    }

    /// 1 where a value is the place on a new axis, which begins at `first`, else 0.
    fn hot(&mut self, x: Quantity, count: usize, first: i64) -> Result<Quantity, OpError> {
        let length = self.lengths(x)[0];
        let shape = Shape(vec![length, count as u32]);
        let positions: Vec<i64> = (first..first + count as i64).collect();
        let positions = self.whole_numbers(&positions, &Shape(vec![count as u32]))?;
        let spread = |builder: &mut Self, x: Quantity, axis: u8| {
            let op = Op::Broadcast {
                x: x.tensor,
                shape: shape.clone(),
                axes: vec![axis],
            };
            builder.push(op, 1.0)
        };
        let x = spread(self, x, 0)?;
        let positions = spread(self, positions, 1)?;
        let op = Op::Sum {
            terms: vec![(x.tensor, 1), (positions.tensor, -1)],
            constant: 0,
        };
        let difference = self.push(op, 1.0)?;
        self.lookup(difference, 0, 1.0, |domain| Table::Values {
            lo: domain.lo as i32,
            values: (domain.lo..=domain.hi).map(|x| i32::from(x == 0)).collect(),
        })
    }

    /// A value of `bits` bits whose worst case says more: what rounding to a multiple of `2^bits`
    /// leaves of it.
    fn remainder(&mut self, x: Quantity, bits: u8) -> Result<Quantity, OpError> {
        if self.range(x).magnitude() <= 4 * self.top() {
            return Ok(x);
        }
        let rounded = self.rounded(x, bits)?;
        self.rest(x, rounded, bits)
    }

    /// A product whose scale is that of its operands together.
    pub(super) fn contract(
        &mut self,
        a: Quantity,
        b: Quantity,
        [a_axes, b_axes, out_axes]: [&[u8]; 3],
    ) -> Result<Quantity, OpError> {
        let op = Op::Contract {
            a: a.tensor,
            b: b.tensor,
            a_axes: a_axes.to_vec(),
            b_axes: b_axes.to_vec(),
            out_axes: out_axes.to_vec(),
        };
        self.push(op, a.scale * b.scale)
    }
}

/// The power of two for which an index has the fewest comparisons.
fn low_values(rows: usize) -> usize {
    let powers = (1..17).map(|power| 1usize << power);
    powers
        .min_by_key(|&low| low + rows.div_ceil(low))
        .unwrap_or(1)
}
