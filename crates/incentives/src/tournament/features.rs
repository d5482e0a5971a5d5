//! What features explain linearly, taken out of a prediction.

use super::normal::{VECTOR_BITS, to_vector};
use super::statistics::dot;
use crate::number::Number;

/// An orthogonal basis of features and constant; every vector has as mean square one.
pub(super) struct FeatureBasis {
    vectors: Vec<Vec<i64>>,
}

/// Of a feature that the ones before it explain but for this part (its square), nothing is kept: 2^-40.
const DEPENDENT: Number = Number::from_bits(1 << 8);

impl FeatureBasis {
    /// Gram and Schmidt's method, twice over each vector so that rounding stays small.
    pub(super) fn new(features: &[Vec<u16>], rows: &[usize]) -> Self {
        let mut basis = Self {
            vectors: vec![vec![1 << VECTOR_BITS; rows.len()]],
        };
        for feature in features {
            // Levels as parts of 65536: magnitudes below one.
            let column: Vec<i64> = rows
                .iter()
                .map(|&row| i64::from(feature[row]) << (VECTOR_BITS - 16))
                .collect();
            let before = mean_square(&column);
            let rest = basis.neutral(&basis.neutral(&column));
            let square = mean_square(&rest);
            if square > DEPENDENT && square > DEPENDENT.times(before) {
                let length = square.sqrt();
                let unit = rest
                    .iter()
                    .map(|&cell| to_vector(Number::from_bits(i128::from(cell) << 16).over(length)));
                basis.vectors.push(unit.collect());
            }
        }
        basis
    }

    /// The vector less its projection on the basis.
    pub(super) fn neutral(&self, vector: &[i64]) -> Vec<i64> {
        let mut rest = vector.to_vec();
        for direction in &self.vectors {
            let part = dot(&rest, direction) / rest.len().max(1) as i128;
            for (cell, &along) in rest.iter_mut().zip(direction) {
                *cell -= ((part * i128::from(along)) >> (2 * VECTOR_BITS)) as i64;
            }
        }
        rest
    }
}

fn mean_square(vector: &[i64]) -> Number {
    Number::from_bits((dot(vector, vector) / vector.len().max(1) as i128) >> 16)
}
