//! Planes of other sizes: a constant matrix along each axis.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Array;
use crate::error::ImportError;
use crate::program::Value;

/// Most entries of a matrix.
const ENTRIES_MAX: usize = 1 << 20;

/// How one axis is sampled.
struct Axis<'a> {
    from: usize,
    to: usize,
    scale: f64,
    /// Begin and end of the part that is cropped, in lengths of the axis.
    region: [f64; 2],
    coordinates: &'a str,
    mode: &'a str,
    nearest: &'a str,
    cubic: f64,
    exclude_outside: bool,
    antialias: bool,
    extrapolation: f64,
}

impl Lowering {
    pub(super) fn resize_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        match node.proto.op_type.as_str() {
            "Resize" | "Upsample" => Ok(Some(vec![Binding::Value(self.resize(node)?)])),
            _ => Ok(None),
        }
    }

    fn resize(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let mut x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let rank = shape.len();
        let axes = match node.ints("axes") {
            Some(axes) => axes
                .iter()
                .map(|&axis| node.axis(axis, rank))
                .collect::<Result<Vec<_>, _>>()?,
            None => (0..rank).collect(),
        };
        let (scales, sizes) = self.targets(node, &axes, &shape)?;
        let region = match self.floats(node, 1)? {
            Some(region) if node.proto.op_type == "Resize" && node.opset >= 11 => region.values,
            _ => vec![],
        };
        let coordinates = if node.opset < 11 {
            "asymmetric".into()
        } else {
            node.string("coordinate_transformation_mode", "half_pixel")
        };
        let mode = node.string("mode", "nearest");
        let nearest = if node.opset < 11 {
            "floor".into()
        } else {
            node.string("nearest_mode", "round_prefer_floor")
        };
        let extrapolation = node.float("extrapolation_value", 0.0)?;
        if extrapolation != 0.0 {
            x = self.plus_number(node, x, -extrapolation)?;
        }
        for (place, &axis) in axes.iter().enumerate() {
            let region = match region.len() == 2 * axes.len() {
                true => [region[place].into(), region[place + axes.len()].into()],
                false => [0.0, 1.0],
            };
            let sampled = Axis {
                from: shape[axis],
                to: sizes[place],
                scale: scales[place],
                region,
                coordinates: &coordinates,
                mode: &mode,
                nearest: &nearest,
                cubic: node.float("cubic_coeff_a", -0.75)?.into(),
                exclude_outside: node.int("exclude_outside", 0)? != 0,
                antialias: node.int("antialias", 0)? != 0,
                extrapolation: 0.0,
            };
            x = self.resampled(node, x, axis, &sampled)?;
        }
        if extrapolation != 0.0 {
            x = self.plus_number(node, x, extrapolation)?;
        }
        Ok(x)
    }

    /// Scales and lengths along the axes.
    fn targets(
        &mut self,
        node: &Node<'_>,
        axes: &[usize],
        shape: &[usize],
    ) -> Result<(Vec<f64>, Vec<usize>), ImportError> {
        let place = if node.proto.op_type == "Upsample" || node.opset < 11 {
            1
        } else {
            2
        };
        let scales = match node.attribute("scales") {
            Some(scales) => Some(scales.floats.clone()),
            None if self.is_left_out(node, place)? => None,
            None => self.floats(node, place)?.map(|array| array.values),
        };
        if let Some(scales) = scales.filter(|scales| scales.len() == axes.len()) {
            let good = |scale: &f32| scale.is_finite() && (1e-6..1e6).contains(scale);
            if !scales.iter().all(good) {
                return Err(node.refuse("its scales are out of range"));
            }
            let scales: Vec<f64> = scales.into_iter().map(f64::from).collect();
            let length = |(&axis, &scale): (&usize, &f64)| (shape[axis] as f64 * scale) as usize;
            let sizes = axes.iter().zip(&scales).map(length).collect();
            return Ok((scales, sizes));
        }
        let sizes = self.sizes(node, 3)?;
        if sizes.len() != axes.len() {
            return Err(node.refuse("it needs a scale or a length for each axis"));
        }
        let scales = axes.iter().zip(&sizes);
        let scales: Vec<f64> = scales
            .map(|(&axis, &size)| size as f64 / shape[axis] as f64)
            .collect();
        let policy = node.string("keep_aspect_ratio_policy", "stretch");
        if policy == "stretch" {
            return Ok((scales, sizes));
        }
        let scale = match policy.as_str() {
            "not_larger" => scales.iter().copied().fold(f64::INFINITY, f64::min),
            _ => scales.iter().copied().fold(0.0, f64::max),
        };
        let sizes = axes
            .iter()
            .map(|&axis| (shape[axis] as f64 * scale + 0.5).floor() as usize);
        Ok((vec![scale; axes.len()], sizes.collect()))
    }

    fn is_left_out(&self, node: &Node<'_>, index: usize) -> Result<bool, ImportError> {
        Ok(match self.optional(node, index)? {
            None => true,
            Some(Binding::Constant(constant)) => constant.shape().contains(&0),
            Some(_) => false,
        })
    }

    fn resampled(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        sampled: &Axis<'_>,
    ) -> Result<Value, ImportError> {
        let identity = sampled.from == sampled.to
            && sampled.scale == 1.0
            && sampled.coordinates != "tf_crop_and_resize";
        if identity {
            return Ok(x);
        }
        if sampled.to == 0 || sampled.from.saturating_mul(sampled.to) > ENTRIES_MAX {
            return Err(node.refuse(format!(
                "an axis of {} can't become one of {}",
                sampled.from, sampled.to
            )));
        }
        let rows: Vec<Vec<f32>> = (0..sampled.to).map(|index| sampled.row(index)).collect();
        let only = |row: &Vec<f32>| {
            let at = row.iter().position(|&factor| factor == 1.0)?;
            let zeros = row.iter().filter(|&&factor| factor == 0.0).count();
            (zeros == row.len() - 1).then_some(at)
        };
        if let Some(places) = rows.iter().map(only).collect::<Option<Vec<usize>>>() {
            return self.take(node, x, axis, &places);
        }
        let matrix = Array {
            shape: vec![sampled.to, sampled.from],
            values: rows.concat(),
        };
        self.mixed(node, x, axis, matrix)
    }
}

