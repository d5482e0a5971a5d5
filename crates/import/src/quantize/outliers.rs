//! A few weights that are far larger than all others: the inputs that they belong to are multiplied by
//! weights of more bits, so that the largest number doesn't make the unit of all others coarse.

use lilliput_graph::{Op, OpError, Shape};

use super::builder::{Builder, Quantity};
use crate::array::Array;
use crate::program::Value;

/// Most inputs with weights of their own.
const OUTLIERS_MAX: usize = 8;
/// Inputs for each of these, at least.
const INPUTS_EACH_MIN: usize = 16;
/// How many times the next largest the largest is at least.
const RATIO_MIN: f32 = 2.0;
/// An input less than this above those that are left stays with them.
const RATIO_EACH_MIN: f32 = 1.25;
/// Most bits of the large weights.
const BITS_MAX: u8 = 16;

/// A matrix product along the last axis of `x`.
pub(super) struct Product<'a> {
    pub(super) x: Quantity,
    /// `[outputs, inputs]`.
    pub(super) weight: &'a Array,
    pub(super) bias: &'a [f32],
}

/// The inputs of a matrix `[outputs, inputs]` some weight of which is large, in order.
pub(super) fn of_matrix(weight: &Array) -> Vec<usize> {
    let inputs = weight.shape[1];
    if inputs < OUTLIERS_MAX * INPUTS_EACH_MIN {
        return Vec::new();
    }
    let mut largest = vec![0.0f32; inputs];
    for row in weight.values.chunks_exact(inputs) {
        for (largest, weight) in largest.iter_mut().zip(row) {
            *largest = largest.max(weight.abs());
        }
    }
    let mut sorted = largest.clone();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let others = sorted[OUTLIERS_MAX];
    if others == 0.0 || sorted[0] < RATIO_MIN * others {
        return Vec::new();
    }
    let places = largest.iter().enumerate();
    places
        .filter(|&(_, &largest)| largest > RATIO_EACH_MIN * others)
        .map(|(place, _)| place)
        .collect()
}

impl Builder<'_> {
    /// The product with the listed inputs apart. Their weights count in the unit of the others, so that
    /// both parts are added as they are.
    pub(super) fn linear_with_outliers(
        &mut self,
        value: Value,
        product: &Product<'_>,
        outliers: &[usize],
    ) -> Result<Quantity, OpError> {
        let [outputs, inputs] = [product.weight.shape[0], product.weight.shape[1]];
        let mut others = product.weight.values.clone();
        let mut large = Vec::with_capacity(outputs * outliers.len());
        for row in others.chunks_exact_mut(inputs) {
            for &place in outliers {
                large.push(std::mem::take(&mut row[place]));
            }
        }
        let axis = self.lengths(product.x).len() - 1;
        let x = self.picked(product.x, axis, outliers)?;
        let labels: Vec<u8> = (0..axis as u8).collect();
        let [summed, output] = [axis as u8, axis as u8 + 1];
        let axes = [
            &[&labels[..], &[summed]].concat()[..],
            &[output, summed],
            &[&labels[..], &[output]].concat(),
        ];
        let shape = |inputs: usize| vec![outputs as u32, inputs as u32];
        self.with_most_bits(value, |builder, bits| {
            let weight = builder.weight(&others, shape(inputs), bits);
            let sum = builder.contract(product.x, weight, axes)?;
            let integers: Vec<i64> = large
                .iter()
                .map(|&number| (f64::from(number) / weight.scale).round() as i64)
                .collect();
            let magnitude = integers.iter().map(|integer| integer.unsigned_abs()).max();
            let magnitude = magnitude.unwrap_or(0);
            let large_bits = (64 - magnitude.leading_zeros()) as u8 + 1;
            if large_bits > BITS_MAX {
                return Err(OpError::Wraps {
                    magnitude: magnitude.into(),
                });
            }
            let shape = Shape(shape(outliers.len()));
            let weight = Quantity {
                tensor: builder.raw_weight(integers, shape, large_bits),
                ..weight
            };
            let large = builder.contract(x, weight, axes)?;
            let op = Op::Sum {
                terms: vec![(sum.tensor, 1), (large.tensor, 1)],
                constant: 0,
            };
            let sum = builder.push(op, sum.scale)?;
            builder.biased(sum, product.bias, axis as u8)
        })
    }

    /// The listed places along an axis, one behind the other.
    fn picked(&mut self, x: Quantity, axis: usize, places: &[usize]) -> Result<Quantity, OpError> {
        let mut parts = Vec::with_capacity(places.len());
        for &place in places {
            parts.push(self.draft.push(Op::Slice {
                x: x.tensor,
                axis: axis as u8,
                start: place as u32,
                step: 1,
                len: 1,
            })?);
        }
        let op = Op::Concat {
            parts,
            axis: axis as u8,
        };
        self.push(op, x.scale)
    }
}
