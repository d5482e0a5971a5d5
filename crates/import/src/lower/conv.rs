//! Convolutions, and the geometry they share with pooling.

use super::Lowering;
use super::node::Node;
use crate::array::Array;
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Value};
use crate::window::Window;

/// Largest batch.
const BATCH_MAX: usize = 64;

impl Lowering {
    pub(super) fn conv(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let weight = self.floats(node, 1)?;
        let weight = weight.ok_or_else(|| node.refuse("its weight is missing"))?;
        let bias = self.floats(node, 2)?.map(|bias| bias.values);
        self.convolution(node, x, weight, bias.unwrap_or_default())
    }

    /// A convolution with a bias, or none, of every member of a batch.
    pub(super) fn convolution(
        &mut self,
        node: &Node<'_>,
        x: Value,
        weight: Array,
        bias: Vec<f32>,
    ) -> Result<Value, ImportError> {
        let batch = self.shape(x).first().copied().unwrap_or(0);
        if batch <= 1 {
            return self.one_convolution(node, x, weight, bias);
        }
        if batch > BATCH_MAX {
            return Err(node.refuse(format!("batches of {BATCH_MAX} at most are supported")));
        }
        let mut results = Vec::with_capacity(batch);
        for index in 0..batch {
            let one = self.cut(node, x, 0, [index, 1])?;
            results.push(self.one_convolution(node, one, weight.clone(), bias.clone())?);
        }
        let mut shape = self.shape(results[0]).to_vec();
        shape[0] = batch;
        self.step(node, Operation::Concat { axis: 0 }, results, shape)
    }

    fn one_convolution(
        &mut self,
        node: &Node<'_>,
        x: Value,
        weight: Array,
        bias: Vec<f32>,
    ) -> Result<Value, ImportError> {
        let exact = self.element(x).is_exact();
        let (x, lines) = self.as_planes(node, x)?;
        let weight = kernel_of_planes(node, weight, lines)?;
        let [outputs, group_channels] = [weight.shape[0], weight.shape[1]];
        let kernel = [weight.shape[2], weight.shape[3]];
        let declared = node.sizes("kernel_shape", &kernel[usize::from(lines)..], 1)?;
        if declared != kernel[usize::from(lines)..] {
            return Err(node.refuse("kernel_shape is not the shape of its weight"));
        }
        let shape = self.shape(x).to_vec();
        let groups = node.int("group", 1)?;
        let groups = usize::try_from(groups).ok().filter(|&groups| groups > 0);
        let groups = groups.ok_or_else(|| node.refuse("group is out of range"))?;
        if group_channels.checked_mul(groups) != Some(shape[1]) || outputs % groups != 0 {
            return Err(node.refuse(format!(
                "{} channels, weight {:?} and {groups} groups don't fit",
                shape[1], weight.shape
            )));
        }
        let bias = match bias.len() {
            0 => vec![0.0; outputs],
            length if length == outputs => bias,
            length => return Err(node.refuse(format!("a bias of {length} values doesn't fit"))),
        };
        let window = window(node, [shape[2], shape[3]], kernel, lines, false)?;
        let out = vec![1, outputs, window.count[0], window.count[1]];
        let operation = Operation::Conv {
            weight,
            bias,
            window,
            groups,
        };
        let value = self.step(node, operation, vec![x], out)?;
        if exact {
            self.steps[value].element = Element::INT64;
        }
        self.without_height(node, value, lines)
    }

    /// The first operand as `[1, C, H, W]`, and whether it was `[1, C, W]`.
    pub(super) fn planes(&mut self, node: &Node<'_>) -> Result<(Value, bool), ImportError> {
        let x = self.value(node, 0)?;
        self.as_planes(node, x)
    }

