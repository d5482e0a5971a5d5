//! `ConvTranspose`: a convolution of the operand with zeros between its values.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Array;
use crate::error::ImportError;
use crate::program::{Operation, Value};
use crate::window::Window;

impl Lowering {
    pub(super) fn transposed_conv_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "ConvTranspose" => Ok(Some(vec![Binding::Value(self.transposed_conv(node)?)])),
            _ => Ok(None),
        }
    }

    fn transposed_conv(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let (x, lines) = self.planes(node)?;
        let first = usize::from(lines);
        let axes = 2 - first;
        let mut weight = self
            .floats(node, 1)?
            .ok_or_else(|| node.refuse("its weight is missing"))?;
        if lines && weight.shape.len() == 3 {
            weight.shape.insert(2, 1);
        }
        let &[_, channels, height, width] = self.shape(x) else {
            return Err(node.refuse("its operand needs one or two axes of space"));
        };
        let &[inputs, each, rows, columns] = &weight.shape[..] else {
            return Err(node.refuse("its weight needs as many axes as its operand"));
        };
        let groups = usize::try_from(node.int("group", 1)?).unwrap_or(0);
        if inputs != channels || groups == 0 || channels % groups != 0 || weight.values.is_empty() {
            return Err(node.refuse("its weight doesn't fit its operand"));
        }
        let stride = widened(&node.sizes("strides", &[1; 2][..axes], 1)?, 1);
        let dilation = widened(&node.sizes("dilations", &[1; 2][..axes], 1)?, 1);
        let extra = widened(&node.sizes("output_padding", &[0; 2][..axes], 0)?, 0);
        let pads = node.sizes("pads", &[0; 4][..2 * axes], 0)?;
        let pads = [widened(&pads[..axes], 0), widened(&pads[axes..], 0)];
        let wanted = match node.ints("output_shape") {
            Some(_) => Some(widened(&node.sizes("output_shape", &[1; 2][..axes], 1)?, 1)),
            None => None,
        };
        let mut x = x;
        let mut around = [[0usize; 2]; 2];
        let mut count = [1; 2];
        for axis in first..2 {
            let length = [height, width][axis];
            let kernel = [rows, columns][axis];
            let reach = (kernel - 1) * dilation[axis] + 1;
            let full = (length - 1) * stride[axis] + reach + extra[axis];
            let [begin, end] = self.cropped(
                node,
                full,
                [pads[0][axis], pads[1][axis]],
                wanted.map(|wanted| wanted[axis]).or_else(|| {
                    let same = node.string("auto_pad", "NOTSET").starts_with("SAME");
                    same.then_some(length * stride[axis])
                }),
            )?;
            x = self.zeros_between(node, x, axis + 2, stride[axis])?;
            // Zeros around, or positions cut off where more is cropped than the kernel reaches.
            let before = (reach - 1).checked_sub(begin);
            let after = (reach - 1 + extra[axis]).checked_sub(end);
            let (Some(before), Some(after)) = (before, after) else {
                return Err(node.refuse("it crops more than its kernel reaches"));
            };
            around[0][axis] = before;
            around[1][axis] = after;
            count[axis] = full - begin - end;
        }
        let window = Window {
            kernel: [rows, columns],
            stride: [1; 2],
            dilation,
            before: around[0],
            after: around[1],
            count,
        };
        let value = self.over_spread(node, x, &weight, window, [groups, each])?;
        self.without_height(node, value, lines)
    }

    /// The convolution of an operand that has its zeros.
    fn over_spread(
        &mut self,
        node: &Node<'_>,
        x: Value,
        weight: &Array,
        window: Window,
        [groups, each]: [usize; 2],
    ) -> Result<Value, ImportError> {
        let weight = flipped(weight, groups);
        let outputs = each * groups;
        let bias = self.floats(node, 2)?;
        let bias = bias.map_or(vec![0.0; outputs], |bias| bias.values);
        if bias.len() != outputs {
            return Err(node.refuse("its bias doesn't fit"));
        }
        let shape = vec![1, outputs, window.count[0], window.count[1]];
        let operation = Operation::Conv {
            weight,
            bias,
            window,
            groups,
        };
        self.step(node, operation, vec![x], shape)
    }

    /// What is cut off before and behind.
    fn cropped(
        &self,
        node: &Node<'_>,
        full: usize,
        pads: [usize; 2],
        wanted: Option<usize>,
    ) -> Result<[usize; 2], ImportError> {
        let Some(wanted) = wanted else {
            return match full.checked_sub(pads[0] + pads[1]) {
                Some(1..) => Ok(pads),
                _ => Err(node.refuse("nothing is left between its pads")),
            };
        };
        let total = full
            .checked_sub(wanted)
            .ok_or_else(|| node.refuse("output_shape is too large"))?;
        let (less, more) = (total / 2, total.div_ceil(2));
        let upper = node.string("auto_pad", "NOTSET") == "SAME_UPPER";
        Ok(if upper { [less, more] } else { [more, less] })
    }

    /// `stride - 1` zeros between neighbours of an axis.
    fn zeros_between(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        stride: usize,
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        if stride == 1 || shape[axis] == 1 {
            return Ok(x);
        }
        let outer = shape[..=axis].iter().product();
        let inner: usize = shape[axis + 1..].iter().product();
        let x = self.reshape(node, x, vec![outer, 1, inner])?;
        let pad = Operation::Pad { axis: 1, before: 0 };
        let x = self.step(node, pad, vec![x], vec![outer, stride, inner])?;
        let length = shape[axis];
        shape[axis] = length * stride;
        let x = self.reshape(node, x, shape)?;
        self.cut(node, x, axis, [0, (length - 1) * stride + 1])
    }
}

/// `[C, O / groups, KH, KW]` as `[O, C / groups, KH, KW]` with kernels turned around.
fn flipped(weight: &Array, groups: usize) -> Array {
    let [inputs, each, rows, columns] = [0, 1, 2, 3].map(|axis| weight.shape[axis]);
    let group_inputs = inputs / groups;
    let taps = rows * columns;
    let value = |index: usize| {
        let tap = taps - 1 - index % taps;
        let input = index / taps % group_inputs;
        let output = index / taps / group_inputs;
        let (group, output) = (output / each, output % each);
        weight.values[((group * group_inputs + input) * each + output) * taps + tap]
    };
    Array {
        shape: vec![each * groups, group_inputs, rows, columns],
        values: (0..weight.values.len()).map(value).collect(),
    }
}

/// Numbers of one or two axes as numbers of two.
fn widened(values: &[usize], neutral: usize) -> [usize; 2] {
    match *values {
        [only] => [neutral, only],
        [vertical, horizontal, ..] => [vertical, horizontal],
        [] => [neutral; 2],
    }
}
