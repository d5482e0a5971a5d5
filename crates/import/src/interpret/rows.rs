//! What looks at whole rows: rows of a table, normalisation, softmax. Sums are in double precision.

use super::along::split;
use crate::array::Array;

pub(super) fn embedding(indices: &[f32], table: &Array) -> Vec<f32> {
    let (rows, columns) = (table.shape[0], table.shape[1]);
    let mut out = Vec::with_capacity(indices.len() * columns);
    for &index in indices {
        if index >= 0.0 && (index as usize) < rows {
            out.extend(&table.values[index as usize * columns..][..columns]);
        } else {
            out.resize(out.len() + columns, 0.0);
        }
    }
    out
}

/// Calls `f` with the places of the values of every row along an axis.
pub(crate) fn each_row(shape: &[usize], axis: usize, mut f: impl FnMut(&[usize])) {
    let [outer, length, inner] = split(shape, axis);
    let mut places = vec![0; length];
    for block in 0..outer {
        for column in 0..inner {
            for (index, place) in places.iter_mut().enumerate() {
                *place = (block * length + index) * inner + column;
            }
            f(&places);
        }
    }
}

/// Mean and variance of a row; zero and the mean square if it isn't centred.
pub(crate) fn moments(x: &[f32], places: &[usize], centered: bool) -> (f64, f64) {
    let length = places.len() as f64;
    let mean = if centered {
        places.iter().map(|&place| f64::from(x[place])).sum::<f64>() / length
    } else {
        0.0
    };
    let square = |&place: &usize| {
        let rest = f64::from(x[place]) - mean;
        rest * rest
    };
    (mean, places.iter().map(square).sum::<f64>() / length)
}

pub(super) fn normalize(
    x: &[f32],
    shape: &[usize],
    axis: usize,
    centered: bool,
    epsilon: f32,
) -> Vec<f32> {
    let mut out = vec![0.0; x.len()];
    each_row(shape, axis, |places| {
        let (mean, variance) = moments(x, places, centered);
        let deviation = (variance + f64::from(epsilon)).sqrt();
        for &place in places {
            out[place] = ((f64::from(x[place]) - mean) / deviation) as f32;
        }
    });
    out
}

/// Of the sum of all operands, which have one length.
pub(super) fn softmax(operands: &[Vec<f32>], length: usize) -> Vec<f32> {
    let elements = operands.first().map_or(0, |first| first.len());
    let mut out = Vec::with_capacity(elements);
    for start in (0..elements).step_by(length.max(1)) {
        let score = |index: usize| -> f64 {
            let scores = operands
                .iter()
                .map(|operand| f64::from(operand[start + index]));
            scores.sum()
        };
        let scores: Vec<f64> = (0..length).map(score).collect();
        let largest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let powers: Vec<f64> = scores
            .iter()
            .map(|score| libm::exp(score - largest))
            .collect();
        let sum: f64 = powers.iter().sum();
        out.extend(powers.iter().map(|power| (power / sum) as f32));
    }
    out
}
