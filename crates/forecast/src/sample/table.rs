//! Quantile functions as tables of cubic polynomials, so that a draw costs the same whatever the distribution.
//!
//! Cells get narrower towards the tails: 16 to each halving of the distance to 0 or 1. Each cell is checked against
//! the exact function; where it is off by more than [`TOLERANCE`], as at a jump or a kink, draws in that cell take the
//! exact function instead.

use crate::distribution::{Distribution, Tail, normal_cdf};
use crate::program::{BLOCK, Column};

/// Largest difference from the exact quantile, in relation to the value or to the middle 80 % if that is larger.
pub(crate) const TOLERANCE: f64 = 5e-8;

const CELLS_PER_OCTAVE_BITS: u32 = 4;
const MANTISSA_BITS: u32 = f64::MANTISSA_DIGITS - 1;
/// Low bits of a tail's mantissa, which say where in its cell it lies.
const POSITION_BITS: u32 = MANTISSA_BITS - CELLS_PER_OCTAVE_BITS;
/// Octaves of numbers from 2^-64 to 1; tails use those from 2^-33, the least half step of a coordinate, to 1/2.
const OCTAVES: usize = 64;
const CELLS_PER_TAIL: usize = OCTAVES << CELLS_PER_OCTAVE_BITS;
const CELLS: usize = 2 * CELLS_PER_TAIL;
/// The cell number of 2^-64, below every tail.
const CELL_BASE: u64 = (1023 - OCTAVES as u64) << CELLS_PER_OCTAVE_BITS;
/// The cells of the tails that occur.
const USED: std::ops::Range<usize> =
    (OCTAVES - 33) << CELLS_PER_OCTAVE_BITS..(OCTAVES - 1) << CELLS_PER_OCTAVE_BITS;

const STEP: f64 = 1.0 / 4_294_967_296.0;

/// A cubic in a position from -1 to 1; not a number if the cell needs the exact function.
type Cell = [f64; 4];
const EXACT: Cell = [f64::NAN; 4];

/// The quantile function over coordinates.
pub(crate) struct QuantileTable {
    cells: Box<[Cell; CELLS]>,
    exact: Distribution,
}

impl QuantileTable {
    pub(crate) fn new(distribution: &Distribution) -> Self {
        let mut cells = Box::new([EXACT; CELLS]);
        let spread = distribution.quantile(0.9) - distribution.quantile(0.1);
        for (side, tail) in [Tail::Lower, Tail::Upper].into_iter().enumerate() {
            for index in USED {
                let start = cell_start(index);
                let end = cell_start(index + 1);
                let (middle, half) = (0.5 * (start + end), 0.5 * (end - start));
                let exact =
                    |position: f64| distribution.quantile_from(tail, middle + half * position);
                cells[side * CELLS_PER_TAIL + index] = fit(exact, spread);
            }
        }
        Self {
            cells,
            exact: distribution.clone(),
        }
    }

    /// The quantiles of a block of coordinates.
    pub(crate) fn apply(&self, coordinates: &[u32; BLOCK], target: &mut Column) {
        for (slot, coordinate) in target.iter_mut().zip(coordinates) {
            *slot = self.one(*coordinate);
        }
    }

    #[inline]
    fn one(&self, coordinate: u32) -> f64 {
        let upper = coordinate >> 31;
        let folded = coordinate ^ 0_u32.wrapping_sub(upper);
        let tail = (f64::from(folded) + 0.5) * STEP;
        let bits = tail.to_bits();
        let index = (bits >> POSITION_BITS).wrapping_sub(CELL_BASE) as usize;
        // The low bits as a number from 1 to 2, then from -1 to 1.
        let fraction = f64::from_bits(
            bits << CELLS_PER_OCTAVE_BITS & ((1 << MANTISSA_BITS) - 1) | 1_f64.to_bits(),
        );
        let cell = &self.cells[(upper as usize * CELLS_PER_TAIL + index) & (CELLS - 1)];
        let value = cubic(cell, 2.0 * fraction - 3.0);
        if value.is_nan() {
            let side = if upper == 1 { Tail::Upper } else { Tail::Lower };
            return self.exact.quantile_from(side, tail);
        }
        value
    }
}

