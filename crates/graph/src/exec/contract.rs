//! Sums of products over labelled axes, brought into the form of a batched matrix product.

use super::index::strided;
use crate::tensor::Tensor;

/// Labels by where they stand; `sizes` are the products of their lengths.
struct Plan {
    batch: Vec<u8>,
    left: Vec<u8>,
    right: Vec<u8>,
    summed: Vec<u8>,
}

impl Plan {
    fn new([a_axes, b_axes, out_axes]: [&[u8]; 3]) -> Self {
        let select = |axes: &[u8], keep: &dyn Fn(&u8) -> bool| -> Vec<u8> {
            axes.iter().copied().filter(|label| keep(label)).collect()
        };
        Self {
            batch: select(out_axes, &|l| a_axes.contains(l) && b_axes.contains(l)),
            left: select(out_axes, &|l| !b_axes.contains(l)),
            right: select(out_axes, &|l| !a_axes.contains(l)),
            summed: select(b_axes, &|l| !out_axes.contains(l)),
        }
    }
}

/// A tensor's values in 32 bits, with its axes in the order of `labels`.
fn packed(tensor: &Tensor, axes: &[u8], labels: &[&[u8]]) -> Vec<i32> {
    let strides = tensor.shape.strides();
    let position = |label: &u8| axes.iter().position(|axis| axis == label);
    let order: Vec<usize> = labels.concat().iter().filter_map(position).collect();
    let lengths: Vec<u32> = order.iter().map(|&axis| tensor.shape.0[axis]).collect();
    let strides: Vec<usize> = order.iter().map(|&axis| strides[axis]).collect();
    // Checked graphs hold nothing beyond 31 bits.
    strided(&tensor.values, &lengths, &strides, |value| value as i32)
}

pub(super) fn contract([a, b]: [&Tensor; 2], axes: [&[u8]; 3]) -> Vec<i64> {
    let [a_axes, b_axes, out_axes] = axes;
    let plan = Plan::new(axes);
    let length = |label: &u8| {
        let find = |axes: &[u8], tensor: &Tensor| {
            let axis = axes.iter().position(|axis| axis == label)?;
            tensor.shape.0.get(axis).copied()
        };
        find(a_axes, a).or_else(|| find(b_axes, b)).unwrap_or(1)
    };
    let size = |labels: &[u8]| labels.iter().map(|label| length(label) as usize).product();
    let (batch, left, right, summed): (usize, usize, usize, usize) = (
        size(&plan.batch),
        size(&plan.left),
        size(&plan.right),
        size(&plan.summed),
    );
    let a = packed(a, a_axes, &[&plan.batch, &plan.left, &plan.summed]);
    let b = packed(b, b_axes, &[&plan.batch, &plan.right, &plan.summed]);
    let mut out = Vec::with_capacity(batch * left * right);
    if left * right * summed == 1 {
        out.extend(a.iter().zip(&b).map(|(a, b)| i64::from(a * b)));
    } else {
        let blocks = a
            .chunks_exact(left * summed)
            .zip(b.chunks_exact(right * summed));
        for (a, b) in blocks {
            for row in a.chunks_exact(summed) {
                let products = b
                    .chunks_exact(summed)
                    .map(|column| i64::from(dot(row, column)));
                out.extend(products);
            }
        }
    }
    let labels = [&plan.batch[..], &plan.left, &plan.right].concat();
    if labels == out_axes {
        return out;
    }
    let computed: Vec<u32> = labels.iter().map(length).collect();
    let strides = crate::shape::Shape(computed).strides();
    let lengths: Vec<u32> = out_axes.iter().map(length).collect();
    let strides: Vec<usize> = out_axes
        .iter()
        .filter_map(|label| labels.iter().position(|other| other == label))
        .map(|axis| strides[axis])
        .collect();
    strided(&out, &lengths, &strides, |value| value)
}

/// Eight running sums, which fill a vector register.
fn dot(a: &[i32], b: &[i32]) -> i32 {
    const LANES: usize = 8;
    let mut sums = [0i32; LANES];
    let (a_chunks, b_chunks) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(b_chunks.remainder());
    let tail: i32 = rest.map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<i32>() + tail
}
