//! Linear maps along one axis: slices, paddings, sliding sums, concatenation.
//!
//! Where the map only moves bits of the index, the claim moves with them; else it is a sumcheck over the axis,
//! with a weight that both sides compute.

use lilliput_graph::{Checked, Op, TensorId};
use p3_field::PrimeCharacteristicRing;

use crate::field::EF;
use crate::layers::axes::{axis_variables, count, index_point, padded, split};
use crate::layers::claims::Claim;
use crate::layers::side::{Folded, Product, Side, Weight};
use crate::layers::walk::{LayerError, Walk};
use crate::point::{eq_at_index, eq_table};

/// Where the coordinates of an axis of the operand come from when a map only moves bits.
struct Placement {
    /// Coordinates before the result's own.
    high: Vec<EF>,
    /// Coordinates behind them.
    low: Vec<EF>,
    /// The result's coordinates at its front that select the operand: their number and the index.
    selects: (usize, u64),
}

/// The map of a node along its axis.
struct AxisMap {
    x: TensorId,
    axis: usize,
    /// None: a sumcheck is needed.
    placement: Option<Placement>,
}

impl AxisMap {
    fn of(op: &Op, shape_of: impl Fn(TensorId, usize) -> Option<u32>) -> Option<Self> {
        let (x, axis) = match op {
            Op::Slice { x, axis, .. } | Op::Pad { x, axis, .. } | Op::WindowSum { x, axis, .. } => {
                (*x, usize::from(*axis))
            }
            _ => return None,
        };
        let length = shape_of(x, axis)?;
        let placement = match *op {
            Op::Slice {
                start, step, len, ..
            } => place_slice(length, start, step, len),
            Op::Pad { before, after, .. } => place_pad(length, before, after),
            _ => None,
        };
        Some(Self { x, axis, placement })
    }
}

/// Whether a slice or a padding only moves bits.
pub(super) fn is_free(op: &Op, checked: &Checked) -> bool {
    AxisMap::of(op, |x, axis| checked.tensor_shape(x).0.get(axis).copied())
        .is_some_and(|map| map.placement.is_some())
}

/// Whether all parts have the same power of two as their length, so that the index of the part is the high bits.
pub(super) fn concat_is_free(parts: &[TensorId], axis: u8, checked: &Checked) -> bool {
    let length_of = |part: &TensorId| {
        checked
            .tensor_shape(*part)
            .0
            .get(usize::from(axis))
            .copied()
    };
    let first = parts.first().and_then(length_of);
    first.is_some_and(u32::is_power_of_two) && parts.iter().all(|part| length_of(part) == first)
}

fn place_slice(length: u32, start: u32, step: u32, len: u32) -> Option<Placement> {
    let own = axis_variables(len);
    let shift = step.is_power_of_two().then(|| step.trailing_zeros())?;
    let low = usize::try_from(shift).ok()?;
    let above = axis_variables(length).checked_sub(own.checked_add(low)?)?;
    let next = u64::from(start) + u64::from(len) * u64::from(step);
    let covered = len.is_power_of_two() || next >= u64::from(length);
    let row = start.checked_shr(shift)?;
    let own_shift = u32::try_from(own).ok()?;
    let index = u64::from(row).checked_shr(own_shift)?;
    let aligned = index.checked_shl(own_shift)? == u64::from(row);
    (covered && aligned).then(|| Placement {
        high: index_point(index, above),
        low: index_point(u64::from(start), low),
        selects: (0, 0),
    })
}

fn place_pad(length: u32, before: u32, after: u32) -> Option<Placement> {
    let own = axis_variables(length);
    let result = axis_variables(length.checked_add(before)?.checked_add(after)?);
    let shift = u32::try_from(own).ok()?;
    let index = u64::from(before).checked_shr(shift)?;
    let aligned = index.checked_shl(shift)? == u64::from(before);
    aligned.then(|| Placement {
        high: Vec::new(),
        low: Vec::new(),
        selects: (result.saturating_sub(own), index),
    })
}

