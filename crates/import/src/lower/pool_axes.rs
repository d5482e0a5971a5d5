//! Pooling over any number of axes: along one after the other.

use super::Lowering;
use super::node::Node;
use crate::array::Array;
use crate::error::ImportError;
use crate::program::{Operation, Unary, Value};

/// Most positions that a maximum along an axis sees.
const TAPS_MAX: usize = 128;

/// How a kernel slides along one axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Slide {
    pub(super) kernel: usize,
    pub(super) stride: usize,
    pub(super) dilation: usize,
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) count: usize,
}

impl Slide {
    /// Positions of an axis that `index` of the result sees.
    fn seen(&self, index: usize, length: usize) -> impl Iterator<Item = usize> {
        let (start, dilation, before) = (index * self.stride, self.dilation, self.before);
        (0..self.kernel)
            .filter_map(move |tap| (start + tap * dilation).checked_sub(before))
            .filter(move |&position| position < length)
    }
}

/// The axes of space of a pooling.
pub(super) fn slides(
    node: &Node<'_>,
    lengths: &[usize],
    kernel: &[usize],
) -> Result<Vec<Slide>, ImportError> {
    let axes = lengths.len();
    let strides = node.sizes("strides", &vec![1; axes], 1)?;
    let dilations = node.sizes("dilations", &vec![1; axes], 1)?;
    let pads = node.sizes("pads", &vec![0; 2 * axes], 0)?;
    let round_up = node.int("ceil_mode", 0)? != 0;
    let auto_pad = node.string("auto_pad", "NOTSET");
    let slide = |axis: usize| {
        let (length, stride, dilation) = (lengths[axis], strides[axis], dilations[axis]);
        let reach = (kernel[axis] - 1) * dilation + 1;
        let mut around = [pads[axis], pads[axis + axes]];
        if auto_pad == "VALID" {
            around = [0, 0];
        } else if auto_pad.starts_with("SAME") {
            let covered = (length.div_ceil(stride) - 1) * stride + reach;
            let padding = covered.saturating_sub(length);
            let (less, more) = (padding / 2, padding.div_ceil(2));
            around = if auto_pad == "SAME_UPPER" {
                [less, more]
            } else {
                [more, less]
            };
        }
        let [before, after] = around;
        let room = (length + before + after).checked_sub(reach);
        let room =
            room.ok_or_else(|| node.refuse("its kernel is larger than its padded operand"))?;
        let mut count = room / stride + 1;
        if round_up {
            count = room.div_ceil(stride) + 1;
            count -= usize::from((count - 1) * stride >= length + before);
        }
        let slide = Slide {
            kernel: kernel[axis],
            stride,
            dilation,
            before,
            after,
            count,
        };
        if (0..count).any(|index| slide.seen(index, length).next().is_none()) {
            return Err(node.refuse("a window of it sees nothing but padding"));
        }
        Ok(slide)
    };
    (0..axes).map(slide).collect()
}

impl Lowering {
    /// `MaxPool`, `AveragePool`, `LpPool` and their global forms, whatever the batch and the axes.
    pub(super) fn pool_along_axes(&mut self, node: &Node<'_>) -> Result<Value, ImportError> {
        let x = self.value(node, 0)?;
        let shape = self.shape(x).to_vec();
        if shape.len() < 3 {
            return Err(node.refuse("its operand has no axes of space"));
        }
        let lengths = &shape[2..];
        let op = node.proto.op_type.as_str();
        let kernel = if op.starts_with("Global") {
            lengths.to_vec()
        } else {
            node.sizes("kernel_shape", &vec![1; lengths.len()], 1)?
        };
        let slides = slides(node, lengths, &kernel)?;
        if op.ends_with("MaxPool") {
            return slides.iter().enumerate().try_fold(x, |x, (place, slide)| {
                self.largest_seen(node, x, place + 2, slide)
            });
        }
        let power = node.int("p", 2)? as f32;
        let mut x = if op.ends_with("LpPool") {
            self.magnitude_power(node, x, power)?
        } else {
            x
        };
        for (place, slide) in slides.iter().enumerate() {
            x = self.sum_seen(node, x, place + 2, slide)?;
        }
        if op.ends_with("LpPool") {
            let exponent = 1.0 / power;
            return self.unary(node, x, Unary::Power { exponent });
        }
        let include_pad = node.int("count_include_pad", 0)? != 0;
        for (place, slide) in slides.iter().enumerate() {
            x = self.divided_by_seen(node, x, [place + 2, lengths[place]], slide, include_pad)?;
        }
        Ok(x)
    }

