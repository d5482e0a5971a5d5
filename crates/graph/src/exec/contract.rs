//! Sums of products over labelled axes, brought into the form of a batched matrix product.
//!
//! Three ways give the same integers. Without a summed axis, products are written out. If few elements of one side
//! aren't zero (a one-hot choice of rows), or few rows of it meet a matrix that lies in memory row by row, rows of
//! the other side are added, scaled. Else rows of both are narrowed to what their values need and multiplied in
//! blocks that stay in the cache.

mod dense;
mod rows;

use super::index::strided;
use crate::shape::Shape;
use crate::tensor::Tensor;

/// Most rows of one side for which a matrix is better not brought into another order.
const FEW_ROWS: usize = 4;

/// Labels by where they stand.
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

/// One side, with the place of each index of each group of labels: a value lies at the sum of its groups'
/// places.
struct Operand<'a> {
    values: &'a [i64],
    batch: Vec<usize>,
    own: Vec<usize>,
    summed: Vec<usize>,
}

impl<'a> Operand<'a> {
    fn new(tensor: &'a Tensor, axes: &[u8], [batch, own, summed]: [&[u8]; 3]) -> Self {
        let strides = tensor.shape.strides();
        let places = |labels: &[u8]| {
            labels.iter().fold(vec![0], |places, label| {
                let Some(axis) = axes.iter().position(|axis| axis == label) else {
                    return places;
                };
                let (length, stride) = (tensor.shape.0[axis] as usize, strides[axis]);
                let along = |&place: &usize| (0..length).map(move |step| place + step * stride);
                places.iter().flat_map(along).collect()
            })
        };
        Self {
            values: &tensor.values,
            batch: places(batch),
            own: places(own),
            summed: places(summed),
        }
    }

    /// Whether its own axes are one run in memory, long enough for a vector register.
    fn has_own_rows(&self) -> bool {
        self.own.len() >= FEW_ROWS * FEW_ROWS && is_run(&self.own)
    }

    /// Whether at most one element in 16 isn't zero.
    fn is_sparse(&self) -> bool {
        let used: usize = self
            .values
            .iter()
            .map(|&value| usize::from(value != 0))
            .sum();
        used <= self.values.len() / 16
    }
}

/// Whether places follow each other without gaps.
fn is_run(places: &[usize]) -> bool {
    places.windows(2).all(|pair| pair[1] == pair[0] + 1)
}

pub(super) fn contract([a, b]: [&Tensor; 2], [a_axes, b_axes, out_axes]: [&[u8]; 3]) -> Vec<i64> {
    let plan = Plan::new([a_axes, b_axes, out_axes]);
    let left = Operand::new(a, a_axes, [&plan.batch, &plan.left, &plan.summed]);
    let right = Operand::new(b, b_axes, [&plan.batch, &plan.right, &plan.summed]);
    let few = |one: &Operand<'_>, other: &Operand<'_>| {
        one.is_sparse() || (one.own.len() <= FEW_ROWS && other.has_own_rows())
    };
    let swapped = if few(&left, &right) {
        false
    } else {
        // The side with more rows is narrowed block by block.
        few(&right, &left) || right.own.len() < left.own.len()
    };
    let sides = if swapped {
        [&right, &left]
    } else {
        [&left, &right]
    };
    let out = match sides {
        [one, other] if one.summed.len() == 1 => rows::outer(one, other),
        [one, other] if few(one, other) => rows::scaled(one, other),
        [one, other] => dense::product(one, other),
    };
    let labels = if swapped {
        [plan.batch, plan.right, plan.left]
    } else {
        [plan.batch, plan.left, plan.right]
    };
    let labels = labels.concat();
    if labels == out_axes {
        return out;
    }
    let length = |label: &u8| {
        let find = |axes: &[u8], tensor: &Tensor| {
            let axis = axes.iter().position(|axis| axis == label)?;
            tensor.shape.0.get(axis).copied()
        };
        find(a_axes, a).or_else(|| find(b_axes, b)).unwrap_or(1)
    };
    let computed: Vec<u32> = labels.iter().map(length).collect();
    let strides = Shape(computed).strides();
    let lengths: Vec<u32> = out_axes.iter().map(length).collect();
    let strides: Vec<usize> = out_axes
        .iter()
        .filter_map(|label| labels.iter().position(|other| other == label))
        .map(|axis| strides[axis])
        .collect();
    strided(&out, &lengths, &strides, |value| value)
}