impl Axis<'_> {
    /// Where output `index` lies on the input's axis.
    fn coordinate(&self, index: usize) -> f64 {
        let (x, from) = (index as f64, self.from as f64);
        // What the lengths were before rounding.
        let to = from * self.scale;
        match self.coordinates {
            "asymmetric" => x / self.scale,
            "align_corners" if self.to == 1 => 0.0,
            "align_corners" => x * (from - 1.0) / (to - 1.0),
            "pytorch_half_pixel" if to <= 1.0 => 0.0,
            "tf_crop_and_resize" => {
                let [start, end] = self.region;
                if self.to > 1 {
                    start * (from - 1.0) + x * (end - start) * (from - 1.0) / (to - 1.0)
                } else {
                    0.5 * (start + end) * (from - 1.0)
                }
            }
            "half_pixel_symmetric" => {
                let adjustment = self.to as f64 / to;
                let center = from / 2.0;
                center * (1.0 - adjustment) + (x + 0.5) / self.scale - 0.5
            }
            _ => (x + 0.5) / self.scale - 0.5,
        }
    }

    /// By what each position of the input counts.
    fn row(&self, index: usize) -> Vec<f32> {
        let mut row = vec![0.0; self.from];
        let at = self.coordinate(index);
        let last = self.from as f64 - 1.0;
        if self.coordinates == "tf_crop_and_resize" && !(0.0..=last).contains(&at) {
            row.fill(self.extrapolation as f32);
            return row;
        }
        if self.mode == "nearest" {
            row[self.nearest_to(at)] = 1.0;
            return row;
        }
        let stretch = if self.antialias {
            self.scale.min(1.0)
        } else {
            1.0
        };
        let reach = if self.mode == "cubic" { 2.0 } else { 1.0 } / stretch;
        let first = (at - reach).floor() as i64;
        let end = (at + reach).ceil() as i64;
        let mut total = 0.0;
        let mut factors = vec![0.0f64; self.from];
        for position in first..=end {
            let inside = (0..self.from as i64).contains(&position);
            let excluded = self.exclude_outside && !inside;
            let weight = self.kernel((position as f64 - at) * stretch);
            if weight != 0.0 && !excluded {
                factors[position.clamp(0, self.from as i64 - 1) as usize] += weight;
                total += weight;
            }
        }
        for (row, factor) in row.iter_mut().zip(factors) {
            *row = (factor / if total == 0.0 { 1.0 } else { total }) as f32;
        }
        row
    }

    fn nearest_to(&self, at: f64) -> usize {
        let rounded = match self.nearest {
            "floor" => at.floor(),
            "ceil" => at.ceil(),
            "round_prefer_ceil" => (at + 0.5).floor(),
            _ => (at - 0.5).ceil(),
        };
        rounded.clamp(0.0, self.from as f64 - 1.0) as usize
    }

    fn kernel(&self, distance: f64) -> f64 {
        let x = distance.abs();
        if self.mode != "cubic" {
            return (1.0 - x).max(0.0);
        }
        let a = self.cubic;
        if x <= 1.0 {
            ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0
        } else if x < 2.0 {
            ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a
        } else {
            0.0
        }
    }
}
