//! Convolutions: one sumcheck over the input, one over the kernel; no patch matrix anywhere.

use lilliput_graph::{Op, TensorId};
use p3_field::PrimeCharacteristicRing;

use crate::field::EF;
use crate::layers::axes::{axis_variables, count, padded, split};
use crate::layers::claims::Claim;
use crate::layers::side::{Folded, Product, Side, Weight};
use crate::layers::walk::{LayerError, Walk};
use crate::point::{eq_table, tensor_variables};

/// One spatial axis of a convolution: `input index = output index * stride + tap * dilation - before`.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    input: u32,
    output: u32,
    kernel: u32,
    stride: u32,
    dilation: u32,
    before: u32,
}

impl Window {
    /// For one tap of the kernel: the pairs (output index, input index) that it joins.
    pub fn pairs(self, tap: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..count(self.output)).filter_map(move |output| {
            let shifted = output
                .checked_mul(count(self.stride))?
                .checked_add(tap.checked_mul(count(self.dilation))?)?;
            let input = shifted.checked_sub(count(self.before))?;
            (input < count(self.input)).then_some((output, input))
        })
    }

    /// Taps of the kernel.
    #[must_use]
    pub fn taps(self) -> usize {
        count(self.kernel)
    }

    /// Length of the input's axis after padding.
    #[must_use]
    pub fn input_padded(self) -> usize {
        padded(self.input)
    }

    /// `A(tap, ..)`: what each input index contributes through a tap to a claim at the point behind `weights`.
    pub fn tap_weights(self, tap: usize, weights: &[EF]) -> Vec<EF> {
        let mut sums = vec![EF::ZERO; padded(self.input)];
        for (output, input) in self.pairs(tap) {
            if let (Some(sum), Some(&weight)) = (sums.get_mut(input), weights.get(output)) {
                *sum += weight;
            }
        }
        sums
    }

    /// `A(.., end)` for all taps, padded.
    fn taps_at(self, point: &[EF], end: &[EF]) -> Vec<EF> {
        let (weights, ends) = (eq_table(point), eq_table(end));
        let mut taps: Vec<EF> = (0..self.taps())
            .map(|tap| {
                self.pairs(tap)
                    .filter_map(|(output, input)| Some(*weights.get(output)? * *ends.get(input)?))
                    .sum()
            })
            .collect();
        taps.resize(padded(self.kernel), EF::ZERO);
        taps
    }
}

/// A kernel, folded over the output channels, spread over the positions of the input.
#[derive(Clone, Debug)]
pub struct Spread<'a> {
    /// The kernel, `[outputs, channels of a group, rows, columns]`.
    pub kernel: TensorId,
    /// Number of groups.
    pub groups: usize,
    /// Coordinates of the output channel, row and column.
    pub point: [&'a [EF]; 3],
    /// Rows and columns.
    pub windows: [Window; 2],
}

