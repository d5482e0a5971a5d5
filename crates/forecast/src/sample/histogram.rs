//! Quantiles of a stream in bounded memory: counts in bins of fixed relative width.
//!
//! A bin spans 1/2048 of its octave, so a quantile is off by at most 0.05 % of itself for having been binned; a
//! straight line within the bin makes it far less in practice. Amounts below 2^-30 (a dollar, in billions) count as
//! zero, those above 2^34 as that.

const BIN_BITS: u32 = 11;
const EXPONENT_MIN: i32 = -30;
const EXPONENT_MAX: i32 = 34;
const OCTAVES: usize = (EXPONENT_MAX - EXPONENT_MIN) as usize;
/// Bin 0 holds what is too small; the last bin of a sign also what is too large.
const BINS_PER_SIGN: usize = (OCTAVES << BIN_BITS) + 1;
const SHIFT: u32 = f64::MANTISSA_DIGITS - 1 - BIN_BITS;
const BASE: u64 = ((1023 + EXPONENT_MIN) as u64) << BIN_BITS;

/// How far a quantile can be off for having been binned, in relation to itself.
pub const BIN_RELATIVE_WIDTH: f64 = 1.0 / (1 << BIN_BITS) as f64;

#[derive(Clone)]
pub(crate) struct Histogram {
    /// Positive values, then negative ones, each by rising size.
    counts: Vec<u32>,
    total: u64,
    min: f64,
    max: f64,
}

impl Histogram {
    pub(crate) fn new() -> Self {
        Self {
            counts: vec![0; 2 * BINS_PER_SIGN],
            total: 0,
            min: f64::INFINITY,
            max: f64::NEG_INFINITY,
        }
    }

    pub(crate) fn add(&mut self, values: &[f64]) {
        for value in values {
            self.counts[bin(*value)] += 1;
            self.min = self.min.min(*value);
            self.max = self.max.max(*value);
        }
        self.total += values.len() as u64;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.total += other.total;
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    pub(crate) fn min(&self) -> f64 {
        self.min
    }

    pub(crate) fn max(&self) -> f64 {
        self.max
    }

    /// The values with the probabilities `ps`, which rise, below them.
    pub(crate) fn quantiles(&self, ps: &[f64]) -> Vec<f64> {
        let mut quantiles = Vec::with_capacity(ps.len());
        let mut below = 0_u64;
        let mut bins = self.in_order();
        let mut current = bins.next();
        for p in ps {
            let wanted = p * self.total as f64;
            while let Some((_, count)) = current
                && ((below + u64::from(count)) as f64) < wanted
            {
                below += u64::from(count);
                current = bins.next();
            }
            quantiles.push(match current {
                Some((bin, count)) => {
                    let (low, high) = edges(bin);
                    let part = (wanted - below as f64) / f64::from(count);
                    (low + (high - low) * part).clamp(self.min, self.max)
                }
                None => self.max,
            });
        }
        quantiles
    }

    /// Counts in `parts` equal parts of `low..high`, a bin's count spread evenly over its width.
    pub(crate) fn coarse(&self, low: f64, high: f64, parts: usize) -> Vec<f64> {
        let width = (high - low) / parts as f64;
        let mut coarse = vec![0.0; parts];
        for (bin, count) in self.in_order() {
            let (bin_low, bin_high) = edges(bin);
            let (bin_low, bin_high) = (bin_low.max(self.min), bin_high.min(self.max));
            let first = ((bin_low - low) / width)
                .floor()
                .clamp(0.0, parts as f64 - 1.0) as usize;
            let last = ((bin_high - low) / width)
                .floor()
                .clamp(0.0, parts as f64 - 1.0) as usize;
            if bin_high < low || bin_low > high {
                continue;
            }
            for (part, slot) in coarse.iter_mut().enumerate().take(last + 1).skip(first) {
                let part_low = low + part as f64 * width;
                let overlap = bin_high.min(part_low + width) - bin_low.max(part_low);
                let share = if bin_high > bin_low {
                    (overlap / (bin_high - bin_low)).clamp(0.0, 1.0)
                } else {
                    1.0
                };
                *slot += f64::from(count) * share;
            }
        }
        coarse
    }

    /// Bins with something in them, by rising value.
    fn in_order(&self) -> impl Iterator<Item = (usize, u32)> {
        (BINS_PER_SIGN + 1..2 * BINS_PER_SIGN)
            .rev()
            .chain(0..BINS_PER_SIGN)
            .map(|bin| (bin, self.counts[bin]))
            .filter(|(_, count)| *count > 0)
    }
}

#[inline]
fn bin(value: f64) -> usize {
    let bits = value.to_bits();
    let magnitude = (bits & !(1 << 63)) >> SHIFT;
    // Negative amounts too small to tell from zero share its bin.
    let place = magnitude
        .saturating_sub(BASE - 1)
        .min(BINS_PER_SIGN as u64 - 1) as usize;
    if value < 0.0 && place > 0 {
        BINS_PER_SIGN + place
    } else {
        place
    }
}

fn edges(bin: usize) -> (f64, f64) {
    let place = bin % BINS_PER_SIGN;
    if place == 0 {
        return (0.0, 0.0);
    }
    let edge = |place: usize| f64::from_bits((place as u64 + BASE - 1) << SHIFT);
    if bin < BINS_PER_SIGN {
        (edge(place), edge(place + 1))
    } else {
        (-edge(place + 1), -edge(place))
    }
}

#[cfg(test)]
mod tests;
