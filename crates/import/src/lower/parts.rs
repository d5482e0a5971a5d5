//! What operators are made of: sums and maxima along axes, chosen positions, comparisons.

use super::Lowering;
use super::node::Node;
use crate::array::Array;
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

/// Most pieces of which chosen positions are joined before a matrix chooses them.
const PIECES_MAX: usize = 12;
/// Most entries of a matrix that chooses positions.
const CHOICE_MAX: usize = 1 << 20;

impl Lowering {
    pub(super) fn element(&self, x: Value) -> Element {
        self.steps[x].element
    }

    /// `a * b` after broadcasting.
    pub(super) fn product_of(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let (a, b) = self.aligned(node, a, b)?;
        let shape = self.shape(a).to_vec();
        self.step(node, Operation::Mul, vec![a, b], shape)
    }

    /// `a - b` after broadcasting.
    pub(super) fn difference(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        self.sum(node, a, b, -1.0)
    }

    pub(super) fn times_number(
        &mut self,
        node: &Node<'_>,
        x: Value,
        factor: f32,
    ) -> Result<Value, ImportError> {
        if factor == 1.0 {
            return Ok(x);
        }
        self.times_constant(node, x, Array::scalar(factor))
    }

    pub(super) fn plus_number(
        &mut self,
        node: &Node<'_>,
        x: Value,
        offset: f32,
    ) -> Result<Value, ImportError> {
        if offset == 0.0 {
            return Ok(x);
        }
        self.plus_constant(node, x, Array::scalar(offset))
    }

    /// The larger of two after broadcasting.
    pub(super) fn larger_of(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let (a, b) = self.aligned(node, a, b)?;
        let shape = self.shape(a).to_vec();
        self.step(node, Operation::Max, vec![a, b], shape)
    }

    pub(super) fn smaller_of(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let a = self.times_number(node, a, -1.0)?;
        let b = self.times_number(node, b, -1.0)?;
        let larger = self.larger_of(node, a, b)?;
        self.times_number(node, larger, -1.0)
    }

    /// Numbers as they will be rounded wherever they are compared.
    pub(super) fn rounded(&mut self, node: &Node<'_>, x: Value) -> Result<Value, ImportError> {
        if self.element(x).is_exact() {
            return Ok(x);
        }
        let shape = self.shape(x).to_vec();
        self.step(node, Operation::Convert(Element::Float), vec![x], shape)
    }

    /// The sum along an axis, which stays with length 1.
    pub(super) fn axis_sum(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        let kernel = std::mem::replace(&mut shape[axis], 1);
        if kernel == 1 {
            return Ok(x);
        }
        let operation = Operation::WindowSum {
            axis,
            kernel,
            stride: 1,
            before: 0,
        };
        self.step(node, operation, vec![x], shape)
    }

    pub(super) fn axes_sum(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
    ) -> Result<Value, ImportError> {
        axes.iter()
            .try_fold(x, |x, &axis| self.axis_sum(node, x, axis))
    }

    pub(super) fn axes_mean(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
    ) -> Result<Value, ImportError> {
        let count: usize = axes.iter().map(|&axis| self.shape(x)[axis]).product();
        let sum = self.axes_sum(node, x, axes)?;
        self.times_number(node, sum, 1.0 / count as f32)
    }

    /// The largest along an axis, which stays with length 1.
    pub(super) fn axis_max(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
    ) -> Result<Value, ImportError> {
        let mut x = self.rounded(node, x)?;
        loop {
            let length = self.shape(x)[axis];
            if length == 1 {
                return Ok(x);
            }
            // Halves may overlap: the larger of one number with itself is the number.
            let half = length.div_ceil(2);
            let front = self.cut(node, x, axis, [0, half])?;
            let back = self.cut(node, x, axis, [length - half, half])?;
            x = self.larger_of(node, front, back)?;
        }
    }

    /// `count` positions of an axis from `start` on.
    pub(super) fn cut(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        [start, count]: [usize; 2],
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        if start == 0 && shape[axis] == count {
            return Ok(x);
        }
        shape[axis] = count;
        let operation = Operation::Slice {
            axis,
            start,
            step: 1,
        };
        self.step(node, operation, vec![x], shape)
    }

