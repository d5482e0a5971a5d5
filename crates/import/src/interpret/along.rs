//! Sums along one axis.

use crate::array::Array;

/// Outer rows, length and inner columns of an axis.
pub(super) fn split(shape: &[usize], axis: usize) -> [usize; 3] {
    let outer = shape[..axis].iter().product();
    let inner = shape[axis + 1..].iter().product();
    [outer, shape[axis], inner]
}

pub(super) fn window_sum(
    x: &[f32],
    from: &[usize],
    to: &[usize],
    axis: usize,
    [kernel, stride, before]: [usize; 3],
) -> Vec<f32> {
    let [outer, length, inner] = split(from, axis);
    let count = to[axis];
    let mut out = vec![0.0; outer * count * inner];
    for row in 0..outer {
        for index in 0..count {
            let start = index * stride;
            let first = start.saturating_sub(before);
            let last = (start + kernel).saturating_sub(before).min(length);
            let target = (row * count + index) * inner;
            for position in first..last {
                let values = &x[(row * length + position) * inner..][..inner];
                for (sum, value) in out[target..][..inner].iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
    }
    out
}

pub(super) fn mix(x: &[f32], from: &[usize], axis: usize, matrix: &Array) -> Vec<f32> {
    let [outer, length, inner] = split(from, axis);
    let count = matrix.shape[0];
    let mut out = vec![0.0; outer * count * inner];
    for row in 0..outer {
        for (index, factors) in matrix.values.chunks_exact(length).enumerate() {
            let target = (row * count + index) * inner;
            for (position, &factor) in factors.iter().enumerate() {
                if factor != 0.0 {
                    let values = &x[(row * length + position) * inner..][..inner];
                    super::add_scaled(&mut out[target..][..inner], values, factor);
                }
            }
        }
    }
    out
}
