//! Worst-case interval of every tensor.
//!
//! Intervals follow from the declared ranges of inputs, weights and tables alone, never from what a
//! model was calibrated on. A node is refused when its result, or any sum of a part of its terms in
//! any order, could leave [`VALUE_MAX`]; that is why an executor may add in whatever order is
//! fastest, in 32 bits.

use borsh::{BorshDeserialize, BorshSerialize};

use crate::check::OpError;
use crate::graph::{Graph, TensorId};
use crate::op::{Op, SHIFT_MAX};
use crate::shape::Shape;
use crate::table::Table;

/// Every tensor value, partial sum and shifted value stays within this distance of zero: below half
/// of the KoalaBear modulus 2^31 - 2^24 + 1, so that equality in the field is equality of integers.
pub const VALUE_MAX: i64 = (1 << 30) - (1 << 23) - 1;

/// `lo ..= hi`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Range {
    pub lo: i64,
    pub hi: i64,
}

impl Range {
    /// Whether `value` lies in it.
    #[must_use]
    pub fn contains(self, value: i64) -> bool {
        self.lo <= value && value <= self.hi
    }

    /// The smallest interval that holds both.
    #[must_use]
    pub fn hull(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    /// The same with zero added to it.
    #[must_use]
    pub fn with_zero(self) -> Self {
        self.hull(Self { lo: 0, hi: 0 })
    }

    /// Not empty and within [`VALUE_MAX`].
    #[must_use]
    pub fn is_sound(self) -> bool {
        -VALUE_MAX <= self.lo && self.lo <= self.hi && self.hi <= VALUE_MAX
    }

    /// Largest distance from zero.
    #[must_use]
    pub fn magnitude(self) -> i64 {
        self.lo.saturating_abs().max(self.hi.saturating_abs())
    }
}

/// The interval of a weight tensor of `bits` bits.
#[must_use]
pub fn weight_range(bits: u8) -> Range {
    let half = 1i64 << bits.saturating_sub(1).min(62);
    Range {
        lo: -half,
        hi: half - 1,
    }
}

/// What is known of the tensors before a node.
pub(crate) struct Known<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) shapes: &'a [Shape],
    pub(crate) ranges: &'a [Range],
    /// Interval of the results of each table of the graph.
    pub(crate) table_ranges: &'a [Range],
}

impl Known<'_> {
    fn range(&self, id: TensorId) -> Range {
        self.ranges[id.0 as usize]
    }

    fn shape(&self, id: TensorId) -> &[u32] {
        &self.shapes[id.0 as usize].0
    }
}

/// The interval of the result of a node whose shapes are sound.
pub(crate) fn node_range(op: &Op, known: &Known<'_>) -> Result<Range, OpError> {
    match op {
        Op::Contract {
            a,
            b,
            a_axes,
            b_axes,
            out_axes,
        } => {
            let terms = a_axes
                .iter()
                .zip(known.shape(*a))
                .filter(|(label, _)| !out_axes.contains(label))
                .map(|(_, &length)| i128::from(length))
                .product();
            let range = products(known.range(*a), known.range(*b), terms, false)?;
            let squares = a == b && a_axes == b_axes;
            Ok(Range {
                // Every term is a square.
                lo: if squares { range.lo.max(0) } else { range.lo },
                ..range
            })
        }
        Op::Conv { x, w, pad, .. } => {
            let terms = known.shape(*w)[1..]
                .iter()
                .map(|&length| i128::from(length))
                .product();
            let padded = pad.iter().any(|&width| width > 0);
            products(known.range(*x), known.range(*w), terms, padded)
        }
        Op::Sum { terms, constant } => match maximum(terms, *constant, known) {
            Some(range) => Ok(range),
            None => {
                let range = sum(terms, *constant, known)?;
                Ok(remainder(terms, *constant, known).unwrap_or(range))
            }
        },
        Op::WindowSum {
            x, axis, kernel, ..
        } => {
            let length = known.shape(*x)[usize::from(*axis)];
            let range = known.range(*x).with_zero();
            let terms = i128::from(length.min(*kernel));
            bounded(i128::from(range.lo) * terms, i128::from(range.hi) * terms)
        }
        Op::Pad {
            x, before, after, ..
        } => Ok(if *before == 0 && *after == 0 {
            known.range(*x)
        } else {
            known.range(*x).with_zero()
        }),
        Op::Concat { parts, .. } => {
            let mut ranges = parts.iter().map(|&part| known.range(part));
            let first = ranges.next().ok_or(OpError::NoOperands)?;
            Ok(ranges.fold(first, Range::hull))
        }
        Op::Slice { x, .. }
        | Op::Transpose { x, .. }
        | Op::Reshape { x, .. }
        | Op::Broadcast { x, .. } => Ok(known.range(*x)),
        Op::Lookup { x, shift, table } => lookup(known.range(*x), *shift, *table, known),
    }
}

fn bounded(lo: i128, hi: i128) -> Result<Range, OpError> {
    let limit = i128::from(VALUE_MAX);
    match (i64::try_from(lo), i64::try_from(hi)) {
        (Ok(lo), Ok(hi)) if -limit <= i128::from(lo) && i128::from(hi) <= limit => {
            Ok(Range { lo, hi })
        }
        _ => Err(OpError::Wraps {
            magnitude: lo.unsigned_abs().max(hi.unsigned_abs()),
        }),
    }
}

