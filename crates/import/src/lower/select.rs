//! Operators that put values in other places, the places being known.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::{Array, Constant, strides};
use crate::element::Element;
use crate::error::ImportError;
use crate::program::{Operation, Value};

impl Lowering {
    pub(super) fn select_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let value = match node.proto.op_type.as_str() {
            "Split" => return self.split(node).map(Some),
            "Expand" => self.expand_operator(node)?,
            "Tile" => self.tile(node)?,
            "DepthToSpace" | "SpaceToDepth" => self.blocks(node)?,
            "Trilu" => self.triangle(node)?,
            "GatherElements" => self.gather_elements(node)?,
            "GatherND" => self.gather_nd(node)?,
            "ScatterElements" | "Scatter" => self.scatter_elements(node)?,
            "ScatterND" => self.scatter_nd(node)?,
            "TensorScatter" => self.tensor_scatter(node)?,
            "ReverseSequence" => self.reverse_sequence(node)?,
            "Compress" => self.compress(node)?,
            "CenterCropPad" => self.center_crop_pad(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    fn split(&mut self, node: &Node<'_>) -> Result<Vec<Binding>, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let axis = node.axis(node.int("axis", 0)?, shape.len())?;
        let lengths = match node.ints("split") {
            Some(lengths) => Some(lengths.to_vec()),
            None => self.ints(node, 1)?,
        };
        let lengths = match lengths {
            Some(lengths) => {
                let size = |&length: &i64| usize::try_from(length).ok();
                let lengths: Option<Vec<usize>> = lengths.iter().map(size).collect();
                lengths.ok_or_else(|| node.refuse("its lengths are out of range"))?
            }
            None => {
                let count = node.proto.output.len().max(1);
                let each = shape[axis].div_ceil(count);
                (0..count)
                    .map(|index| each.min(shape[axis].saturating_sub(index * each)))
                    .collect()
            }
        };
        let total = lengths
            .iter()
            .try_fold(0usize, |sum, &length| sum.checked_add(length));
        if total != Some(shape[axis]) {
            return Err(node.refuse(format!(
                "its parts {lengths:?} don't fill an axis of {}",
                shape[axis]
            )));
        }
        let mut start = 0;
        let mut parts = Vec::with_capacity(lengths.len());
        for length in lengths {
            if length == 0 {
                parts.push(Binding::Constant(self.nothing(x, axis)));
                continue;
            }
            let part = self.cut(node, x, axis, [start, length])?;
            parts.push(Binding::Value(part));
            start += length;
        }
        Ok(parts)
    }

    /// No values, of the kind and shape of `x` but for one axis.
    pub(super) fn nothing(&self, x: Value, axis: usize) -> Constant {
        let mut shape = self.shape(x).to_vec();
        shape[axis] = 0;
        match self.element(x) {
            Element::Float => Constant::Float(Array {
                shape,
                values: vec![],
            }),
            element => Constant::Int {
                shape,
                values: vec![],
                element,
            },
        }
    }

    fn expand_operator(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let target = self.sizes(node, 1)?;
        self.expanded(node, x, &target)
    }

    /// An operand that lists lengths.
    pub(super) fn sizes(
        &mut self,
        node: &Node<'_>,
        index: usize,
    ) -> Result<Vec<usize>, ImportError> {
        let list = self.ints(node, index)?;
        let list = list.ok_or_else(|| node.refuse(format!("operand {index} is missing")))?;
        let size = |&length: &i64| {
            let in_range = (1..=1 << 28).contains(&length);
            in_range.then_some(length as usize)
        };
        let sizes: Option<Vec<usize>> = list.iter().map(size).collect();
        sizes.ok_or_else(|| node.refuse(format!("its sizes are out of range: {list:?}")))
    }

    fn tile(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        let repeats = self.sizes(node, 1)?;
        if repeats.len() != self.shape(x).len() {
            return Err(node.refuse("it needs one count for each axis"));
        }
        for (axis, &count) in repeats.iter().enumerate() {
            let mut shape = self.shape(x).to_vec();
            let length = shape[axis];
            if count == 1 {
                continue;
            }
            let total = length.checked_mul(count).filter(|&total| total <= 1 << 28);
            let total = total.ok_or_else(|| node.refuse("its result is too large"))?;
            let outer: usize = shape[..axis].iter().product();
            let inner: usize = shape[axis..].iter().product();
            x = self.reshape(node, x, vec![outer, 1, inner])?;
            x = self.spread(node, x, &[outer, count, inner])?;
            shape[axis] = total;
            x = self.reshape(node, x, shape)?;
        }
        Ok(x)
    }

    fn blocks(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let block = usize::try_from(node.int("blocksize", 0)?).unwrap_or(0);
        let &[batch, channels, height, width] = self.shape(x) else {
            return Err(node.refuse("its operand needs four axes"));
        };
        if block == 0 || block > 1 << 12 {
            return Err(node.refuse("its blocksize is out of range"));
        }
        if node.proto.op_type == "SpaceToDepth" {
            let (rows, columns) = (height / block, width / block);
            if rows * block != height || columns * block != width {
                return Err(node.refuse("its blocks don't fill the plane"));
            }
            let x = self.reshape(node, x, vec![batch, channels, rows, block, columns, block])?;
            let x = self.transposed(node, x, &[0, 3, 5, 1, 2, 4])?;
            return self.reshape(
                node,
                x,
                vec![batch, channels * block * block, rows, columns],
            );
        }
        let depth = channels / (block * block);
        if depth * block * block != channels {
            return Err(node.refuse("its channels don't fill blocks"));
        }
        let (shape, perm) = if node.string("mode", "DCR") == "CRD" {
            (
                vec![batch, depth, block, block, height, width],
                [0, 1, 4, 2, 5, 3],
            )
        } else {
            (
                vec![batch, block, block, depth, height, width],
                [0, 3, 4, 1, 5, 2],
            )
        };
        let x = self.reshape(node, x, shape)?;
        let x = self.transposed(node, x, &perm)?;
        self.reshape(node, x, vec![batch, depth, height * block, width * block])
    }

    /// Zeros above or below a diagonal.
    fn triangle(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let offset = self.ints(node, 1)?.and_then(|list| list.first().copied());
        let offset = offset.unwrap_or(0);
        let upper = node.int("upper", 1)? != 0;
        let shape = self.shape(x).to_vec();
        let &[.., rows, columns] = &shape[..] else {
            return Err(node.refuse("its operand needs two axes"));
        };
        let kept = |index: usize| {
            let distance = (index % columns) as i64 - (index / columns) as i64;
            i64::from(if upper {
                distance >= offset
            } else {
                distance <= offset
            })
        };
        let mask: Vec<i64> = (0..rows * columns).map(kept).collect();
        if self.element(x).is_exact() {
            let element = self.element(x);
            let mask = self.filled_ints(node, vec![rows, columns], mask, element);
            return self.product_of(node, x, mask);
        }
        let values = mask.iter().map(|&kept| kept as f32).collect();
        let mask = self.filled(node, vec![rows, columns], values);
        self.product_of(node, x, mask)
    }

    /// Constant indices, counted from the end where negative, below `length`.
    pub(super) fn indices(
        &mut self,
        node: &Node<'_>,
        operand: usize,
    ) -> Result<(Vec<usize>, Vec<i64>), ImportError> {
        match self.constant(node, operand)? {
            Some(Constant::Int { shape, values, .. }) => Ok((shape, values)),
            _ => Err(node.refuse(format!("operand {operand} needs integers"))),
        }
    }

    /// All values in one row.
    pub(super) fn flat(&mut self, node: &Node<'_>, x: Value) -> Result<Value, ImportError> {
        let count = self.shape(x).iter().product();
        self.reshape(node, x, vec![count])
    }

    /// For each entry of `shape`: the place in `of` with the coordinate of `axis` replaced.
    pub(super) fn element_places(
        node: &Node<'_>,
        of: &[usize],
        axis: usize,
        shape: &[usize],
        indices: &[i64],
    ) -> Result<Vec<usize>, ImportError> {
        let fits = shape.len() == of.len()
            && (0..of.len()).all(|other| other == axis || shape[other] <= of[other]);
        if !fits {
            return Err(node.refuse(format!("indices {shape:?} don't fit {of:?}")));
        }
        let (from, to) = (strides(of), strides(shape));
        let place = |(entry, &index): (usize, &i64)| {
            let index = node.axis(index, of[axis])?;
            let others = (0..of.len()).filter(|&other| other != axis);
            let others = others.map(|other| entry / to[other] % shape[other] * from[other]);
            Ok(others.sum::<usize>() + index * from[axis])
        };
        indices.iter().enumerate().map(place).collect()
    }

    fn gather_elements(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let of = self.shape(x).to_vec();
        let axis = node.axis(node.int("axis", 0)?, of.len())?;
        if let Some(Binding::Value(indices)) = self.optional(node, 1)? {
            return self.gather_by_values(node, x, axis, indices);
        }
        let (shape, indices) = self.indices(node, 1)?;
        let places = Self::element_places(node, &of, axis, &shape, &indices)?;
        let flat = self.flat(node, x)?;
        let taken = self.take(node, flat, 0, &places)?;
        self.reshape(node, taken, shape)
    }

    /// Along one axis by comparing every index with every position.
    fn gather_by_values(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        indices: Value,
    ) -> Result<Value, ImportError> {
        let rank = self.shape(x).len();
        let (of, shape) = (self.shape(x).to_vec(), self.shape(indices).to_vec());
        let others_fit = shape.len() == rank
            && (0..rank).all(|other| other == axis || shape[other] == of[other]);
        if !others_fit {
            return Err(node.refuse(format!("indices {shape:?} don't fit {of:?}")));
        }
        let indices = self.counted_from_front(node, indices, of[axis])?;
        // [before, index, position, behind]
        let before = of[..axis].iter().product();
        let behind = of[axis + 1..].iter().product();
        let indices = self.reshape(node, indices, vec![before, shape[axis], 1, behind])?;
        let places = self.positions(node, 4, 2, of[axis]);
        let hot = self.equal(node, indices, places)?;
        let hot = self.convert(node, hot, self.element(x))?;
        let x = self.reshape(node, x, vec![before, 1, of[axis], behind])?;
        let picked = self.product_of(node, hot, x)?;
        let picked = self.axis_sum(node, picked, 2)?;
        self.reshape(node, picked, shape)
    }

    fn gather_nd(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let of = self.shape(x).to_vec();
        let (shape, indices) = self.indices(node, 1)?;
        let batch = usize::try_from(node.int("batch_dims", 0)?).unwrap_or(usize::MAX);
        let depth = shape.last().copied().unwrap_or(0);
        if depth == 0 || batch >= shape.len() || batch.saturating_add(depth) > of.len() {
            return Err(node.refuse(format!("indices {shape:?} don't fit {of:?}")));
        }
        let from = strides(&of);
        let block: usize = of[batch + depth..].iter().product();
        let entries: usize = shape[..shape.len() - 1].iter().product();
        let batches: usize = shape[..batch].iter().product();
        let each_batch = of[batch..].iter().product::<usize>();
        let mut places = Vec::with_capacity(entries * block);
        for (entry, tuple) in indices.chunks_exact(depth).enumerate() {
            let mut start = entry / (entries / batches.max(1)).max(1) * each_batch;
            for (place, &index) in tuple.iter().enumerate() {
                start += node.axis(index, of[batch + place])? * from[batch + place];
            }
            places.extend(start..start + block);
        }
        let flat = self.flat(node, x)?;
        let taken = self.take(node, flat, 0, &places)?;
        let shape = [&shape[..shape.len() - 1], &of[batch + depth..]].concat();
        self.reshape(node, taken, shape)
    }

    fn reverse_sequence(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let batch = node.axis(node.int("batch_axis", 1)?, shape.len())?;
        let time = node.axis(node.int("time_axis", 0)?, shape.len())?;
        let lengths = self.sizes(node, 1)?;
        let fits = batch != time
            && lengths.len() == shape[batch]
            && lengths.iter().all(|&length| length <= shape[time]);
        if !fits {
            return Err(node.refuse("its lengths don't fit"));
        }
        let from = strides(&shape);
        let source = |entry: usize| {
            let at = entry / from[time] % shape[time];
            let length = lengths[entry / from[batch] % shape[batch]];
            if at < length {
                entry - at * from[time] + (length - 1 - at) * from[time]
            } else {
                entry
            }
        };
        let sources: Vec<usize> = (0..shape.iter().product()).map(source).collect();
        let flat = self.flat(node, x)?;
        let taken = self.take(node, flat, 0, &sources)?;
        self.reshape(node, taken, shape)
    }

    fn compress(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        let (_, condition) = self.indices(node, 1)?;
        let axis = match node.attribute("axis") {
            Some(axis) => node.axis(axis.i, self.shape(x).len())?,
            None => {
                x = self.flat(node, x)?;
                0
            }
        };
        let length = self.shape(x)[axis];
        let kept = condition.iter().take(length).enumerate();
        let kept: Vec<usize> = kept
            .filter(|(_, keep)| **keep != 0)
            .map(|(at, _)| at)
            .collect();
        self.take(node, x, axis, &kept)
    }

    fn center_crop_pad(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        let target = self.sizes(node, 1)?;
        let rank = self.shape(x).len();
        let axes = match node.ints("axes") {
            Some(axes) => axes
                .iter()
                .map(|&axis| node.axis(axis, rank))
                .collect::<Result<Vec<_>, _>>()?,
            None => (0..rank).collect(),
        };
        if axes.len() != target.len() {
            return Err(node.refuse("it needs one length for each axis"));
        }
        for (axis, wanted) in axes.into_iter().zip(target) {
            let length = self.shape(x)[axis];
            if wanted <= length {
                x = self.cut(node, x, axis, [(length - wanted) / 2, wanted])?;
            } else {
                let mut shape = self.shape(x).to_vec();
                shape[axis] = wanted;
                let before = (wanted - length) / 2;
                x = self.step(node, Operation::Pad { axis, before }, vec![x], shape)?;
            }
        }
        Ok(x)
    }

    /// Truth values of one kind everywhere.
    pub(super) fn truth(&mut self, node: &Node<'_>, shape: &[usize], value: i64) -> Value {
        let count = shape.iter().product();
        self.filled_ints(node, shape.to_vec(), vec![value; count], Element::Bool)
    }
}