impl<S: Side> Walk<'_, S> {
    pub(super) fn axis_map(
        &mut self,
        node: TensorId,
        op: &Op,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let checked = self.checked;
        let map = AxisMap::of(op, |x, axis| checked.tensor_shape(x).0.get(axis).copied())
            .ok_or(LayerError::Mismatch { node: node.0 })?;
        let coordinates = split(self.shape(node), &claim.point);
        let own = coordinates.get(map.axis).copied().unwrap_or_default();
        let (along, value) = match &map.placement {
            Some(placement) => {
                let (selecting, kept) = own.split_at(placement.selects.0.min(own.len()));
                let factor = eq_at_index(selecting, placement.selects.1);
                let Some(value) = self.quotient(claim.value.clone(), factor, node)? else {
                    return Ok(());
                };
                ([&placement.high, kept, &placement.low].concat(), value)
            }
            None => {
                let length = self.shape(map.x).get(map.axis).copied().unwrap_or(1);
                let product = Product {
                    claim: claim.value.clone(),
                    variables: axis_variables(length),
                    batch: &[],
                    tensors: vec![folded_along(map.x, map.axis, &coordinates)],
                    weight: Weight::Outer(vec![weights(op, length, own)]),
                };
                let left = self.public_product(node, &product)?;
                (left.point, left.value)
            }
        };
        let point = replaced(&coordinates, map.axis, &along);
        self.pass(map.x, &point, value)
    }

    pub(super) fn concat(
        &mut self,
        node: TensorId,
        parts: &[TensorId],
        axis: u8,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let free = concat_is_free(parts, axis, self.checked);
        let axis = usize::from(axis);
        let coordinates = split(self.shape(node), &claim.point);
        let own = coordinates.get(axis).copied().unwrap_or_default();
        if free {
            return self.aligned_concat(node, parts, axis, claim.value.clone(), &coordinates);
        }
        let lengths: Vec<u32> = parts
            .iter()
            .map(|&part| self.shape(part).get(axis).copied().unwrap_or(1))
            .collect();
        let share = padded(lengths.iter().copied().max().unwrap_or(1));
        let share_bits = share.trailing_zeros();
        let stacked_bits = parts.len().next_power_of_two().trailing_zeros();
        let mut entries = eq_table(own).into_iter();
        let mut weight = Vec::with_capacity(share.saturating_mul(parts.len()));
        for &length in &lengths {
            weight.extend(entries.by_ref().take(count(length)));
            weight.resize(weight.len().next_multiple_of(share), EF::ZERO);
        }
        weight.resize(share << stacked_bits, EF::ZERO);
        let product = Product {
            claim: claim.value.clone(),
            variables: usize::try_from(share_bits + stacked_bits).unwrap_or(0),
            batch: &[],
            tensors: parts
                .iter()
                .map(|&part| folded_along(part, axis, &coordinates))
                .collect(),
            weight: Weight::Outer(vec![weight]),
        };
        let ended = self.side.product(&product)?;
        let (select, along) = ended
            .point
            .split_at(ended.point.len().saturating_sub(product.share_variables()));
        let mut stacked = S::Value::from(EF::ZERO);
        for (((&part, &length), value), selected) in parts
            .iter()
            .zip(&lengths)
            .zip(ended.tensors)
            .zip(eq_table(select))
        {
            let (above, along) = along.split_at(along.len().saturating_sub(axis_variables(length)));
            stacked = stacked + value.clone() * (selected * eq_at_index(above, 0));
            self.pass(part, &replaced(&coordinates, axis, along), value)?;
        }
        let weight = product.weight.evaluate(&ended.point).unwrap_or_default();
        self.side.zero(stacked * weight - ended.claim, node)
    }

    /// The prover sends the value of every part but the last.
    fn aligned_concat(
        &mut self,
        node: TensorId,
        parts: &[TensorId],
        axis: usize,
        value: S::Value,
        coordinates: &[&[EF]],
    ) -> Result<(), LayerError> {
        let Some((&last, sent)) = parts.split_last() else {
            return Err(LayerError::Mismatch { node: node.0 });
        };
        let own = coordinates.get(axis).copied().unwrap_or_default();
        let length = self.shape(last).get(axis).copied().unwrap_or(1);
        let (select, along) = own.split_at(own.len().saturating_sub(axis_variables(length)));
        let point = replaced(coordinates, axis, along);
        let values = self.side.evaluations(sent, &point)?;
        let mut selected = eq_table(select).into_iter();
        let mut left = value;
        for ((&part, value), factor) in sent.iter().zip(values).zip(selected.by_ref()) {
            left = left - value.clone() * factor;
            self.pass(part, &point, value)?;
        }
        let factor = selected.next().unwrap_or_default();
        match self.quotient(left, factor, node)? {
            Some(value) => self.pass(last, &point, value),
            None => Ok(()),
        }
    }
}

fn folded_along<'a>(x: TensorId, axis: usize, coordinates: &[&'a [EF]]) -> Folded<'a> {
    let others = coordinates.iter().copied().enumerate();
    Folded {
        tensor: x,
        fixed: others.filter(|(other, _)| *other != axis).collect(),
        kept: vec![axis],
    }
}

fn replaced(coordinates: &[&[EF]], axis: usize, along: &[EF]) -> Vec<EF> {
    coordinates
        .iter()
        .enumerate()
        .flat_map(|(other, own)| if other == axis { along } else { own })
        .copied()
        .collect()
}

/// What each index of the operand's axis, of that length, contributes to a claim at `own` on the result's axis.
fn weights(op: &Op, length: u32, own: &[EF]) -> Vec<EF> {
    let mut weights = vec![EF::ZERO; padded(length)];
    let table = eq_table(own);
    match *op {
        Op::Slice {
            start, step, len, ..
        } => {
            let from = weights.iter_mut().skip(count(start));
            let places = from.step_by(count(step).max(1)).take(count(len));
            places
                .zip(table)
                .for_each(|(place, weight)| *place = weight);
        }
        Op::Pad { before, .. } => {
            let places = weights.iter_mut().take(count(length));
            places
                .zip(table.into_iter().skip(count(before)))
                .for_each(|(place, weight)| *place = weight);
        }
        Op::WindowSum {
            kernel,
            stride,
            before,
            len,
            ..
        } => {
            let window = |o: usize| {
                let first = o.saturating_mul(count(stride));
                let end = first
                    .saturating_add(count(kernel))
                    .saturating_sub(count(before));
                (first.saturating_sub(count(before)), end)
            };
            sliding(
                &mut weights,
                count(length),
                window,
                table.into_iter().take(count(len)),
            );
        }
        _ => {}
    }
    weights
}

/// Adds each value to the places of its window: differences first, then their running sum.
fn sliding(
    weights: &mut [EF],
    length: usize,
    window: impl Fn(usize) -> (usize, usize),
    values: impl Iterator<Item = EF>,
) {
    for (o, value) in values.enumerate() {
        let (first, end) = window(o);
        if first >= length || end <= first {
            continue;
        }
        if let Some(place) = weights.get_mut(first) {
            *place += value;
        }
        if let Some(place) = weights.get_mut(end) {
            *place -= value;
        }
    }
    let mut running = EF::ZERO;
    for (index, place) in weights.iter_mut().enumerate() {
        running += *place;
        *place = if index < length { running } else { EF::ZERO };
    }
}