    /// The chosen positions of an axis, in the given order.
    pub(super) fn take(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        positions: &[usize],
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        let length = shape[axis];
        if positions.is_empty() || positions.iter().any(|&position| position >= length) {
            return Err(node.refuse("it chooses nothing, or positions that don't exist"));
        }
        if positions.iter().copied().eq(0..length) {
            return Ok(x);
        }
        let pieces = runs(positions);
        shape[axis] = positions.len();
        if pieces.len() > PIECES_MAX {
            return self.choose(node, x, axis, positions);
        }
        let mut parts = Vec::with_capacity(pieces.len());
        for [start, step, count] in pieces {
            let mut part = shape.clone();
            part[axis] = count;
            let operation = Operation::Slice { axis, start, step };
            parts.push(self.step(node, operation, vec![x], part)?);
        }
        match parts[..] {
            [only] => Ok(only),
            _ => self.step(node, Operation::Concat { axis }, parts, shape),
        }
    }

    /// The same by a matrix of zeros and ones.
    fn choose(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        positions: &[usize],
    ) -> Result<Value, ImportError> {
        let length = self.shape(x)[axis];
        let entries = length.saturating_mul(positions.len());
        if entries > CHOICE_MAX {
            return Err(node.refuse(format!(
                "its choice of positions takes a matrix of {entries} entries, at most {CHOICE_MAX} are supported"
            )));
        }
        let mut values = vec![0.0; entries];
        for (row, &position) in positions.iter().enumerate() {
            values[row * length + position] = 1.0;
        }
        let matrix = Array {
            shape: vec![positions.len(), length],
            values,
        };
        self.mixed(node, x, axis, matrix)
    }

    /// A constant matrix along an axis.
    pub(super) fn mixed(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        matrix: Array,
    ) -> Result<Value, ImportError> {
        let mut shape = self.shape(x).to_vec();
        shape[axis] = matrix.shape[0];
        self.step(node, Operation::Mix { axis, matrix }, vec![x], shape)
    }

    pub(super) fn transposed(
        &mut self,
        node: &Node<'_>,
        x: Value,
        perm: &[usize],
    ) -> Result<Value, ImportError> {
        if perm.iter().copied().eq(0..perm.len()) {
            return Ok(x);
        }
        let from = self.shape(x);
        let shape = perm.iter().map(|&axis| from[axis]).collect();
        let perm = perm.to_vec();
        self.step(node, Operation::Transpose { perm }, vec![x], shape)
    }

    pub(super) fn spread(
        &mut self,
        node: &Node<'_>,
        x: Value,
        shape: &[usize],
    ) -> Result<Value, ImportError> {
        if self.shape(x) == shape {
            return Ok(x);
        }
        let x = self.expanded(node, x, shape)?;
        if self.shape(x) != shape {
            return Err(node.refuse(format!("{:?} doesn't fit into {shape:?}", self.shape(x))));
        }
        Ok(x)
    }

    /// 0, 1, 2 and so on along one axis of a shape of as many axes as `like`, the others of length 1.
    pub(super) fn positions(
        &mut self,
        node: &Node<'_>,
        rank: usize,
        axis: usize,
        length: usize,
    ) -> Value {
        let mut shape = vec![1; rank];
        shape[axis] = length;
        let values = (0..length as i64).collect();
        self.filled_ints(node, shape, values, Element::INT64)
    }

    /// Where two are equal, as truth values.
    pub(super) fn equal(
        &mut self,
        node: &Node<'_>,
        a: Value,
        b: Value,
    ) -> Result<Value, ImportError> {
        let difference = self.difference(node, a, b)?;
        self.unary(node, difference, Unary::IsZero)
    }
}

/// Positions as runs `[start, step, count]` with one step each.
fn runs(positions: &[usize]) -> Vec<[usize; 3]> {
    let mut runs: Vec<[usize; 3]> = Vec::new();
    for &position in positions {
        match runs.last_mut() {
            Some([start, step, count]) if *count == 1 && position > *start => {
                (*step, *count) = (position - *start, 2);
            }
            Some([start, step, count]) if *count > 1 && position == *start + *step * *count => {
                *count += 1;
            }
            _ => runs.push([position, 1, 1]),
        }
    }
    runs
}
