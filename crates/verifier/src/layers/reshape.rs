//! Reshapes: the axes fall into runs that hold the same elements under both shapes.

use std::ops::Range;

use lilliput_graph::TensorId;
use p3_field::PrimeCharacteristicRing;

use crate::field::EF;
use crate::layers::axes::{axis_variables, padded, padded_indices, split};
use crate::layers::claims::Claim;
use crate::layers::side::{Folded, Product, Side, Weight};
use crate::layers::walk::{LayerError, Walk};
use crate::point::{eq_table, tensor_variables};

/// Neighbouring axes of both shapes with the same product, as short as can be.
pub(super) struct Run {
    pub(super) of_x: Range<usize>,
    pub(super) of_result: Range<usize>,
    /// Both shapes pad it in the same way, so that its points are the same.
    pub(super) free: bool,
}

pub(super) fn runs(x: &[u32], result: &[u32]) -> Vec<Run> {
    let (of_x, of_result) = (running_products(x), running_products(result));
    let mut cuts = of_x.clone();
    cuts.dedup();
    cuts.retain(|cut| of_result.contains(cut));
    let end = |products: &[u64], cut: u64| products.partition_point(|&product| product <= cut);
    let (mut first_x, mut first_result) = (0, 0);
    let run = |cut: u64| {
        let run_x = first_x..end(&of_x, cut);
        let run_result = first_result..end(&of_result, cut);
        (first_x, first_result) = (run_x.end, run_result.end);
        let padded_alike =
            pads_at_front(x, run_x.clone()) && pads_at_front(result, run_result.clone());
        let same = lengths(x, run_x.clone()).eq(lengths(result, run_result.clone()));
        Run {
            of_x: run_x,
            of_result: run_result,
            free: padded_alike || same,
        }
    };
    cuts.into_iter().map(run).collect()
}

fn running_products(axes: &[u32]) -> Vec<u64> {
    let lengths = axes.iter().map(|&length| u64::from(length));
    lengths
        .scan(1u64, |product, length| {
            *product = product.saturating_mul(length);
            Some(*product)
        })
        .collect()
}

/// The axes of a run that are longer than one: the others have neither variables nor padding.
fn lengths(axes: &[u32], run: Range<usize>) -> impl Iterator<Item = u32> {
    let run = axes.get(run).unwrap_or_default();
    run.iter().copied().filter(|&length| length > 1)
}

/// Whether only the slowest axis has padding.
fn pads_at_front(axes: &[u32], run: Range<usize>) -> bool {
    lengths(axes, run).skip(1).all(u32::is_power_of_two)
}

pub(super) fn is_free(x: &[u32], result: &[u32]) -> bool {
    runs(x, result).iter().all(|run| run.free)
}

impl<S: Side> Walk<'_, S> {
    pub(super) fn reshape(
        &mut self,
        node: TensorId,
        x: TensorId,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let (from, to) = (self.shape(x), self.shape(node));
        let runs = runs(from, to);
        if runs.iter().all(|run| run.free) {
            return self.pass(x, &claim.point, claim.value.clone());
        }
        let mut rest = &claim.point[..];
        let (mut fixed, mut kept, mut vectors) = (Vec::new(), Vec::new(), Vec::new());
        let mut shares = Vec::with_capacity(runs.len());
        for run in &runs {
            let axes_of_result = to.get(run.of_result.clone()).unwrap_or_default();
            let axes_of_x = from.get(run.of_x.clone()).unwrap_or_default();
            let (own, left) = rest.split_at(tensor_variables(axes_of_result).min(rest.len()));
            rest = left;
            if run.free {
                fixed.extend(run.of_x.clone().zip(split(axes_of_x, own)));
                shares.push(Some(own));
            } else {
                kept.extend(run.of_x.clone());
                vectors.push(weights(axes_of_x, axes_of_result, own));
                shares.push(None);
            }
        }
        let variables = kept
            .iter()
            .filter_map(|&axis| from.get(axis))
            .map(|&length| axis_variables(length))
            .sum();
        let product = Product {
            claim: claim.value.clone(),
            variables,
            batch: &[],
            tensors: vec![Folded {
                tensor: x,
                fixed,
                kept,
            }],
            weight: Weight::Outer(vectors),
        };
        let left = self.public_product(node, &product)?;
        let mut rest = &left.point[..];
        let mut point = Vec::new();
        for (run, share) in runs.iter().zip(shares) {
            let own = share.unwrap_or_else(|| {
                let axes = from.get(run.of_x.clone()).unwrap_or_default();
                let (own, left) = rest.split_at(tensor_variables(axes).min(rest.len()));
                rest = left;
                own
            });
            point.extend_from_slice(own);
        }
        self.pass(x, &point, left.value)
    }
}

/// For each padded index of x's run: `eq(own, padded index of the same element in the result's run)`.
fn weights(axes_of_x: &[u32], axes_of_result: &[u32], own: &[EF]) -> Vec<EF> {
    let table = eq_table(own);
    let size = axes_of_x.iter().map(|&length| padded(length)).product();
    let mut weights = vec![EF::ZERO; size];
    for (to, from) in padded_indices(axes_of_x)
        .into_iter()
        .zip(padded_indices(axes_of_result))
    {
        if let (Some(place), Some(&weight)) = (weights.get_mut(to), table.get(from)) {
            *place = weight;
        }
    }
    weights
}
