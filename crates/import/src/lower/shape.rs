//! Operators that move values or compute with shapes.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, gather, strides};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::Operation;

impl Lowering {
    /// `Flatten`, `Reshape`, `Squeeze`, `Unsqueeze`.
    pub(super) fn new_shape(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let operand = self.operand(node, 0)?;
        let from = match &operand {
            Binding::Value(value) => self.shape(*value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let shape = match node.proto.op_type.as_str() {
            "Flatten" => {
                let axis = node.int("axis", 1)?;
                let split = if axis == from.len() as i64 {
                    from.len()
                } else {
                    node.axis(axis, from.len())?
                };
                vec![
                    from[..split].iter().product(),
                    from[split..].iter().product(),
                ]
            }
            "Reshape" => self.reshape_target(node, &from)?,
            "Squeeze" => self.squeezed(node, &from)?,
            _ => self.unsqueezed(node, &from)?,
        };
        if shape.iter().product::<usize>() != from.iter().product::<usize>() {
            return Err(node.refuse(format!("shapes {from:?} and {shape:?} differ in size")));
        }
        match operand {
            Binding::Value(value) => Ok(Binding::Value(self.reshape(node, value, shape)?)),
            Binding::Constant(constant) => Ok(Binding::Constant(constant.with_shape(shape))),
        }
    }

    /// A list of integers from an attribute (older files) or an operand.
    fn list(
        &self,
        node: &Node<'_>,
        name: &str,
        operand: usize,
    ) -> Result<Option<Vec<i64>>, ImportError> {
        match node.ints(name) {
            Some(values) => Ok(Some(values.to_vec())),
            None => self.ints(node, operand),
        }
    }

    fn reshape_target(&self, node: &Node<'_>, from: &[usize]) -> Result<Vec<usize>, ImportError> {
        let target = self.list(node, "shape", 1)?;
        let target = target.ok_or_else(|| node.refuse("its shape is missing"))?;
        let refuse = || node.refuse(format!("{from:?} can't take the shape {target:?}"));
        let keep_zero = node.int("allowzero", 0)? != 0;
        let mut shape = Vec::with_capacity(target.len());
        let mut open = None;
        for (axis, &length) in target.iter().enumerate() {
            match length {
                -1 if open.is_none() => {
                    open = Some(axis);
                    shape.push(1);
                }
                0 if !keep_zero => shape.push(*from.get(axis).ok_or_else(refuse)?),
                length if length > 0 => shape.push(usize::try_from(length).map_err(|_| refuse())?),
                _ => return Err(refuse()),
            }
        }
        if let Some(axis) = open {
            let known = shape
                .iter()
                .try_fold(1usize, |product, &n| product.checked_mul(n));
            let known = known.filter(|&known| known > 0).ok_or_else(refuse)?;
            shape[axis] = from.iter().product::<usize>() / known;
        }
        let product = shape
            .iter()
            .try_fold(1usize, |product, &n| product.checked_mul(n));
        if product != Some(from.iter().product()) {
            return Err(refuse());
        }
        Ok(shape)
    }

    fn squeezed(&self, node: &Node<'_>, from: &[usize]) -> Result<Vec<usize>, ImportError> {
        let dropped = match self.list(node, "axes", 1)? {
            Some(axes) => axes
                .into_iter()
                .map(|axis| node.axis(axis, from.len()))
                .collect::<Result<Vec<_>, _>>()?,
            None => (0..from.len()).filter(|&axis| from[axis] == 1).collect(),
        };
        let kept = (0..from.len()).filter(|axis| !dropped.contains(axis));
        Ok(kept.map(|axis| from[axis]).collect())
    }

    fn unsqueezed(&self, node: &Node<'_>, from: &[usize]) -> Result<Vec<usize>, ImportError> {
        let axes = self.list(node, "axes", 1)?;
        let axes = axes.ok_or_else(|| node.refuse("its axes are missing"))?;
        let rank = from.len() + axes.len();
        let added = axes
            .into_iter()
            .map(|axis| node.axis(axis, rank))
            .collect::<Result<Vec<_>, _>>()?;
        let mut lengths = from.iter().copied();
        let place = |axis| {
            if added.contains(&axis) {
                1
            } else {
                lengths.next().unwrap_or(1)
            }
        };
        Ok((0..rank).map(place).collect())
    }

    pub(super) fn shape_of(&self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let shape = match self.operand(node, 0)? {
            Binding::Value(value) => self.shape(value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let rank = shape.len() as i64;
        let place = |index: i64| {
            let from_front = if index < 0 {
                index.saturating_add(rank)
            } else {
                index
            };
            from_front.clamp(0, rank) as usize
        };
        let (start, end) = (place(node.int("start", 0)?), place(node.int("end", rank)?));
        let lengths = shape.get(start..end).unwrap_or_default();
        let values = lengths.iter().map(|&length| length as i64).collect();
        Ok(Binding::Constant(Constant::list(values)))
    }

    /// Whether an operand is a constant without values.
    fn is_empty(&self, node: &Node<'_>, index: usize) -> bool {
        matches!(self.operand(node, index), Ok(Binding::Constant(constant)) if constant.shape().contains(&0))
    }

    /// Lists of integers, from which shapes are computed, stay constants.
    pub(super) fn gather(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let (table, indices) = (self.operand(node, 0)?, self.operand(node, 1)?);
        let is_list =
            matches!(&table, Binding::Constant(Constant::Int { shape, .. }) if shape.len() == 1);
        if !is_list || matches!(indices, Binding::Value(_)) {
            let rank = match &table {
                Binding::Value(value) => self.shape(*value).len(),
                Binding::Constant(constant) => constant.shape().len(),
            };
            let axis = node.axis(node.int("axis", 0)?, rank)?;
            return self
                .gathered(node, table, axis, indices)
                .map(Binding::Value);
        }
        let Some(Constant::Int {
            shape,
            values,
            element,
        }) = self.constant(node, 0)?
        else {
            return Err(node.refuse("only gathers from constant integers are supported"));
        };
        let Some(Constant::Int {
            shape: to,
            values: indices,
            ..
        }) = self.constant(node, 1)?
        else {
            return Err(node.refuse("its indices aren't integers"));
        };
        if shape.len() != 1 || node.int("axis", 0)? != 0 {
            return Err(node.refuse("only gathers from a list are supported"));
        }
        let pick = |&index: &i64| node.axis(index, values.len()).map(|index| values[index]);
        Ok(Binding::Constant(Constant::Int {
            shape: to,
            values: indices.iter().map(pick).collect::<Result<_, _>>()?,
            element,
        }))
    }

    pub(super) fn concat(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let mut ints = Vec::new();
        let mut lists = true;
        for index in 0..node.proto.input.len() {
            match self.operand(node, index)? {
                Binding::Constant(Constant::Int { values, shape, .. }) if shape.len() == 1 => {
                    ints.extend(values);
                }
                _ => lists = false,
            }
        }
        if lists {
            return Ok(Binding::Constant(Constant::list(ints)));
        }
        let mut values = Vec::with_capacity(node.proto.input.len());
        for index in 0..node.proto.input.len() {
            if !self.is_empty(node, index) {
                values.push(self.value(node, index)?);
            }
        }
        if values.is_empty() {
            return Err(node.refuse("it joins nothing"));
        }
        let mut shape = self.shape(values[0]).to_vec();
        let axis = node.axis(node.int("axis", 1)?, shape.len())?;
        shape[axis] = 0;
        for &value in &values {
            let mut other = self.shape(value).to_vec();
            if other.len() != shape.len() {
                return Err(node.refuse("its operands differ in their number of axes"));
            }
            let length = std::mem::replace(&mut other[axis], shape[axis]);
            if other != shape {
                return Err(node.refuse("its operands differ beyond the joined axis"));
            }
            shape[axis] += length;
        }
        let value = self.step(node, Operation::Concat { axis }, values, shape)?;
        Ok(Binding::Value(value))
    }

    pub(super) fn transpose(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let operand = self.operand(node, 0)?;
        let from = match &operand {
            Binding::Value(value) => self.shape(*value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let perm: Vec<usize> = match node.ints("perm") {
            None => (0..from.len()).rev().collect(),
            Some(axes) => axes
                .iter()
                .map(|&axis| node.axis(axis, from.len()))
                .collect::<Result<_, _>>()?,
        };
        let mut sorted = perm.clone();
        sorted.sort_unstable();
        if !sorted.into_iter().eq(0..from.len()) {
            return Err(node.refuse(format!("{perm:?} is not a permutation of the axes")));
        }
        let shape: Vec<usize> = perm.iter().map(|&axis| from[axis]).collect();
        match operand {
            Binding::Value(value) => {
                let operation = Operation::Transpose { perm };
                Ok(Binding::Value(self.step(
                    node,
                    operation,
                    vec![value],
                    shape,
                )?))
            }
            Binding::Constant(Constant::Float(array)) => {
                let old = strides(&from);
                let new: Vec<usize> = perm.iter().map(|&axis| old[axis]).collect();
                let values = gather(&array.values, &shape, &new, 0);
                Ok(Binding::Constant(Constant::Float(Array { shape, values })))
            }
            Binding::Constant(Constant::Int {
                values, element, ..
            }) => {
                let old = strides(&from);
                let new: Vec<usize> = perm.iter().map(|&axis| old[axis]).collect();
                let values = gather(&values, &shape, &new, 0);
                Ok(Binding::Constant(Constant::Int {
                    shape,
                    values,
                    element,
                }))
            }
        }
    }

    pub(super) fn slice(&mut self, node: &Node<'_>) -> Result<Binding, ImportError> {
        let old = node.opset < 10;
        let list = |name, operand| {
            if old {
                Ok(node.ints(name).map(<[i64]>::to_vec))
            } else {
                self.ints(node, operand)
            }
        };
        let missing = || node.refuse("its starts or ends are missing");
        let starts = list("starts", 1)?.ok_or_else(missing)?;
        let ends = list("ends", 2)?.ok_or_else(missing)?;
        let axes = list("axes", 3)?.unwrap_or_else(|| (0..starts.len() as i64).collect());
        let steps = if old { None } else { self.ints(node, 4)? };
        let steps = steps.unwrap_or_else(|| vec![1; starts.len()]);
        if [ends.len(), axes.len(), steps.len()] != [starts.len(); 3] {
            return Err(node.refuse("its lists differ in length"));
        }
        let mut binding = match self.operand(node, 0)? {
            Binding::Constant(Constant::Int {
                shape,
                values,
                element,
            }) if shape.len() == 1 && steps.iter().all(|&step| step > 0) => {
                Binding::Constant(Constant::Int {
                    shape,
                    values,
                    element,
                })
            }
            Binding::Constant(_) => Binding::Value(self.value(node, 0)?),
            other => other,
        };
        for index in 0..starts.len() {
            let cut = [starts[index], ends[index], steps[index]];
            binding = self.sliced(node, binding, axes[index], cut)?;
        }
        Ok(binding)
    }

    fn sliced(
        &mut self,
        node: &Node<'_>,
        binding: Binding,
        axis: i64,
        [start, end, step]: [i64; 3],
    ) -> Result<Binding, ImportError> {
        let shape = match &binding {
            Binding::Value(value) => self.shape(*value).to_vec(),
            Binding::Constant(constant) => constant.shape().to_vec(),
        };
        let axis = node.axis(axis, shape.len())?;
        if step < 0
            && let Binding::Value(x) = binding
        {
            return Ok(Binding::Value(self.backwards(
                node,
                x,
                axis,
                [start, end, step],
            )?));
        }
        let length = shape[axis] as i64;
        let place = |index: i64| {
            let from_front = if index < 0 {
                index.saturating_add(length)
            } else {
                index
            };
            from_front.clamp(0, length)
        };
        let (start, end) = (place(start), place(end));
        if let Binding::Constant(Constant::Int { element, .. }) = binding
            && step >= 1
            && end <= start
        {
            return Ok(Binding::Constant(whole_list(vec![], element)));
        }
        if step >= 1
            && end <= start
            && let Binding::Value(x) = binding
        {
            return Ok(Binding::Constant(self.nothing(x, axis)));
        }
        if step < 1 || end <= start {
            return Err(node.refuse("a constant is cut backwards, or nothing of it is kept"));
        }
        let count = ((end - start - 1) / step + 1) as usize;
        let (start, step) = (start as usize, step.min(length.max(1)) as usize);
        match binding {
            Binding::Value(value) => {
                let mut shape = shape;
                shape[axis] = count;
                let operation = Operation::Slice { axis, start, step };
                Ok(Binding::Value(self.step(
                    node,
                    operation,
                    vec![value],
                    shape,
                )?))
            }
            Binding::Constant(Constant::Int {
                values,
                shape,
                element,
            }) if shape.len() == 1 => {
                let kept = values.into_iter().skip(start).step_by(step);
                Ok(Binding::Constant(whole_list(
                    kept.take(count).collect(),
                    element,
                )))
            }
            _ => Err(node.refuse("only values and lists of integers can be sliced")),
        }
    }
}

fn whole_list(values: Vec<i64>, element: Element) -> Constant {
    Constant::Int {
        shape: vec![values.len()],
        values,
        element,
    }
}