    fn as_planes(&mut self, node: &Node<'_>, x: Value) -> Result<(Value, bool), ImportError> {
        match *self.shape(x) {
            [1, _, _, _] => Ok((x, false)),
            [1, channels, width] => {
                let value = self.reshape(node, x, vec![1, channels, 1, width])?;
                Ok((value, true))
            }
            ref shape => Err(node.refuse(format!(
                "its operand has shape {shape:?}; a batch of 1 and one or two axes of space are supported"
            ))),
        }
    }

    /// Undoes what [`Lowering::planes`] did to lines.
    pub(super) fn without_height(
        &mut self,
        node: &Node<'_>,
        value: Value,
        lines: bool,
    ) -> Result<Value, ImportError> {
        if !lines {
            return Ok(value);
        }
        let shape = self.shape(value);
        let shape = vec![1, shape[1], shape[3]];
        self.reshape(node, value, shape)
    }
}

/// A weight of four axes.
fn kernel_of_planes(node: &Node<'_>, weight: Array, lines: bool) -> Result<Array, ImportError> {
    let mut shape = weight.shape;
    if lines && shape.len() == 3 {
        shape.insert(2, 1);
    }
    if shape.len() != 4 || shape.contains(&0) {
        return Err(node.refuse(format!("its weight has shape {shape:?}")));
    }
    Ok(Array {
        shape,
        values: weight.values,
    })
}

/// Reads strides, dilations, pads, auto_pad and ceil_mode. With `lines`, the first axis is a made-up
/// one of length 1.
pub(super) fn window(
    node: &Node<'_>,
    lengths: [usize; 2],
    kernel: [usize; 2],
    lines: bool,
    may_round_up: bool,
) -> Result<Window, ImportError> {
    let first = usize::from(lines);
    let axes = 2 - first;
    let with_first = |values: &[usize], neutral: usize| match *values {
        [only] => [neutral, only],
        [vertical, horizontal, ..] => [vertical, horizontal],
        [] => [neutral; 2],
    };
    let stride = with_first(&node.sizes("strides", &[1; 2][..axes], 1)?, 1);
    let dilation = with_first(&node.sizes("dilations", &[1; 2][..axes], 1)?, 1);
    let pads = node.sizes("pads", &[0; 4][..2 * axes], 0)?;
    let round_up = may_round_up && node.int("ceil_mode", 0)? != 0;
    let mut window = Window {
        kernel,
        stride,
        dilation,
        before: with_first(&pads[..axes], 0),
        after: with_first(&pads[axes..], 0),
        count: [1; 2],
    };
    let auto_pad = node.string("auto_pad", "NOTSET");
    for axis in first..2 {
        match auto_pad.as_str() {
            "NOTSET" | "" => {}
            "VALID" => (window.before[axis], window.after[axis]) = (0, 0),
            "SAME_UPPER" | "SAME_LOWER" => {
                let count = lengths[axis].div_ceil(stride[axis]);
                let covered = (count - 1) * stride[axis] + window.reach(axis);
                let padding = covered.saturating_sub(lengths[axis]);
                let (less, more) = (padding / 2, padding.div_ceil(2));
                (window.before[axis], window.after[axis]) = if auto_pad == "SAME_UPPER" {
                    (less, more)
                } else {
                    (more, less)
                };
            }
            other => return Err(node.refuse(format!("auto_pad '{other}' is unknown"))),
        }
        window.count[axis] = count(node, &window, axis, lengths[axis], round_up)?;
    }
    Ok(window)
}

fn count(
    node: &Node<'_>,
    window: &Window,
    axis: usize,
    length: usize,
    round_up: bool,
) -> Result<usize, ImportError> {
    let padded = length + window.before[axis] + window.after[axis];
    let Some(room) = padded.checked_sub(window.reach(axis)) else {
        return Err(node.refuse("its kernel is larger than its padded operand"));
    };
    let stride = window.stride[axis];
    if !round_up {
        return Ok(room / stride + 1);
    }
    let count = room.div_ceil(stride) + 1;
    // A position that would begin in the padding behind the operand isn't one.
    let begins_outside = (count - 1) * stride >= length + window.before[axis];
    Ok(count - usize::from(begins_outside))
}
