//! Correlation and contribution of vectors with 32 fraction bits.
//!
//! Values stay below 2^36 and vectors below 2^20 entries, so that no sum exceeds 2^112.

use crate::number::{FRACTION_BITS, Number};

pub(super) fn dot(left: &[i64], right: &[i64]) -> i128 {
    left.iter()
        .zip(right)
        .map(|(&l, &r)| i128::from(l) * i128::from(r))
        .sum()
}

/// A vector with the sums that every correlation with it needs.
pub(super) struct Side {
    values: Vec<i64>,
    sum: i128,
    /// `count x sum of squares - sum squared`.
    spread: u128,
}

impl Side {
    pub(super) fn new(values: Vec<i64>) -> Self {
        let sum: i128 = values.iter().map(|&value| i128::from(value)).sum();
        let squares = dot(&values, &values);
        let spread = (values.len() as i128 * squares - sum * sum).unsigned_abs();
        Self {
            values,
            sum,
            spread,
        }
    }
}

/// Pearson's correlation; none where one side doesn't vary.
pub(super) fn pearson(left: &Side, right: &Side) -> Option<Number> {
    if left.spread == 0 || right.spread == 0 {
        return None;
    }
    let count = left.values.len() as i128;
    let covariance = count * dot(&left.values, &right.values) - left.sum * right.sum;
    let (left_root, left_shift) = wide_root(left.spread);
    let (right_root, right_shift) = wide_root(right.spread);
    let spread = u128::from(left_root) * u128::from(right_root);
    // |covariance| <= the true spread, so that this doesn't overflow but for the floors of the roots.
    let covariance_scaled = covariance
        .unsigned_abs()
        .checked_shl(left_shift + right_shift)
        .filter(|scaled| scaled >> (left_shift + right_shift) == covariance.unsigned_abs())
        .unwrap_or(spread)
        .min(spread);
    let reduced = FRACTION_BITS + 1;
    let size = ((covariance_scaled >> reduced) << FRACTION_BITS) / (spread >> reduced).max(1);
    let size = Number::from_bits(size as i128);
    Some(if covariance < 0 { -size } else { size })
}

/// The square root with 64 significant bits, and by how many bits it is scaled up.
fn wide_root(value: u128) -> (u64, u32) {
    let shift = value.leading_zeros() & !1;
    let root = (value << shift).isqrt();
    (root as u64, shift / 2)
}

/// The covariance of four times the target with what the prediction has and the meta model hasn't; none where
/// the meta model doesn't vary.
///
/// `target_deviation` is `count x target - sum of targets`.
pub(super) fn contribution(
    target_deviation: &[i64],
    prediction: &[i64],
    meta: &[i64],
) -> Option<Number> {
    let meta_square = dot(meta, meta);
    if meta_square == 0 {
        return None;
    }
    let along = reduced_ratio(dot(prediction, meta), meta_square);
    let count = target_deviation.len() as i128;
    let covariance = |vector: &[i64]| {
        // 64 fraction bits and a factor count squared, to 48 bits.
        Number::from_bits((dot(target_deviation, vector) / (count * count)) >> 16)
    };
    let own = covariance(prediction) - along.times(covariance(meta));
    Some(Number::from_integer(4).times(own))
}

/// A ratio of sums of at most 2^112, by their upper bits.
fn reduced_ratio(numerator: i128, denominator: i128) -> Number {
    let bits = 128 - denominator.unsigned_abs().leading_zeros();
    let shift = bits.saturating_sub(72);
    Number::ratio(numerator >> shift, denominator >> shift)
}

#[cfg(test)]
mod tests {
    use super::{Side, pearson};
    use crate::number::Number;

    #[test]
    fn a_vector_correlates_fully_with_itself_and_not_with_a_constant() {
        for size in [1, 1 << 20, 1 << 35] {
            let rising = Side::new((-50..51).map(|step| step * size).collect());
            let falling = Side::new((-50..51).map(|step| 7 - step * 3).collect());
            let constant = Side::new(vec![size; 101]);
            let full = pearson(&rising, &falling).unwrap() + Number::ONE;
            assert!(full.abs().to_f64() < 1e-12);
            assert_eq!(pearson(&rising, &constant), None);
        }
    }
}
