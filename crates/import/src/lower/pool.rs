//! Pooling.

use super::node::Node;
use super::{Binding, Lowering, conv};
use crate::array::HIDDEN;
use crate::error::ImportError;
use crate::program::{Operation, Value};
use crate::window::Window;

/// Most positions along an axis of which a maximum is taken.
const MAX_POOL_TAPS: usize = 512;

impl Lowering {
    pub(super) fn max_pool(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let (x, lines) = self.planes(node)?;
        let window = self.pool_window(node, x, lines)?;
        if window.kernel.iter().any(|&taps| taps > MAX_POOL_TAPS) {
            return Err(node.refuse(format!(
                "its kernel is {:?}, at most {MAX_POOL_TAPS} along each axis is supported",
                window.kernel
            )));
        }
        let value = self.pool(node, x, window.count, Operation::MaxPool(window))?;
        self.without_height(node, value, lines)
    }

    pub(super) fn average_pool(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        if node.proto.op_type == "ReduceMean" {
            return self.reduce_mean(node);
        }
        let (x, lines) = self.planes(node)?;
        let window = self.pool_window(node, x, lines)?;
        if window.dilation != [1, 1] {
            return Err(node.refuse("dilated averages are not supported"));
        }
        let include_pad = node.int("count_include_pad", 0)? != 0;
        let count = window.count;
        let operation = Operation::AveragePool {
            window,
            include_pad,
        };
        let value = self.pool(node, x, count, operation)?;
        self.without_height(node, value, lines)
    }

    fn pool(
        &mut self,
        node: &Node<'_>,
        x: Value,
        [rows, columns]: [usize; 2],
        operation: Operation,
    ) -> Result<Value, ImportError> {
        let channels = self.shape(x)[1];
        let out = vec![1, channels, rows, columns];
        self.step(node, operation, vec![x], out)
    }

    /// The window of a pooling of `[1, C, H, W]`; that of a global one is the whole plane.
    fn pool_window(&self, node: &Node<'_>, x: Value, lines: bool) -> Result<Window, ImportError> {
        let shape = self.shape(x);
        let lengths = [shape[2], shape[3]];
        if node.proto.op_type.starts_with("Global") {
            return Ok(whole(lengths));
        }
        let first = usize::from(lines);
        if node.attribute("kernel_shape").is_none() {
            return Err(node.refuse("kernel_shape is missing"));
        }
        let kernel = node.sizes("kernel_shape", &[1; 2][first..], 1)?;
        let kernel = match *kernel {
            [only] => [1, only],
            _ => [kernel[0], kernel[1]],
        };
        let window = conv::window(node, lengths, kernel, lines, true)?;
        for axis in 0..2 {
            if window.before[axis].max(window.after[axis]) >= window.reach(axis).max(2) {
                return Err(node.refuse("its padding is as wide as its kernel"));
            }
        }
        Ok(window)
    }

    /// Whether a pooling is one of a batch of 1 with one or two axes of space, without what needs the
    /// axes one by one.
    pub(super) fn is_plane(&self, node: &Node<'_>) -> bool {
        let shape = match self.operand(node, 0) {
            Ok(Binding::Value(value)) => self.shape(value),
            _ => return false,
        };
        let dilated = node
            .ints("dilations")
            .is_some_and(|list| list.iter().any(|&by| by != 1));
        let average = node.proto.op_type.ends_with("AveragePool");
        matches!(shape, [1, _, _] | [1, _, _, _]) && !(dilated && average)
    }

    /// The mean over all of space, which is a global average.
    fn reduce_mean(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let axes = match node.ints("axes") {
            Some(axes) => axes.to_vec(),
            None => self.ints(node, 1)?.unwrap_or_default(),
        };
        let mut axes = axes
            .into_iter()
            .map(|axis| node.axis(axis, shape.len()))
            .collect::<Result<Vec<_>, _>>()?;
        axes.sort_unstable();
        let &[1, channels, height, width] = &shape[..] else {
            return self.reduce(node);
        };
        if axes != [2, 3] {
            return self.reduce(node);
        }
        let operation = Operation::AveragePool {
            window: whole([height, width]),
            include_pad: false,
        };
        let value = self.step(node, operation, vec![x], vec![1, channels, 1, 1])?;
        if node.int("keepdims", 1)? == 0 {
            return self.reshape(node, value, vec![1, channels]);
        }
        Ok(value)
    }

    /// `Relu` and `Clip`.
    pub(super) fn clip(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let (lo, hi) = if node.proto.op_type == "Relu" {
            (0.0, f32::INFINITY)
        } else {
            self.limits(node)?
        };
        if lo.is_nan() || hi.is_nan() {
            return Err(node.refuse(format!("its limits are {lo} and {hi}")));
        }
        // The upper one is the stronger.
        let lo = lo.min(hi);
        let shape = self.shape(x).to_vec();
        let operation = Operation::Clip { lo, hi };
        // Limits and maxima can change places; limits first lets them join the rounding that a
        // convolution's result needs anyway.
        if let Operation::MaxPool(_) = self.steps[x].operation
            && !self.shared[x]
        {
            let pool = self.steps[x].clone();
            self.steps[x] = crate::program::Step {
                name: node.name.clone(),
                operation,
                shape: self.shape(pool.operands[0]).to_vec(),
                operands: pool.operands,
                element: pool.element,
            };
            return Ok(self.push(pool.name, pool.operation, vec![x], shape));
        }
        self.step(node, operation, vec![x], shape)
    }

    fn limits(&self, node: &Node<'_>) -> Result<(f32, f32), ImportError> {
        if node.opset < 11 {
            let limit = |name, default| node.attribute(name).map_or(default, |limit| limit.f);
            return Ok((limit("min", f32::MIN), limit("max", f32::MAX)));
        }
        let limit = |index, default| match self.constant(node, index)? {
            None => Ok(default),
            Some(constant) => {
                let value = constant.floats().first().copied();
                let value = value.ok_or_else(|| node.refuse("a limit is empty"))?;
                Ok::<f32, ImportError>(match value {
                    ..=HIDDEN => f32::MIN,
                    _ if value >= -HIDDEN => f32::MAX,
                    _ => value,
                })
            }
        };
        Ok((limit(1, f32::MIN)?, limit(2, f32::MAX)?))
    }
}

fn whole(lengths: [usize; 2]) -> Window {
    Window {
        kernel: lengths,
        stride: [1; 2],
        dilation: [1; 2],
        before: [0; 2],
        after: [0; 2],
        count: [1; 2],
    }
}