/// `terms` products of one value of each interval, of which some may be missing.
fn products(a: Range, b: Range, terms: i128, some_missing: bool) -> Result<Range, OpError> {
    let corners = [a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi].map(i128::from);
    let lo = corners.into_iter().min().unwrap_or(0);
    let hi = corners.into_iter().max().unwrap_or(0);
    // Partial sums stand between zero and the whole.
    let with_partial = bounded(lo.min(0) * terms, hi.max(0) * terms)?;
    if some_missing {
        Ok(with_partial)
    } else {
        bounded(lo * terms, hi * terms)
    }
}

fn sum(terms: &[(TensorId, i64)], constant: i64, known: &Known<'_>) -> Result<Range, OpError> {
    let mut lo = i128::from(constant);
    let mut hi = lo;
    let mut magnitude = lo.abs();
    for &(tensor, coefficient) in terms {
        let range = known.range(tensor);
        let coefficient = i128::from(coefficient);
        let ends = [
            i128::from(range.lo) * coefficient,
            i128::from(range.hi) * coefficient,
        ];
        lo += ends[0].min(ends[1]);
        hi += ends[0].max(ends[1]);
        magnitude += ends[0].abs().max(ends[1].abs());
    }
    // In any order, and with any part left out.
    bounded(-magnitude, magnitude)?;
    bounded(lo, hi)
}

/// Recognises `b + relu(a - b)`, the larger of two values: without it the interval of a pooling
/// would double at every step.
fn maximum(terms: &[(TensorId, i64)], constant: i64, known: &Known<'_>) -> Option<Range> {
    let [(first, 1), (second, 1)] = *terms else {
        return None;
    };
    if constant != 0 {
        return None;
    }
    rectified_difference(second, first, known)
        .or_else(|| rectified_difference(first, second, known))
}

fn rectified_difference(relu: TensorId, b: TensorId, known: &Known<'_>) -> Option<Range> {
    let Op::Lookup { x, shift: 0, table } = known.graph.op(relu)? else {
        return None;
    };
    let Table::Clamp {
        out_lo: 0, out_hi, ..
    } = known.graph.tables.get(usize::from(*table))?
    else {
        return None;
    };
    let Op::Sum { terms, constant: 0 } = known.graph.op(*x)? else {
        return None;
    };
    let a = match terms[..] {
        [(a, 1), (other, -1)] | [(other, -1), (a, 1)] if other == b => a,
        _ => return None,
    };
    let (a, b) = (known.range(a), known.range(b));
    if known.range(*x).hi > i64::from(*out_hi) || known.range(relu).hi + b.magnitude() > VALUE_MAX {
        return None;
    }
    Some(Range {
        lo: a.lo.max(b.lo),
        hi: a.hi.max(b.hi),
    })
}

/// Recognises `x - 2^s t` where `t` is `x` rounded to a multiple of `2^s` and divided by it: what is
/// left of `x` has `s` bits, whatever `x` could reach.
fn remainder(terms: &[(TensorId, i64)], constant: i64, known: &Known<'_>) -> Option<Range> {
    let (x, rounded, factor) = match *terms {
        [(x, 1), (rounded, factor)] | [(rounded, factor), (x, 1)] if constant == 0 => {
            (x, rounded, factor)
        }
        _ => return None,
    };
    let Op::Lookup {
        x: source,
        shift,
        table,
    } = known.graph.op(rounded)?
    else {
        return None;
    };
    let Table::Clamp { out_lo, out_hi, .. } = known.graph.tables.get(usize::from(*table))? else {
        return None;
    };
    let range = known.range(x);
    let lowest = crate::exec::round_shift(range.lo, *shift).0;
    let highest = crate::exec::round_shift(range.hi, *shift).0;
    let cut = lowest < i64::from(*out_lo) || i64::from(*out_hi) < highest;
    if *source != x || *shift == 0 || factor != -(1i64 << shift) || cut {
        return None;
    }
    let half = 1i64 << (shift - 1);
    Some(Range {
        lo: -half,
        hi: half - 1,
    })
}

fn lookup(x: Range, shift: u8, table: u16, known: &Known<'_>) -> Result<Range, OpError> {
    if shift > SHIFT_MAX {
        return Err(OpError::ShiftTooLarge { shift });
    }
    let index = usize::from(table);
    let (Some(function), Some(&results)) =
        (known.graph.tables.get(index), known.table_ranges.get(index))
    else {
        return Err(OpError::UnknownTable { table });
    };
    let shifted = Range {
        lo: crate::exec::round_shift(x.lo, shift).0,
        hi: crate::exec::round_shift(x.hi, shift).0,
    };
    let domain = function.domain();
    if !domain.contains(shifted.lo) || !domain.contains(shifted.hi) {
        return Err(OpError::OutsideTable {
            lo: shifted.lo,
            hi: shifted.hi,
            domain_lo: domain.lo,
            domain_hi: domain.hi,
        });
    }
    // What the prover may claim before the range of x is taken into account: any value of the
    // domain with any remainder.
    let reach = (i128::from(domain.magnitude()) + 1) << shift;
    bounded(-reach, reach)?;
    Ok(match function {
        Table::Clamp { out_lo, out_hi, .. } => {
            let clamp = |value: i64| value.clamp(i64::from(*out_lo), i64::from(*out_hi));
            Range {
                lo: clamp(shifted.lo),
                hi: clamp(shifted.hi),
            }
        }
        Table::Values { .. } => results,
    })
}