impl<S: Side> Walk<'_, S> {
    pub(super) fn convolution(
        &mut self,
        node: TensorId,
        op: &Op,
        claim: &Claim<S::Value>,
    ) -> Result<(), LayerError> {
        let mismatch = LayerError::Mismatch { node: node.0 };
        let (
            &Op::Conv {
                x,
                w,
                stride: [stride_y, stride_x],
                pad: [top, left, ..],
                dilation: [dilation_y, dilation_x],
                groups,
            },
            (batch, &[_, rows, columns]),
            (_, &[channels, height, width]),
            &[_, _, kernel_height, kernel_width],
        ) = (
            op,
            image(self.shape(node)),
            image(self.shape_of_operand(op, 0)),
            self.shape_of_operand(op, 1),
        )
        else {
            return Err(mismatch);
        };
        let windows = [
            Window {
                input: height,
                output: rows,
                kernel: kernel_height,
                stride: stride_y,
                dilation: dilation_y,
                before: top,
            },
            Window {
                input: width,
                output: columns,
                kernel: kernel_width,
                stride: stride_x,
                dilation: dilation_x,
                before: left,
            },
        ];
        // A claim on several images is one on their sum, each weighted by the coordinates of the batch.
        let (of_batch, of_image) = claim
            .point
            .split_at(tensor_variables(batch).min(claim.point.len()));
        let point = three(image(self.shape(node)).1, of_image);
        let spread = Spread {
            kernel: w,
            groups: count(groups),
            point,
            windows,
        };
        let product = Product {
            claim: claim.value.clone(),
            variables: tensor_variables(&[channels, height, width]),
            batch: &[],
            tensors: vec![Folded {
                tensor: x,
                fixed: batch.iter().map(|_| (0, of_batch)).collect(),
                kept: (batch.len()..batch.len().saturating_add(3)).collect(),
            }],
            weight: Weight::Spread(spread.clone()),
        };
        let ended = self.side.product(&product)?;
        let (Some(value), Some(spread_value)) = (ended.tensors.first().cloned(), ended.weight)
        else {
            return Err(mismatch);
        };
        self.side
            .times(value.clone(), spread_value.clone(), ended.claim, node)?;
        let end = three(&[channels, height, width], &ended.point);
        let kernel_point = self.kernel(node, &spread, spread_value, end)?;
        self.pass(w, &kernel_point.point, kernel_point.value)?;
        self.pass(x, &[of_batch, &ended.point].concat(), value)
    }

    /// `value = sum over the kernel of w * (weights)`: the claim on w.
    fn kernel(
        &mut self,
        node: TensorId,
        spread: &Spread<'_>,
        value: S::Value,
        end: [&[EF]; 3],
    ) -> Result<Claim<S::Value>, LayerError> {
        let [out_point, y_point, x_point] = spread.point;
        let [channel_end, y_end, x_end] = end;
        let [window_y, window_x] = spread.windows;
        let shape = self.shape(spread.kernel);
        let &[outputs, group_channels, kernel_height, kernel_width] = shape else {
            return Err(LayerError::Mismatch { node: node.0 });
        };
        let mut vectors = vec![
            window_y.taps_at(y_point, y_end),
            window_x.taps_at(x_point, x_end),
        ];
        let folded = if spread.groups == 1 {
            Folded {
                tensor: spread.kernel,
                fixed: vec![(0, out_point), (1, channel_end)],
                kept: vec![2, 3],
            }
        } else {
            let weights = group_weights(
                [outputs, group_channels],
                spread.groups,
                out_point,
                channel_end,
            );
            vectors.insert(0, weights);
            Folded::whole(spread.kernel, 4)
        };
        let fixed: Vec<EF> = folded
            .fixed
            .iter()
            .flat_map(|(_, own)| own.iter().copied())
            .collect();
        let kernel_variables = axis_variables(kernel_height) + axis_variables(kernel_width);
        let variables = if fixed.is_empty() && spread.groups > 1 {
            tensor_variables(shape)
        } else {
            kernel_variables
        };
        let product = Product {
            claim: value,
            variables,
            batch: &[],
            tensors: vec![folded],
            weight: Weight::Outer(vectors),
        };
        let left = self.public_product(node, &product)?;
        Ok(Claim {
            point: [fixed, left.point].concat(),
            value: left.value,
        })
    }

    fn shape_of_operand(&self, op: &Op, index: usize) -> &[u32] {
        op.operands()
            .get(index)
            .map_or(&[], |&operand| self.shape(operand))
    }
}

/// `eq(out_point, o) eq(channel_end, group of o * channels of a group + c)` over (o, c), padded.
fn group_weights(
    [outputs, group_channels]: [u32; 2],
    groups: usize,
    out_point: &[EF],
    channel_end: &[EF],
) -> Vec<EF> {
    let width = padded(group_channels);
    let mut weights = vec![EF::ZERO; padded(outputs) * width];
    let group_outputs = count(outputs).checked_div(groups).unwrap_or(1).max(1);
    let channels = eq_table(channel_end);
    let of_group = channels.chunks(count(group_channels).max(1));
    let of_output = of_group.flat_map(|own| std::iter::repeat_n(own, group_outputs));
    for ((row, own), factor) in weights
        .chunks_mut(width)
        .take(count(outputs))
        .zip(of_output)
        .zip(eq_table(out_point))
    {
        row.iter_mut()
            .take(count(group_channels))
            .zip(own)
            .for_each(|(place, &weight)| *place = weight * factor);
    }
    weights
}

/// The axes of a batch, none or one, and those of an image; nothing of a shape that is neither.
pub(super) fn image(shape: &[u32]) -> (&[u32], &[u32]) {
    shape
        .split_at_checked(shape.len().saturating_sub(3))
        .filter(|(batch, image)| batch.len() <= 1 && image.len() == 3)
        .unwrap_or_default()
}

fn three<'a>(axes: &[u32], point: &'a [EF]) -> [&'a [EF]; 3] {
    let coordinates = split(axes, point);
    std::array::from_fn(|axis| coordinates.get(axis).copied().unwrap_or_default())
}
