//! Linear transforms that are constant matrices: Fourier transforms, columns to images, sampling
//! grids.

use super::node::Node;
use super::{Binding, Lowering};
use crate::array::Array;
use crate::error::ImportError;
use crate::program::{Operation, Value};

/// Most entries of a matrix.
const ENTRIES_MAX: usize = 1 << 20;

impl Lowering {
    pub(super) fn transform_operator(
        &mut self,
        node: &Node<'_>,
    ) -> Result<Option<Vec<Binding>>, ImportError> {
        let value = match node.proto.op_type.as_str() {
            "DFT" => self.fourier(node)?,
            "STFT" => self.short_fourier(node)?,
            "Col2Im" => self.columns_to_image(node)?,
            "AffineGrid" => self.affine_grid(node)?,
            _ => return Ok(None),
        };
        Ok(Some(vec![Binding::Value(value)]))
    }

    /// The transforms of frames of a real signal, all as one matrix.
    fn short_fourier(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let &[batch, length, 1] = &shape[..] else {
            return Err(node.refuse(format!(
                "its signal has shape {shape:?}; [batch, length, 1] is supported"
            )));
        };
        let number = |list: Option<Vec<i64>>| {
            let first = list.and_then(|list| list.first().copied());
            first.and_then(|number| usize::try_from(number).ok())
        };
        let step = number(self.ints(node, 1)?).unwrap_or(0);
        let window = self.floats(node, 2)?.map(|window| window.values);
        let frame = match (number(self.ints(node, 3)?), &window) {
            (Some(frame), _) => frame,
            (None, Some(window)) => window.len(),
            (None, None) => 0,
        };
        let window = window.unwrap_or_else(|| vec![1.0; frame]);
        if step == 0 || frame == 0 || frame > length || window.len() != frame {
            return Err(node.refuse("its step, window and frame don't fit its signal"));
        }
        let frames = (length - frame) / step + 1;
        let one_sided = node.int("onesided", 1)? != 0;
        let bins = if one_sided { frame / 2 + 1 } else { frame };
        let rows = frames.saturating_mul(2 * bins);
        if rows.saturating_mul(length) > ENTRIES_MAX {
            return Err(
                node.refuse("its frames take a matrix that is too large; cut the signal first")
            );
        }
        let mut values = vec![0.0; rows * length];
        for (row, values) in values.chunks_exact_mut(length).enumerate() {
            let (start, bin, part) = (row / (2 * bins) * step, row / 2 % bins, row % 2);
            for (place, (value, weight)) in values[start..].iter_mut().zip(&window).enumerate() {
                let turns = (bin * place % frame) as f64 / frame as f64;
                let angle = -2.0 * std::f64::consts::PI * turns;
                let wave = if part == 0 {
                    libm::cos(angle)
                } else {
                    libm::sin(angle)
                };
                *value = (f64::from(*weight) * wave) as f32;
            }
        }
        let matrix = Array {
            shape: vec![rows, length],
            values,
        };
        let x = self.reshape(node, x, vec![batch, length])?;
        let x = self.mixed(node, x, 1, matrix)?;
        self.reshape(node, x, vec![batch, frames, bins, 2])
    }

    /// Along one axis, the last one being that of real and imaginary part.
    fn fourier(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        let rank = shape.len();
        if rank < 2 || shape[rank - 1] > 2 {
            return Err(node.refuse("its operand needs a last axis of one or two parts"));
        }
        let axis = match self.ints(node, 2)? {
            Some(list) => list.first().copied().unwrap_or(-2),
            None => node.int("axis", if node.opset < 20 { 1 } else { -2 })?,
        };
        let axis = node.axis(axis, rank)?;
        if axis == rank - 1 {
            return Err(node.refuse("it can't run along the parts of a number"));
        }
        let parts = shape[rank - 1];
        let inverse = node.int("inverse", 0)? != 0;
        let one_sided = node.int("onesided", 0)? != 0;
        let from = shape[axis];
        let length = match self.ints(node, 1)?.and_then(|list| list.first().copied()) {
            Some(length) => usize::try_from(length).unwrap_or(0),
            None if inverse && one_sided => 2 * (from - 1),
            None => from,
        };
        let half = length / 2 + 1;
        let to = if one_sided && !inverse { half } else { length };
        let out_parts = if one_sided && inverse { 1 } else { 2 };
        let entries = (to * out_parts).saturating_mul(from * parts);
        if length == 0 || entries > ENTRIES_MAX {
            return Err(node.refuse("its length is out of range"));
        }
        let mirrored = one_sided && inverse;
        let matrix = fourier_matrix(
            [from.min(length), from, to, length],
            [parts, out_parts],
            inverse,
            mirrored,
        );
        // The axis next to the parts, both as one.
        let mut perm: Vec<usize> = (0..rank - 1).filter(|&other| other != axis).collect();
        let kept: Vec<usize> = perm.iter().map(|&other| shape[other]).collect();
        perm.extend([axis, rank - 1]);
        let outer: usize = kept.iter().product();
        let x = self.transposed(node, x, &perm)?;
        let x = self.reshape(node, x, vec![outer, from * parts])?;
        let x = self.mixed(node, x, 1, matrix)?;
        let x = self.reshape(node, x, [&kept[..], &[to, out_parts]].concat())?;
        let mut back = vec![0; rank];
        for (place, &axis) in perm.iter().enumerate() {
            back[axis] = place;
        }
        self.transposed(node, x, &back)
    }