/// The tail probability at which a cell starts.
fn cell_start(index: usize) -> f64 {
    f64::from_bits((index as u64 + CELL_BASE) << POSITION_BITS)
}

/// A function of a standard normal score, for inputs that a copula mixes.
pub(crate) struct ScoreTable {
    cells: Vec<Cell>,
    exact: Distribution,
}

/// Scores beyond this have a probability of 1e-17 and are taken as this.
const SCORE_MAX: f64 = 8.5;
const CELLS_PER_SCORE: f64 = 16.0;

impl ScoreTable {
    pub(crate) fn new(distribution: &Distribution) -> Self {
        let spread = distribution.quantile(0.9) - distribution.quantile(0.1);
        let count = (2.0 * SCORE_MAX * CELLS_PER_SCORE) as usize;
        let cells = (0..count)
            .map(|index| {
                let middle = (index as f64 + 0.5) / CELLS_PER_SCORE - SCORE_MAX;
                fit(
                    |position| by_score(distribution, middle + 0.5 * position / CELLS_PER_SCORE),
                    spread,
                )
            })
            .collect();
        Self {
            cells,
            exact: distribution.clone(),
        }
    }

    pub(crate) fn at(&self, score: f64) -> f64 {
        let place =
            ((score + SCORE_MAX) * CELLS_PER_SCORE).clamp(0.0, self.cells.len() as f64 - 1e-9);
        let index = place as usize;
        let value = cubic(&self.cells[index], 2.0 * (place - index as f64) - 1.0);
        if value.is_nan() {
            by_score(&self.exact, score.clamp(-SCORE_MAX, SCORE_MAX))
        } else {
            value
        }
    }
}

fn by_score(distribution: &Distribution, score: f64) -> f64 {
    match distribution {
        Distribution::Normal { mean, deviation } => mean + deviation * score,
        Distribution::Lognormal {
            log_mean,
            log_deviation,
        } => libm::exp(log_mean + log_deviation * score),
        _ if score < 0.0 => distribution.quantile_from(Tail::Lower, normal_cdf(score)),
        _ => distribution.quantile_from(Tail::Upper, normal_cdf(-score)),
    }
}

fn cubic(cell: &Cell, position: f64) -> f64 {
    ((cell[3] * position + cell[2]) * position + cell[1]) * position + cell[0]
}

/// The cubic through the function's values at the four Chebyshev points, or `EXACT` if it is not close enough.
fn fit(function: impl Fn(f64) -> f64, spread: f64) -> Cell {
    const OUTER: f64 = 0.923_879_532_511_286_7;
    const INNER: f64 = 0.382_683_432_365_089_8;
    const CHECKS: [f64; 5] = [-1.0, -0.707, 0.0, 0.707, 1.0];
    let (outer_low, outer_high) = (function(-OUTER), function(OUTER));
    let (inner_low, inner_high) = (function(-INNER), function(INNER));
    let difference = OUTER * OUTER - INNER * INNER;
    let (even_outer, even_inner) = (
        0.5 * (outer_high + outer_low),
        0.5 * (inner_high + inner_low),
    );
    let (odd_outer, odd_inner) = (
        0.5 * (outer_high - outer_low) / OUTER,
        0.5 * (inner_high - inner_low) / INNER,
    );
    let square = (even_outer - even_inner) / difference;
    let cube = (odd_outer - odd_inner) / difference;
    let cell = [
        even_outer - square * OUTER * OUTER,
        odd_outer - cube * OUTER * OUTER,
        square,
        cube,
    ];
    let is_close = CHECKS.into_iter().all(|position| {
        let expected = function(position);
        (cubic(&cell, position) - expected).abs() <= TOLERANCE * spread.max(expected.abs())
    });
    if is_close { cell } else { EXACT }
}

#[cfg(test)]
mod tests;
