//! Sums, products and extremes along axes, and where the extremes are.

use super::node::Node;
use super::{Binding, Lowering};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Function, Operation, Unary, Value};

/// Longest axis that is sorted, which takes its square of comparisons.
const SORT_MAX: usize = 256;
/// Longest axis of running products.
const RUNNING_MAX: usize = 256;

impl Lowering {
    pub(super) fn reduce_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let value = match node.proto.op_type.as_str() {
            op if op.starts_with("Reduce") => self.reduce(node)?,
            "ArgMax" | "ArgMin" => self.arg_extreme(node)?,
            "Hardmax" => self.hardmax(node)?,
            "LogSoftmax" => self.log_softmax_operator(node)?,
            "CumSum" => self.running_sum(node)?,
            "CumProd" => self.running_product(node)?,
            "Sum" | "Mean" | "Max" | "Min" => self.of_many(node)?,
            "TopK" => {
                let both = self.top_k(node)?;
                return Ok(Some(both.map(Binding::Value).to_vec()));
            }
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    /// The axes of a reduction. `None`: nothing is reduced.
    fn reduced_axes(
        &mut self,
        node: &Node<'_>,
        rank: usize,
    ) -> Result<Option<Vec<usize>>, ImportError> {
        let axes = match node.ints("axes") {
            Some(axes) => axes.to_vec(),
            None => self.ints(node, 1)?.unwrap_or_default(),
        };
        if axes.is_empty() {
            let nothing = node.int("noop_with_empty_axes", 0)? != 0;
            return Ok((!nothing).then(|| (0..rank).collect()));
        }
        let axes = axes.into_iter().map(|axis| node.axis(axis, rank));
        let mut axes = axes.collect::<Result<Vec<_>, _>>()?;
        axes.sort_unstable();
        axes.dedup();
        Ok(Some(axes))
    }

    pub(super) fn reduce(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let axes = self.reduced_axes(node, shape.len())?;
        let axes = axes.unwrap_or_default();
        let value = self.reduced(node, x, &axes)?;
        if node.int("keepdims", 1)? != 0 {
            return Ok(value);
        }
        let kept = (0..shape.len()).filter(|axis| !axes.contains(axis));
        let kept = kept.map(|axis| shape[axis]).collect();
        self.reshape(node, value, kept)
    }

    fn reduced(&mut self, node: &Node<'_>, x: Value, axes: &[usize]) -> Result<Value, ImportError> {
        let each = |this: &mut Self, x, f: fn(&mut Self, &Node<'_>, Value, usize) -> _| {
            axes.iter().try_fold(x, |x, &axis| f(this, node, x, axis))
        };
        match node.proto.op_type.as_str() {
            "ReduceSum" => self.axes_sum(node, x, axes),
            "ReduceMean" => self.axes_mean(node, x, axes),
            "ReduceMax" => each(self, x, Self::axis_max),
            "ReduceMin" => {
                let negative = self.times_number(node, x, -1.0)?;
                let largest = each(self, negative, Self::axis_max)?;
                self.times_number(node, largest, -1.0)
            }
            "ReduceProd" => each(self, x, Self::axis_product),
            "ReduceL1" => {
                let magnitude = self.magnitude(node, x)?;
                self.axes_sum(node, magnitude, axes)
            }
            "ReduceSumSquare" | "ReduceL2" => {
                let square = self.product_of(node, x, x)?;
                let sum = self.axes_sum(node, square, axes)?;
                if node.proto.op_type == "ReduceSumSquare" {
                    return Ok(sum);
                }
                self.unary(node, sum, Unary::Sqrt)
            }
            "ReduceLogSum" => {
                let sum = self.axes_sum(node, x, axes)?;
                self.unary(node, sum, Unary::Log)
            }
            "ReduceLogSumExp" => self.log_sum_exp(node, x, axes),
            _ => Err(node.unknown()),
        }
    }

    /// The largest is taken off first: powers of others would fill the range of a number.
    fn log_sum_exp(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
    ) -> Result<Value, ImportError> {
        let largest = axes
            .iter()
            .try_fold(x, |x, &axis| self.axis_max(node, x, axis))?;
        let below = self.difference(node, x, largest)?;
        let powers = self.unary(node, below, Unary::Exp)?;
        let sum = self.axes_sum(node, powers, axes)?;
        let log = self.unary(node, sum, Unary::Log)?;
        self.sum(node, log, largest, 1.0)
    }

    /// `Log` of a sum of powers that a file writes out. `None`: it is of something else.
    pub(super) fn written_log_sum_exp(
        &mut self,
        node: &Node<'_>,
        sum: Value,
    ) -> Result<Option<Value>, ImportError> {
        let shape = self.shape(sum).to_vec();
        let mut axes = Vec::new();
        let mut source = sum;
        loop {
            let step = &self.steps[source];
            let Some(&operand) = step.operands.first() else {
                return Ok(None);
            };
            match step.operation {
                Operation::Reshape if axes.is_empty() => {}
                Operation::WindowSum { axis, kernel, .. }
                    if kernel == self.shape(operand)[axis] && step.shape[axis] == 1 =>
                {
                    axes.push(axis);
                }
                Operation::Function(Function::Unary(Unary::Exp)) if !axes.is_empty() => {
                    let value = self.log_sum_exp(node, operand, &axes)?;
                    return self.reshape(node, value, shape).map(Some);
                }
                _ => return Ok(None),
            }
            source = operand;
        }
    }

    pub(super) fn magnitude(&mut self, node: &Node<'_>, x: Value) -> Result<Value, ImportError> {
        let shape = self.shape(x).to_vec();
        let operation = Operation::Function(Function::Abs);
        self.step(node, operation, vec![x], shape)
    }

    fn axis_product(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
    ) -> Result<Value, ImportError> {
        let mut x = x;
        let mut rest = None;
        loop {
            let length = self.shape(x)[axis];
            if length == 1 {
                break;
            }
            let half = length / 2;
            let front = self.cut(node, x, axis, [0, half])?;
            let back = self.cut(node, x, axis, [half, half])?;
            if length % 2 == 1 {
                let last = self.cut(node, x, axis, [length - 1, 1])?;
                rest = Some(match rest {
                    None => last,
                    Some(rest) => self.product_of(node, rest, last)?,
                });
            }
            x = self.product_of(node, front, back)?;
        }
        match rest {
            None => Ok(x),
            Some(rest) => self.product_of(node, x, rest),
        }
    }

    /// 1 at the largest along an axis, the first or last of equals, else 0; and numbers that say
    /// where it is: `length - index` for the first, `index + 1` for the last.
    fn one_hot_extreme(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        last: bool,
    ) -> Result<[Value; 2], ImportError> {
        let x = self.rounded(node, x)?;
        let (rank, length) = (self.shape(x).len(), self.shape(x)[axis]);
        let largest = self.axis_max(node, x, axis)?;
        let among = self.equal(node, x, largest)?;
        let among = self.convert(node, among, Element::INT64)?;
        let mut shape = vec![1; rank];
        shape[axis] = length;
        let order: Vec<i64> = if last {
            (1..=length as i64).collect()
        } else {
            (1..=length as i64).rev().collect()
        };
        let order = self.filled_ints(node, shape, order, Element::INT64);
        let order = self.product_of(node, among, order)?;
        let winner = self.axis_max(node, order, axis)?;
        let chosen = self.equal(node, order, winner)?;
        Ok([chosen, winner])
    }

    fn arg_extreme(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        if node.proto.op_type == "ArgMin" {
            x = self.times_number(node, x, -1.0)?;
        }
        let mut shape = self.shape(x).to_vec();
        let axis = node.axis(node.int("axis", 0)?, shape.len())?;
        let last = node.int("select_last_index", 0)? != 0;
        let [_, winner] = self.one_hot_extreme(node, x, axis, last)?;
        let index = if last {
            self.plus_number(node, winner, -1.0)?
        } else {
            let negative = self.times_number(node, winner, -1.0)?;
            self.plus_number(node, negative, shape[axis] as f32)?
        };
        if node.int("keepdims", 1)? == 0 {
            shape.remove(axis);
            return self.reshape(node, index, shape);
        }
        Ok(index)
    }

    /// The operand as rows along one axis, as softmax-like operators see it, the axis, and the shape
    /// to come back to.
    fn rows(&mut self, node: &Node<'_>) -> Result<(Value, usize, Vec<usize>), ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let default = if node.opset < 13 { 1 } else { -1 };
        let axis = node.axis(node.int("axis", default)?, shape.len())?;
        if node.opset >= 13 {
            return Ok((x, axis, shape));
        }
        let rows = shape[..axis].iter().product();
        let columns = shape[axis..].iter().product();
        let x = self.reshape(node, x, vec![rows, columns])?;
        Ok((x, 1, shape))
    }

    fn hardmax(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let (x, axis, shape) = self.rows(node)?;
        let [chosen, _] = self.one_hot_extreme(node, x, axis, false)?;
        let chosen = self.convert(node, chosen, Element::Float)?;
        self.reshape(node, chosen, shape)
    }

    fn log_softmax_operator(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let (x, axis, shape) = self.rows(node)?;
        let value = self.log_softmax(node, x, axis)?;
        self.reshape(node, value, shape)
    }

    pub(super) fn log_softmax(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
    ) -> Result<Value, ImportError> {
        let x = self.rounded(node, x)?;
        let largest = self.axis_max(node, x, axis)?;
        let below = self.difference(node, x, largest)?;
        let powers = self.unary(node, below, Unary::Exp)?;
        let sum = self.axis_sum(node, powers, axis)?;
        let log = self.unary(node, sum, Unary::Log)?;
        self.difference(node, below, log)
    }

    fn running_sum(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let axis = self.running_axis(node, x)?;
        let length = self.shape(x)[axis];
        let exclusive = usize::from(node.int("exclusive", 0)? != 0);
        let reverse = node.int("reverse", 0)? != 0;
        let before = if reverse { 0 } else { length - 1 + exclusive };
        let shape = self.shape(x).to_vec();
        if reverse && exclusive == 1 {
            // From the next one on: the sum from here on, less what is here.
            let operation = Operation::WindowSum {
                axis,
                kernel: length,
                stride: 1,
                before,
            };
            let all = self.step(node, operation, vec![x], shape)?;
            return self.difference(node, all, x);
        }
        let operation = Operation::WindowSum {
            axis,
            kernel: length,
            stride: 1,
            before,
        };
        self.step(node, operation, vec![x], shape)
    }

    fn running_axis(&mut self, node: &Node<'_>, x: Value) -> Result<usize, ImportError> {
        let axis = self.ints(node, 1)?.and_then(|axes| axes.first().copied());
        let axis = axis.ok_or_else(|| node.refuse("its axis is missing"))?;
        node.axis(axis, self.shape(x).len())
    }

    fn running_product(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let axis = self.running_axis(node, x)?;
        let shape = self.shape(x).to_vec();
        let length = shape[axis];
        if length > RUNNING_MAX {
            return Err(node.refuse(format!(
                "running products are supported up to {RUNNING_MAX} long"
            )));
        }
        let exclusive = node.int("exclusive", 0)? != 0;
        let reverse = node.int("reverse", 0)? != 0;
        let mut one = shape.clone();
        one[axis] = 1;
        let count = one.iter().product();
        let one = if self.element(x).is_exact() {
            self.filled_ints(node, one, vec![1; count], self.element(x))
        } else {
            self.filled(node, one, vec![1.0; count])
        };
        let mut product = one;
        let mut parts = Vec::with_capacity(length);
        for index in 0..length {
            let index = if reverse { length - 1 - index } else { index };
            let factor = self.cut(node, x, axis, [index, 1])?;
            if exclusive {
                parts.push(product);
            }
            product = if parts.len() == usize::from(exclusive) && product == one {
                factor
            } else {
                self.product_of(node, product, factor)?
            };
            if !exclusive {
                parts.push(product);
            }
        }
        if reverse {
            parts.reverse();
        }
        self.step(node, Operation::Concat { axis }, parts, shape)
    }

    /// `Sum`, `Mean`, `Max`, `Min` of any number of operands.
    fn of_many(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut total = self.value(node, 0)?;
        let count = node.proto.input.len();
        for index in 1..count {
            let next = self.value(node, index)?;
            total = match node.proto.op_type.as_str() {
                "Max" => self.larger_of(node, total, next)?,
                "Min" => self.smaller_of(node, total, next)?,
                _ => self.sum(node, total, next, 1.0)?,
            };
        }
        if node.proto.op_type == "Mean" {
            return self.times_number(node, total, 1.0 / count as f32);
        }
        if count == 1 {
            // A name of its own.
            return self.rounded(node, total);
        }
        Ok(total)
    }

    /// The largest, in order, and where they are: by the rank of each, which is the number of those
    /// before it.
    fn top_k(&mut self, node: &Node<'_>) -> Result<[Value; 2], ImportError> {
        let x = self.value(node, 0)?;
        let x = self.rounded(node, x)?;
        let rank = self.shape(x).len();
        let axis = node.axis(node.int("axis", -1)?, rank)?;
        let count = match node.attribute("k") {
            Some(k) => Some(k.i),
            None => self.ints(node, 1)?.and_then(|list| list.first().copied()),
        };
        let length = self.shape(x)[axis];
        let count = count.and_then(|count| usize::try_from(count).ok());
        let count = count.filter(|&count| (1..=length).contains(&count) && length <= SORT_MAX);
        let count = count.ok_or_else(|| {
            node.refuse(format!(
                "its k is out of range, or its axis longer than {SORT_MAX}"
            ))
        })?;
        let mut perm: Vec<usize> = (0..rank).filter(|&other| other != axis).collect();
        perm.push(axis);
        let rows = self.transposed(node, x, &perm)?;
        let outer: usize = self.shape(rows)[..rank - 1].iter().product();
        let rows = self.reshape(node, rows, vec![outer, length])?;
        let places = self.ranks(node, rows, node.int("largest", 1)? != 0)?;
        let places = self.reshape(node, places, vec![outer, 1, length])?;
        let wanted = self.positions(node, 3, 1, count);
        let chosen = self.equal(node, places, wanted)?;
        let mut back = vec![0; rank];
        for (place, &axis) in perm.iter().enumerate() {
            back[axis] = place;
        }
        let mut shape: Vec<usize> = perm.iter().map(|&axis| self.shape(x)[axis]).collect();
        shape[rank - 1] = count;
        let element = self.element(x);
        let rows = self.reshape(node, rows, vec![outer, 1, length])?;
        let indices = self.positions(node, 3, 2, length);
        let mut results = [0; 2];
        for (result, (numbers, element)) in results
            .iter_mut()
            .zip([(rows, element), (indices, Element::INT64)])
        {
            let chosen = self.convert(node, chosen, element)?;
            let picked = self.product_of(node, chosen, numbers)?;
            let picked = self.axis_sum(node, picked, 2)?;
            let picked = self.reshape(node, picked, shape.clone())?;
            *result = self.transposed(node, picked, &back)?;
        }
        Ok(results)
    }

    /// How many of a row stand before each of its numbers.
    fn ranks(
        &mut self,
        node: &Node<'_>,
        rows: Value,
        largest_first: bool,
    ) -> Result<Value, ImportError> {
        let [outer, length] = [self.shape(rows)[0], self.shape(rows)[1]];
        let mine = self.reshape(node, rows, vec![outer, length, 1])?;
        let other = self.reshape(node, rows, vec![outer, 1, length])?;
        let difference = self.difference(node, other, mine)?;
        let ahead = if largest_first {
            Unary::IsPositive
        } else {
            Unary::IsNegative
        };
        let ahead = self.unary(node, difference, ahead)?;
        let equal = self.unary(node, difference, Unary::IsZero)?;
        let earlier = (0..length * length).map(|index| i64::from(index % length < index / length));
        let earlier = self.filled_ints(
            node,
            vec![1, length, length],
            earlier.collect(),
            Element::Bool,
        );
        let equal = self.product_of(node, equal, earlier)?;
        let before = self.sum(node, ahead, equal, 1.0)?;
        let before = self.convert(node, before, Element::INT64)?;
        self.axis_sum(node, before, 2)
    }
}