    /// Sums of what overlaps when blocks are laid out as an image.
    fn columns_to_image(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let image = self.sizes(node, 1)?;
        let block = self.sizes(node, 2)?;
        let axes = image.len();
        let strides = node.sizes("strides", &vec![1; axes], 1)?;
        let dilations = node.sizes("dilations", &vec![1; axes], 1)?;
        let pads = node.sizes("pads", &vec![0; 2 * axes], 0)?;
        let taps: usize = block.iter().product();
        let &[batch, rows, columns] = self.shape(x) else {
            return Err(node.refuse("its operand needs three axes"));
        };
        let pixels: usize = image.iter().product();
        let channels = rows / taps.max(1);
        if block.len() != axes
            || channels * taps != rows
            || pixels.saturating_mul(taps * columns) > ENTRIES_MAX
        {
            return Err(node.refuse("its blocks don't fit its image, or are too many"));
        }
        let counts: Vec<usize> = (0..axes)
            .map(|axis| {
                let reach = (block[axis] - 1) * dilations[axis] + 1;
                let padded = image[axis] + pads[axis] + pads[axis + axes];
                padded
                    .checked_sub(reach)
                    .map_or(0, |room| room / strides[axis] + 1)
            })
            .collect();
        if counts.iter().product::<usize>() != columns {
            return Err(node.refuse("its columns don't fit its image"));
        }
        let mut values = vec![0.0; pixels * taps * columns];
        for entry in 0..taps * columns {
            let (mut tap, mut column) = (entry / columns, entry % columns);
            let (mut pixel, mut stride, mut inside) = (0, 1, true);
            for axis in (0..axes).rev() {
                let start = column % counts[axis] * strides[axis];
                let at = (start + tap % block[axis] * dilations[axis]).checked_sub(pads[axis]);
                let at = at.filter(|&at| at < image[axis]);
                inside &= at.is_some();
                pixel += at.unwrap_or(0) * stride;
                stride *= image[axis];
                tap /= block[axis];
                column /= counts[axis];
            }
            if inside {
                values[pixel * taps * columns + entry] = 1.0;
            }
        }
        let matrix = Array {
            shape: vec![pixels, taps * columns],
            values,
        };
        let x = self.reshape(node, x, vec![batch, channels, taps * columns])?;
        let x = self.mixed(node, x, 2, matrix)?;
        self.reshape(node, x, [&[batch, channels], &image[..]].concat())
    }

    /// A matrix for each member of the batch, applied to the places of an image.
    fn affine_grid(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let theta = self.value(node, 0)?;
        let size = self.sizes(node, 1)?;
        let space = size.get(2..).unwrap_or_default().to_vec();
        let axes = space.len();
        if axes == 0 || self.shape(theta) != [size[0], axes, axes + 1] {
            return Err(node.refuse("its matrices don't fit its size"));
        }
        let align = node.int("align_corners", 0)? != 0;
        let pixels: usize = space.iter().product();
        if pixels > ENTRIES_MAX {
            return Err(node.refuse("its grid is too large"));
        }
        let coordinate = |pixel: usize, axis: usize| {
            let stride: usize = space[axis + 1..].iter().product();
            let (at, length) = ((pixel / stride % space[axis]) as f64, space[axis] as f64);
            if align {
                if length > 1.0 {
                    2.0 * at / (length - 1.0) - 1.0
                } else {
                    0.0
                }
            } else {
                (2.0 * at + 1.0) / length - 1.0
            }
        };
        let mut values = Vec::with_capacity(pixels * (axes + 1));
        for pixel in 0..pixels {
            // The fastest axis first, as the matrices have it.
            values.extend((0..axes).rev().map(|axis| coordinate(pixel, axis) as f32));
            values.push(1.0);
        }
        let matrix = Array {
            shape: vec![pixels, axes + 1],
            values,
        };
        let grid = self.mixed(node, theta, 2, matrix)?;
        let shape = vec![size[0], pixels, axes];
        let perm = vec![0, 2, 1];
        let grid = self.step(node, Operation::Transpose { perm }, vec![grid], shape)?;
        self.reshape(node, grid, [&size[..1], &space[..], &[axes]].concat())
    }
}

/// From `used` of `from` numbers of some parts to `to` numbers.
fn fourier_matrix(
    [used, from, to, length]: [usize; 4],
    [parts, out_parts]: [usize; 2],
    inverse: bool,
    mirrored: bool,
) -> Array {
    let width = from * parts;
    let mut values = vec![0.0; to * out_parts * width];
    let sign = if inverse { 1.0 } else { -1.0 };
    let factor = if inverse { 1.0 / length as f64 } else { 1.0 };
    for row in 0..to {
        for column in 0..used {
            let turns = (row * column % length) as f64 / length as f64;
            let angle = sign * 2.0 * std::f64::consts::PI * turns;
            // A spectrum of real numbers: what isn't stored is the conjugate of what is.
            let twice = mirrored && column > 0 && 2 * column != length;
            let factor = factor * if twice { 2.0 } else { 1.0 };
            let (cosine, sine) = (factor * libm::cos(angle), factor * libm::sin(angle));
            let at =
                |part: usize, of: usize| (row * out_parts + part) * width + column * parts + of;
            values[at(0, 0)] = cosine as f32;
            if out_parts == 2 {
                values[at(1, 0)] = sine as f32;
            }
            if parts == 2 {
                values[at(0, 1)] = -sine as f32;
                if out_parts == 2 {
                    values[at(1, 1)] = cosine as f32;
                }
            }
        }
    }
    Array {
        shape: vec![to * out_parts, width],
        values,
    }
}