    fn sum_seen(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        slide: &Slide,
    ) -> Result<Value, ImportError> {
        let length = self.shape(x)[axis];
        if slide.dilation == 1 {
            let mut shape = self.shape(x).to_vec();
            shape[axis] = slide.count;
            let operation = Operation::WindowSum {
                axis,
                kernel: slide.kernel,
                stride: slide.stride,
                before: slide.before,
            };
            return self.step(node, operation, vec![x], shape);
        }
        let mut values = vec![0.0; slide.count * length];
        for (index, row) in values.chunks_exact_mut(length).enumerate() {
            slide
                .seen(index, length)
                .for_each(|position| row[position] = 1.0);
        }
        let matrix = Array {
            shape: vec![slide.count, length],
            values,
        };
        self.mixed(node, x, axis, matrix)
    }

    fn divided_by_seen(
        &mut self,
        node: &Node<'_>,
        x: Value,
        [axis, length]: [usize; 2],
        slide: &Slide,
        include_pad: bool,
    ) -> Result<Value, ImportError> {
        let padded = slide.before + length + slide.after;
        let share = |index: usize| {
            let seen = if include_pad {
                let start = index * slide.stride;
                let taps = (0..slide.kernel).map(|tap| start + tap * slide.dilation);
                taps.filter(|&position| position < padded).count()
            } else {
                slide.seen(index, length).count()
            };
            1.0 / seen.max(1) as f32
        };
        let shares: Vec<f32> = (0..slide.count).map(share).collect();
        if shares.iter().all(|&share| share == shares[0]) {
            return self.times_number(node, x, shares[0]);
        }
        let mut shape = vec![1; self.shape(x).len()];
        shape[axis] = slide.count;
        self.times_constant(
            node,
            x,
            Array {
                shape,
                values: shares,
            },
        )
    }

    /// Tap by tap; where one lies outside, another of the same window stands in, which changes no
    /// maximum.
    fn largest_seen(
        &mut self,
        node: &Node<'_>,
        x: Value,
        axis: usize,
        slide: &Slide,
    ) -> Result<Value, ImportError> {
        let length = self.shape(x)[axis];
        if slide.kernel == 1 && slide.count == length {
            return Ok(x);
        }
        if slide.kernel == length && slide.count == 1 && slide.dilation == 1 {
            return self.axis_max(node, x, axis);
        }
        if slide.kernel > TAPS_MAX {
            return Err(node.refuse(format!(
                "its kernel spans more than {TAPS_MAX} along an axis"
            )));
        }
        let x = self.rounded(node, x)?;
        let mut largest = None;
        for tap in 0..slide.kernel {
            let place = |index: usize| {
                let at = (index * slide.stride + tap * slide.dilation).checked_sub(slide.before);
                let inside = at.filter(|&at| at < length);
                inside
                    .or_else(|| slide.seen(index, length).next())
                    .unwrap_or(0)
            };
            let places: Vec<usize> = (0..slide.count).map(place).collect();
            let part = self.take(node, x, axis, &places)?;
            largest = Some(match largest {
                None => part,
                Some(largest) => self.larger_of(node, largest, part)?,
            });
        }
        largest.ok_or_else(|| node.refuse("its kernel is empty"))
    }
}
