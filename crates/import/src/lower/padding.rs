//! Padding with other things than zeros, and slices that run backwards.

use super::Lowering;
use super::node::Node;
use crate::array::{self, Array};
use crate::error::ImportError;
use crate::program::{Operation, Value};

/// Widest padding.
const WIDTH_MAX: i64 = 1 << 24;

impl Lowering {
    /// `Pad`.
    pub(super) fn pad(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        let rank = self.shape(x).len();
        let pads = match node.ints("pads").or_else(|| node.ints("paddings")) {
            Some(pads) => Some(pads.to_vec()),
            None => self.ints(node, 1)?,
        };
        let axes = match self.ints(node, 3)? {
            Some(axes) => axes
                .iter()
                .map(|&axis| node.axis(axis, rank))
                .collect::<Result<Vec<_>, _>>()?,
            None => (0..rank).collect(),
        };
        let pads = pads.filter(|pads| pads.len() == 2 * axes.len());
        let pads = pads.ok_or_else(|| node.refuse("its pads need two numbers for each axis"))?;
        if pads
            .iter()
            .any(|width| !(-WIDTH_MAX..=WIDTH_MAX).contains(width))
        {
            return Err(node.refuse(format!("its pads are out of range: {pads:?}")));
        }
        let mode = node.string("mode", "constant");
        let filling = match self.constant(node, 2)? {
            Some(constant) => constant.floats().first().copied().unwrap_or(0.0),
            None => node.float("value", 0.0)?,
        };
        if mode == "constant" && array::hides(filling) {
            return self.hidden_around(node, x, &axes, &pads, filling);
        }
        if mode == "constant" && filling != 0.0 {
            x = self.plus_number(node, x, -filling)?;
        }
        for (place, &axis) in axes.iter().enumerate() {
            let around = [pads[place], pads[place + axes.len()]];
            x = self.padded(node, x, axis, around, &mode)?;
        }
        if mode == "constant" && filling != 0.0 {
            x = self.plus_number(node, x, filling)?;
        }
        Ok(x)
    }

    /// Scores between others that are hidden.
    fn hidden_around(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axes: &[usize],
        pads: &[i64],
        filling: f32,
    ) -> Result<Value, ImportError> {
        let mut padded = x;
        for (place, &axis) in axes.iter().enumerate() {
            let around = [pads[place], pads[place + axes.len()]];
            let length = self.shape(padded)[axis];
            padded = self.padded(node, padded, axis, around, "constant")?;
            let before = around[0].max(0) as usize;
            let kept =
                before..before + (length as i64 + around[0].min(0) + around[1].min(0)) as usize;
            let mut shape = vec![1; self.shape(padded).len()];
            shape[axis] = self.shape(padded)[axis];
            let fill = |at: usize| if kept.contains(&at) { 0.0 } else { filling };
            let values: Vec<f32> = (0..shape[axis]).map(fill).collect();
            if values.contains(&filling) {
                padded = self.plus_constant(node, padded, Array { shape, values })?;
            }
        }
        Ok(padded)
    }

    fn padded(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        [before, after]: [i64; 2],
        mode: &str,
    ) -> Result<Value, ImportError> {
        let length = self.shape(x)[axis] as i64;
        let (front, back) = (before.min(0).abs(), after.min(0).abs());
        let kept = length - front - back;
        if kept < 1 {
            return Err(node.refuse("nothing is left between its pads"));
        }
        let x = self.cut(node, x, axis, [front as usize, kept as usize])?;
        let (before, after) = (before.max(0), after.max(0));
        if before + after == 0 {
            return Ok(x);
        }
        if mode == "constant" {
            let mut shape = self.shape(x).to_vec();
            shape[axis] += (before + after) as usize;
            let before = before as usize;
            return self.step(node, Operation::Pad { axis, before }, vec![x], shape);
        }
        if before + after > 1 << 16 {
            return Err(node.refuse("its pads are too wide for this mode"));
        }
        let source = |index: i64| match mode {
            "edge" => Some(index.clamp(0, kept - 1)),
            "wrap" => Some(index.rem_euclid(kept)),
            "reflect" if kept == 1 => Some(0),
            "reflect" => {
                let period = 2 * (kept - 1);
                let place = index.rem_euclid(period);
                Some(place.min(period - place))
            }
            _ => None,
        };
        let sources: Option<Vec<usize>> = (-before..kept + after)
            .map(|index| source(index).map(|place| place as usize))
            .collect();
        let sources =
            sources.ok_or_else(|| node.refuse(format!("mode '{mode}' is not supported")))?;
        self.take(node, x, axis, &sources)
    }

    /// A slice of values with a negative step.
    pub(super) fn backwards(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        [start, end, step]: [i64; 3],
    ) -> Result<Value, ImportError> {
        let length = self.shape(x)[axis] as i64;
        let from_front = |index: i64| {
            if index < 0 {
                index.saturating_add(length)
            } else {
                index
            }
        };
        let start = from_front(start).clamp(-1, length - 1);
        // Below the front all positions are alike.
        let end = from_front(end).clamp(-1, length - 1);
        let step = step.max(-length.max(1));
        let mut positions = Vec::new();
        let mut at = start;
        while at > end {
            positions.push(at as usize);
            at += step;
        }
        self.take(node, x, axis, &positions)
    }
}
