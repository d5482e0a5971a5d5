//! Slices of an axis, chosen by indices that a run may decide.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Constant;
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

/// Most comparisons of indices with positions.
const COMPARISONS_MAX: usize = 1 << 22;

impl Lowering {
    /// `table` with its axis replaced by the axes of `indices`.
    pub(super) fn gathered(
        &mut self,
        node: &Node<'_>,
        table: Binding,
        axis: usize,
        indices: Binding,
    ) -> Result<Value, ImportError> {
        let indices = match (&table, indices) {
            (_, Binding::Constant(Constant::Int { shape, values, .. })) => {
                let x = self.value_of(node, table)?;
                return self.taken(node, x, axis, (shape, &values));
            }
            (Binding::Constant(Constant::Float(rows)), Binding::Value(indices))
                if rows.shape.len() == 2 && axis == 0 =>
            {
                let shape = [self.shape(indices), &rows.shape[1..]].concat();
                let table = rows.clone();
                return self.step(node, Operation::Embedding { table }, vec![indices], shape);
            }
            (_, Binding::Value(indices)) => indices,
            _ => return Err(node.refuse("its indices aren't integers")),
        };
        let x = self.value_of(node, table)?;
        self.picked(node, x, axis, indices)
    }

    /// What a name stands for, as a value.
    fn value_of(&mut self, node: &Node<'_>, binding: Binding) -> Result<Value, ImportError> {
        match binding {
            Binding::Value(value) => Ok(value),
            Binding::Constant(constant) if constant.shape().contains(&0) => {
                Err(node.refuse("what it chooses from is empty"))
            }
            Binding::Constant(constant) => Ok(self.constant_step(node.name.clone(), constant)),
        }
    }

    pub(super) fn taken(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        (shape, indices): (Vec<usize>, &[i64]),
    ) -> Result<Value, ImportError> {
        let mut whole = self.shape(x).to_vec();
        let places = indices.iter().map(|&index| node.axis(index, whole[axis]));
        let places = places.collect::<Result<Vec<_>, _>>()?;
        let taken = self.take(node, x, axis, &places)?;
        whole.splice(axis..=axis, shape);
        self.reshape(node, taken, whole)
    }

    /// By a matrix of truth values: which position each index is.
    fn picked(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        indices: Value,
    ) -> Result<Value, ImportError> {
        let (of, to) = (self.shape(x).to_vec(), self.shape(indices).to_vec());
        let count: usize = to.iter().product();
        let length = of[axis];
        if count.saturating_mul(length) > COMPARISONS_MAX {
            return Err(node.refuse(format!(
                "{count} indices into {length} places take too many comparisons; fix the input that holds the \
                 indices, or choose from fewer places"
            )));
        }
        if !self.element(indices).is_exact() {
            return Err(node.refuse("its indices aren't integers"));
        }
        let indices = self.counted_from_front(node, indices, length)?;
        let indices = self.reshape(node, indices, vec![count, 1])?;
        let places = self.positions(node, 2, 1, length);
        let hot = self.equal(node, indices, places)?;
        let hot = self.convert(node, hot, self.element(x))?;
        let mut perm: Vec<usize> = (0..of.len()).filter(|&other| other != axis).collect();
        let others: Vec<usize> = perm.iter().map(|&other| of[other]).collect();
        perm.insert(0, axis);
        let rows = self.transposed(node, x, &perm)?;
        let width = others.iter().product();
        let rows = self.reshape(node, rows, vec![length, width])?;
        let picked = self.product(node, hot, rows)?;
        // [indices, axes before, axes behind] to [axes before, indices, axes behind].
        let before: usize = others[..axis].iter().product();
        let behind: usize = others[axis..].iter().product();
        let picked = self.reshape(node, picked, vec![count, before, behind])?;
        let picked = self.transposed(node, picked, &[1, 0, 2])?;
        let shape = [&others[..axis], &to[..], &others[axis..]].concat();
        self.reshape(node, picked, shape)
    }

    /// Indices, counted from the end where negative.
    pub(super) fn counted_from_front(
        &mut self,
        node: &Node<'_>,
        indices: Value,
        length: usize,
    ) -> Result<Value, ImportError> {
        let indices = self.convert(node, indices, Element::INT64)?;
        let negative = self.unary(node, indices, Unary::IsNegative)?;
        let negative = self.convert(node, negative, Element::INT64)?;
        let wrapped = self.times_number(node, negative, length as f32)?;
        self.sum(node, indices, wrapped, 1.0)
    }
}
