//! Bonds: how early and how strongly each validator backed each miner, as a moving average of weights.

use super::case::EpochInput;
use super::fixed::I32F32;
use super::rows::{Row, Scatter, positive_cells, sort_unique};

/// Slots of the cache of exponentials; the result doesn't depend on it.
const CACHE_SLOTS: usize = 1 << 12;

/// `1 - moving average`, the share of the new weights.
pub(super) fn fixed_alpha(bonds_moving_average: u64) -> I32F32 {
    let average = (u128::from(bonds_moving_average) << super::fixed::FRACTION_BITS) / 1_000_000;
    let average = I32F32::from_bits(i64::try_from(average).unwrap_or(i64::MAX));
    I32F32::ONE.saturating_sub(average)
}

/// `alpha new + (1 - alpha) old`: positive cells, sorted; repeated uids add up.
pub(super) fn moving_average(new: &[Row], old: &[Row], alpha: I32F32, uids: usize) -> Vec<Row> {
    let rest = I32F32::ONE.saturating_sub(alpha);
    let mut cells = Scatter::new(uids);
    new.iter()
        .zip(old)
        .map(|(new_row, old_row)| {
            cells.clear();
            for &(uid, value) in new_row {
                cells.add(uid, alpha.saturating_mul(value));
            }
            for &(uid, value) in old_row {
                cells.add(uid, rest.saturating_mul(value));
            }
            let mut columns = cells.touched.clone();
            sort_unique(&mut columns);
            positive_cells(&columns, |uid| cells.get(uid))
        })
        .collect()
}

/// The same with liquid alpha, one alpha per cell. A bond that the new row doesn't name is dropped.
pub(super) fn liquid_moving_average(
    new: &[Row],
    old: &[Row],
    consensus: &[I32F32],
    liquid: &mut LiquidAlpha,
) -> Vec<Row> {
    let uids = consensus.len();
    let mut seen_new = Scatter::new(uids);
    let mut seen_old = Scatter::new(uids);
    let mut last_old = Scatter::new(uids);
    new.iter()
        .zip(old)
        .map(|(new_row, old_row)| {
            seen_new.clear();
            seen_old.clear();
            last_old.clear();
            scatter_records(&mut seen_new, new_row);
            scatter_records(&mut seen_old, old_row);
            for &(uid, bond) in old_row {
                last_old.set(uid, bond);
            }
            let mut row = Vec::with_capacity(new_row.len());
            for &(uid, weight) in new_row {
                let alpha = liquid.alpha(
                    consensus[usize::from(uid)],
                    seen_new.get(uid),
                    seen_old.get(uid),
                );
                let decayed = I32F32::ONE
                    .saturating_sub(alpha)
                    .saturating_mul(last_old.get(uid));
                let gained = alpha.saturating_mul(weight).max(I32F32::ZERO);
                let bond = decayed.saturating_add(gained).min(I32F32::ONE);
                if bond > I32F32::ZERO {
                    row.push((uid, bond));
                }
            }
            row
        })
        .collect()
}

/// Upstream walks a row beside an ascending counter: an entry after a larger or equal uid is not seen.
fn scatter_records(cells: &mut Scatter, row: &Row) {
    let mut next = 0;
    for &(uid, value) in row {
        if u32::from(uid) >= next {
            cells.set(uid, value);
            next = u32::from(uid) + 1;
        }
    }
}

/// Alpha between a low and a high bound, by a sigmoid of how far a weight departs from consensus or bond.
pub(super) struct LiquidAlpha {
    low: I32F32,
    high: I32F32,
    slope: I32F32,
    cache: Vec<Option<(I32F32, I32F32)>>,
}

impl LiquidAlpha {
    pub(super) fn new(input: &EpochInput) -> Self {
        Self {
            low: I32F32::from_proportion(input.alpha_low),
            high: I32F32::from_proportion(input.alpha_high),
            slope: I32F32::from_integer(i32::from(input.alpha_sigmoid_steepness))
                .saturating_div(I32F32::from_integer(-100)),
            cache: vec![None; CACHE_SLOTS],
        }
    }

    fn alpha(&mut self, consensus: I32F32, weight: I32F32, bond: I32F32) -> I32F32 {
        let departure = if weight >= bond {
            weight.saturating_sub(consensus)
        } else {
            bond.saturating_sub(weight)
        };
        let departure = departure.clamp_between(I32F32::ZERO, I32F32::ONE);
        let slot = (departure.to_bits() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 52;
        match self.cache[slot as usize] {
            Some((key, alpha)) if key == departure => alpha,
            _ => {
                let alpha = self.alpha_of_departure(departure);
                self.cache[slot as usize] = Some((departure, alpha));
                alpha
            }
        }
    }

    fn alpha_of_departure(&self, departure: I32F32) -> I32F32 {
        let exponent = self
            .slope
            .saturating_mul(departure.saturating_sub(I32F32::HALF));
        let sigmoid = I32F32::ONE.saturating_div(I32F32::ONE.saturating_add(exponent.exp()));
        let alpha = self
            .low
            .saturating_add(sigmoid.saturating_mul(self.high.saturating_sub(self.low)));
        alpha.clamp_between(self.low, self.high)
    }
}
