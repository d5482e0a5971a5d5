//! `GridSample` with a constant grid: a matrix from an image's places to those that are sampled.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Array;
use crate::error::ImportError;
use crate::program::{Operation, Value};

/// Most entries of a matrix.
const ENTRIES_MAX: usize = 1 << 20;
/// The usual parameter of cubic interpolation.
const CUBIC: f64 = -0.75;

/// How a grid is read.
struct Sampler<'a> {
    lengths: &'a [usize],
    mode: &'a str,
    padding: &'a str,
    align: bool,
}

impl Lowering {
    pub(super) fn grid_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "GridSample" => Ok(Some(vec![Binding::Value(self.grid_sample(node)?)])),
            _ => Ok(None),
        }
    }

    fn grid_sample(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let grid = self.floats(node, 1)?;
        let grid = grid.ok_or_else(|| node.refuse("its grid is missing"))?;
        let shape = self.shape(x).to_vec();
        let lengths = shape.get(2..).unwrap_or_default();
        let axes = lengths.len();
        let fits = axes > 0
            && grid.shape.len() == shape.len()
            && grid.shape[0] == shape[0]
            && grid.shape[axes + 1] == axes;
        if !fits {
            return Err(node.refuse(format!("a grid {:?} doesn't fit {shape:?}", grid.shape)));
        }
        let pixels: usize = lengths.iter().product();
        let places: usize = grid.shape[1..=axes].iter().product();
        if pixels.saturating_mul(places) > ENTRIES_MAX || places == 0 {
            return Err(node.refuse("its grid is empty or too large"));
        }
        let sampler = Sampler {
            lengths,
            mode: &node.string("mode", "linear"),
            padding: &node.string("padding_mode", "zeros"),
            align: node.int("align_corners", 0)? != 0,
        };
        let mut parts = Vec::with_capacity(shape[0]);
        for (index, points) in grid.values.chunks_exact(places * axes).enumerate() {
            let mut values = vec![0.0; places * pixels];
            for (point, row) in points
                .chunks_exact(axes)
                .zip(values.chunks_exact_mut(pixels))
            {
                sampler.fill(point, row);
            }
            let one = self.cut(node, x, 0, [index, 1])?;
            let one = self.reshape(node, one, vec![1, shape[1], pixels])?;
            let matrix = Array {
                shape: vec![places, pixels],
                values,
            };
            parts.push(self.mixed(node, one, 2, matrix)?);
        }
        let joined = vec![shape[0], shape[1], places];
        let value = match parts[..] {
            [only] => only,
            _ => self.step(node, Operation::Concat { axis: 0 }, parts, joined)?,
        };
        self.reshape(node, value, [&shape[..2], &grid.shape[1..=axes]].concat())
    }
}

impl Sampler<'_> {
    /// By what each place of the image counts at a point, whose fastest coordinate comes first.
    fn fill(&self, point: &[f32], row: &mut [f32]) {
        // Products of one choice along each axis, slowest first.
        let mut chosen: Vec<(usize, f64)> = vec![(0, 1.0)];
        for (axis, &length) in self.lengths.iter().enumerate() {
            let number = f64::from(point[self.lengths.len() - 1 - axis]);
            let taps = self.taps(number, length);
            let longer = chosen.iter().flat_map(|&(place, weight)| {
                let each = taps.iter();
                each.map(move |&(at, factor)| (place * length + at, weight * factor))
            });
            chosen = longer.collect();
        }
        for (place, weight) in chosen {
            row[place] += weight as f32;
        }
    }

    /// Positions of an axis and their weights.
    fn taps(&self, number: f64, length: usize) -> Vec<(usize, f64)> {
        let last = length as f64 - 1.0;
        let mut at = if self.align {
            (number + 1.0) / 2.0 * last
        } else {
            ((number + 1.0) * length as f64 - 1.0) / 2.0
        };
        let [low, high] = if self.align {
            [0.0, last]
        } else {
            [-0.5, last + 0.5]
        };
        if self.mode == "nearest" {
            at = at.round_ties_even();
        }
        if at < low || at > high {
            at = match self.padding {
                "border" => at.clamp(0.0, last),
                "reflection" => reflected(at, low, high),
                _ => at,
            };
        }
        let first = at.floor();
        let fraction = at - first;
        let weights: Vec<(f64, f64)> = match self.mode {
            "nearest" => vec![(at, 1.0)],
            "cubic" | "bicubic" => (-1..=2)
                .map(|tap| (first + f64::from(tap), cubic(f64::from(tap) - fraction)))
                .collect(),
            _ => vec![(first, 1.0 - fraction), (first + 1.0, fraction)],
        };
        let place = |(at, weight): (f64, f64)| {
            let inside = match self.padding {
                "border" => at.clamp(0.0, last),
                "reflection" => reflected(at, low, high).trunc().clamp(0.0, last),
                _ if at < 0.0 || at > last => return None,
                _ => at,
            };
            Some((inside as usize, weight))
        };
        weights.into_iter().filter_map(place).collect()
    }
}

/// Turned back at the borders as often as it takes.
fn reflected(at: f64, low: f64, high: f64) -> f64 {
    let width = high - low;
    if width <= 0.0 || !at.is_finite() {
        return low;
    }
    let beyond = if at < low { low - at } else { at - high };
    if beyond <= 0.0 {
        return at;
    }
    let turns = (beyond / width).trunc();
    let rest = beyond - turns * width;
    let from_low = (at < low) == (turns % 2.0 == 0.0);
    if from_low { low + rest } else { high - rest }
}

fn cubic(distance: f64) -> f64 {
    let x = distance.abs();
    if x <= 1.0 {
        ((CUBIC + 2.0) * x - (CUBIC + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        ((CUBIC * x - 5.0 * CUBIC) * x + 8.0 * CUBIC) * x - 4.0 * CUBIC
    } else {
        0.0
    }
}
