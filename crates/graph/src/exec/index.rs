//! Copies and sliding sums: what moves values without multiplying them.

use crate::shape::Shape;
use crate::tensor::Tensor;

/// `out[i0, i1, ..] = convert(values[i0 * strides[0] + i1 * strides[1] + ..])`.
pub(super) fn strided<T>(
    values: &[i64],
    lengths: &[u32],
    strides: &[usize],
    convert: impl Fn(i64) -> T,
) -> Vec<T> {
    let elements = lengths.iter().map(|&length| length as usize).product();
    let mut out = Vec::with_capacity(elements);
    let Some((&inner_length, outer_lengths)) = lengths.split_last() else {
        out.push(convert(values[0]));
        return out;
    };
    let (inner_length, inner_stride) = (inner_length as usize, strides[lengths.len() - 1]);
    let mut position = vec![0u32; outer_lengths.len()];
    let mut base = 0;
    while out.len() < elements {
        if inner_stride == 1 {
            let row = &values[base..base + inner_length];
            out.extend(row.iter().map(|&value| convert(value)));
        } else {
            out.extend((0..inner_length).map(|step| convert(values[base + step * inner_stride])));
        }
        for axis in (0..outer_lengths.len()).rev() {
            position[axis] += 1;
            base += strides[axis];
            if position[axis] < outer_lengths[axis] {
                break;
            }
            base -= strides[axis] * outer_lengths[axis] as usize;
            position[axis] = 0;
        }
    }
    out
}

/// Every `step`-th position of `axis` from `start` on.
pub(super) fn slice(x: &Tensor, axis: u8, shape: &Shape, [start, step]: [u32; 2]) -> Vec<i64> {
    let mut strides = x.shape.strides();
    let stride = &mut strides[usize::from(axis)];
    let base = start as usize * *stride;
    *stride *= step as usize;
    strided(&x.values[base..], &shape.0, &strides, |value| value)
}

pub(super) fn transpose(x: &Tensor, perm: &[u8], shape: &Shape) -> Vec<i64> {
    let strides = x.shape.strides();
    let strides: Vec<usize> = perm
        .iter()
        .map(|&axis| strides[usize::from(axis)])
        .collect();
    strided(&x.values, &shape.0, &strides, |value| value)
}

pub(super) fn broadcast(x: &Tensor, axes: &[u8], shape: &Shape) -> Vec<i64> {
    let mut strides = vec![0; shape.0.len()];
    for (&axis, stride) in axes.iter().zip(x.shape.strides()) {
        strides[usize::from(axis)] = stride;
    }
    strided(&x.values, &shape.0, &strides, |value| value)
}

/// Number of elements before and behind an axis.
fn outer_and_inner(shape: &Shape, axis: usize) -> (usize, usize) {
    let product = |lengths: &[u32]| lengths.iter().map(|&length| length as usize).product();
    (product(&shape.0[..axis]), product(&shape.0[axis + 1..]))
}

/// The parts one behind the other along `axis`, after `before` zeros; zeros fill the rest.
pub(super) fn concat(parts: &[&Tensor], axis: u8, before: u32, shape: &Shape) -> Vec<i64> {
    let axis = usize::from(axis);
    let (outer, inner) = outer_and_inner(shape, axis);
    let row = shape.0[axis] as usize * inner;
    let mut out = vec![0; shape.elements()];
    let mut offset = before as usize * inner;
    for part in parts {
        let width = part.shape.0[axis] as usize * inner;
        for index in 0..outer {
            let start = index * row + offset;
            out[start..start + width].copy_from_slice(&part.values[index * width..][..width]);
        }
        offset += width;
    }
    out
}

/// Sliding sums along `axis`.
pub(super) fn window_sum(
    x: &Tensor,
    axis: u8,
    shape: &Shape,
    [kernel, stride, before]: [u32; 3],
) -> Vec<i64> {
    let axis = usize::from(axis);
    let (outer, inner) = outer_and_inner(shape, axis);
    let (from, to) = (x.shape.0[axis] as usize, shape.0[axis] as usize);
    let mut out = vec![0; shape.elements()];
    for index in 0..outer {
        let x = &x.values[index * from * inner..][..from * inner];
        let out = &mut out[index * to * inner..][..to * inner];
        for (window, sums) in out.chunks_exact_mut(inner).enumerate() {
            let start = window as i64 * i64::from(stride) - i64::from(before);
            let end = (start + i64::from(kernel)).clamp(0, from as i64) as usize;
            let start = start.clamp(0, from as i64) as usize;
            for row in x[start * inner..end.max(start) * inner].chunks_exact(inner) {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
        }
    }
    out
}
