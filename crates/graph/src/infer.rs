//! The shape of every node's result.

use crate::check::OpError;
use crate::graph::TensorId;
use crate::op::{LABELS_MAX, OPERANDS_MAX, Op};
use crate::shape::{AXES_MAX, ELEMENTS_MAX, Shape};

/// The shape of what `op` makes of tensors of known shapes.
pub(crate) fn node_shape(op: &Op, shapes: &[Shape]) -> Result<Shape, OpError> {
    let operands = op.operands();
    if operands.is_empty() {
        return Err(OpError::NoOperands);
    }
    if operands.len() > OPERANDS_MAX {
        return Err(OpError::TooManyOperands {
            got: operands.len(),
        });
    }
    if let Some(&id) = operands.iter().find(|id| id.0 as usize >= shapes.len()) {
        return Err(OpError::UnknownTensor { id });
    }
    let shape = unbounded_shape(op, shapes)?;
    shape.check()?;
    Ok(shape)
}

fn unbounded_shape(op: &Op, shapes: &[Shape]) -> Result<Shape, OpError> {
    let of = |id: &TensorId| &shapes[id.0 as usize];
    match op {
        Op::Contract {
            a,
            b,
            a_axes,
            b_axes,
            out_axes,
        } => contract([of(a), of(b)], [a_axes, b_axes, out_axes]),
        Op::Conv {
            x,
            w,
            stride,
            pad,
            dilation,
            groups,
        } => conv(of(x), of(w), *stride, *pad, *dilation, *groups),
        Op::Sum { terms, constant } => sum(terms, *constant, shapes),
        Op::WindowSum {
            x,
            axis,
            kernel,
            stride,
            len,
            ..
        } => {
            if *kernel == 0 || *stride == 0 {
                return Err(OpError::Parameter {
                    what: "kernel or stride",
                });
            }
            with_axis(of(x), *axis, |_| Ok(*len))
        }
        Op::Slice {
            x,
            axis,
            start,
            step,
            len,
        } => with_axis(of(x), *axis, |length| {
            let last = u64::from(*start) + u64::from(len.saturating_sub(1)) * u64::from(*step);
            if *step == 0 || *len == 0 || last >= u64::from(length) {
                return Err(OpError::Parameter { what: "slice" });
            }
            Ok(*len)
        }),
        Op::Pad {
            x,
            axis,
            before,
            after,
        } => with_axis(of(x), *axis, |length| {
            length
                .checked_add(*before)
                .and_then(|sum| sum.checked_add(*after))
                .ok_or(OpError::Parameter { what: "padding" })
        }),
        Op::Concat { parts, axis } => concat(parts, *axis, shapes),
        Op::Transpose { x, perm } => transpose(of(x), perm),
        Op::Reshape { x, shape } => {
            shape.check()?;
            if shape.elements() != of(x).elements() {
                return Err(mismatch(of(x), shape));
            }
            Ok(shape.clone())
        }
        Op::Broadcast { x, shape, axes } => broadcast(of(x), shape, axes),
        Op::Lookup { x, .. } => Ok(of(x).clone()),
    }
}

fn mismatch(a: &Shape, b: &Shape) -> OpError {
    OpError::Mismatch {
        a: a.0.clone(),
        b: b.0.clone(),
    }
}

fn with_axis(
    x: &Shape,
    axis: u8,
    length: impl FnOnce(u32) -> Result<u32, OpError>,
) -> Result<Shape, OpError> {
    let mut shape = x.clone();
    let Some(entry) = shape.0.get_mut(usize::from(axis)) else {
        return Err(OpError::NoSuchAxis {
            axis,
            shape: shape.0,
        });
    };
    *entry = length(*entry)?;
    Ok(shape)
}

fn contract(
    operands: [&Shape; 2],
    [a_axes, b_axes, out_axes]: [&[u8]; 3],
) -> Result<Shape, OpError> {
    let mut lengths = [None; LABELS_MAX as usize];
    for (shape, axes) in operands.into_iter().zip([a_axes, b_axes]) {
        if shape.0.len() != axes.len() {
            return Err(OpError::Axes {
                expected: axes.len(),
                got: shape.0.clone(),
            });
        }
        distinct_labels(axes)?;
        for (&label, &length) in axes.iter().zip(&shape.0) {
            let entry = &mut lengths[usize::from(label)];
            if *entry.get_or_insert(length) != length {
                return Err(mismatch(operands[0], operands[1]));
            }
        }
    }
    if out_axes.len() > AXES_MAX {
        return Err(crate::shape::ShapeError::TooManyAxes {
            got: out_axes.len(),
        }
        .into());
    }
    distinct_labels(out_axes)?;
    for &label in a_axes.iter().chain(b_axes) {
        let in_both = a_axes.contains(&label) && b_axes.contains(&label);
        if !out_axes.contains(&label) && !in_both {
            return Err(OpError::Label { label });
        }
    }
    let shape = out_axes
        .iter()
        .map(|&label| lengths[usize::from(label)].ok_or(OpError::Label { label }))
        .collect::<Result<_, _>>()?;
    Ok(Shape(shape))
}

fn distinct_labels(labels: &[u8]) -> Result<(), OpError> {
    let mut seen = 0u16;
    for &label in labels {
        let bit = 1u16.checked_shl(u32::from(label)).unwrap_or(0);
        if bit == 0 || seen & bit != 0 {
            return Err(OpError::Label { label });
        }
        seen |= bit;
    }
    Ok(())
}

fn conv(
    x: &Shape,
    w: &Shape,
    stride: [u32; 2],
    pad: [u32; 4],
    dilation: [u32; 2],
    groups: u32,
) -> Result<Shape, OpError> {
    let (batch, channels, height, width) = match x.0[..] {
        [channels, height, width] => (None, channels, height, width),
        [batch, channels, height, width] => (Some(batch), channels, height, width),
        _ => {
            return Err(OpError::Axes {
                expected: 3,
                got: x.0.clone(),
            });
        }
    };
    let &[outputs, group_channels, kernel_height, kernel_width] = &w.0[..] else {
        return Err(OpError::Axes {
            expected: 4,
            got: w.0.clone(),
        });
    };
    let groups_fit = groups > 0
        && outputs % groups == 0
        && u64::from(group_channels) * u64::from(groups) == u64::from(channels);
    if !groups_fit {
        return Err(mismatch(x, w));
    }
    let rows = window_count(
        height,
        kernel_height,
        stride[0],
        pad[0],
        pad[2],
        dilation[0],
    )?;
    let columns = window_count(width, kernel_width, stride[1], pad[1], pad[3], dilation[1])?;
    let image = [outputs, rows, columns];
    Ok(Shape(batch.into_iter().chain(image).collect()))
}

fn window_count(
    length: u32,
    kernel: u32,
    stride: u32,
    before: u32,
    after: u32,
    dilation: u32,
) -> Result<u32, OpError> {
    if stride == 0 || dilation == 0 {
        return Err(OpError::Parameter {
            what: "stride or dilation",
        });
    }
    let padded = u64::from(length) + u64::from(before) + u64::from(after);
    let reach = u64::from(kernel - 1) * u64::from(dilation) + 1;
    if padded > ELEMENTS_MAX || reach > padded {
        return Err(OpError::Parameter {
            what: "kernel or padding",
        });
    }
    let count = (padded - reach) / u64::from(stride) + 1;
    u32::try_from(count).map_err(|_| OpError::Parameter { what: "padding" })
}

fn sum(terms: &[(TensorId, i64)], constant: i64, shapes: &[Shape]) -> Result<Shape, OpError> {
    let limit = crate::bounds::VALUE_MAX.unsigned_abs();
    let coefficients = terms.iter().map(|(_, coefficient)| *coefficient);
    if coefficients
        .chain([constant])
        .any(|number| number.unsigned_abs() > limit)
    {
        return Err(OpError::Parameter {
            what: "coefficient or constant",
        });
    }
    let (first, _) = terms.first().ok_or(OpError::NoOperands)?;
    let shape = &shapes[first.0 as usize];
    for (term, _) in terms {
        let other = &shapes[term.0 as usize];
        if other != shape {
            return Err(mismatch(shape, other));
        }
    }
    Ok(shape.clone())
}

fn concat(parts: &[TensorId], axis: u8, shapes: &[Shape]) -> Result<Shape, OpError> {
    let first = parts.first().ok_or(OpError::NoOperands)?;
    let first = &shapes[first.0 as usize];
    let without_axis = |shape: &Shape| with_axis(shape, axis, |_| Ok(1));
    let mut length = 0u32;
    for part in parts {
        let part = &shapes[part.0 as usize];
        if without_axis(part)? != without_axis(first)? {
            return Err(mismatch(first, part));
        }
        length = length
            .checked_add(part.0[usize::from(axis)])
            .ok_or(OpError::Parameter {
                what: "concatenation",
            })?;
    }
    with_axis(first, axis, |_| Ok(length))
}

fn transpose(x: &Shape, perm: &[u8]) -> Result<Shape, OpError> {
    let mut sorted = perm.to_vec();
    sorted.sort_unstable();
    if !sorted
        .iter()
        .map(|&axis| usize::from(axis))
        .eq(0..x.0.len())
    {
        return Err(OpError::AxisList {
            axes: perm.to_vec(),
        });
    }
    Ok(Shape(
        perm.iter().map(|&axis| x.0[usize::from(axis)]).collect(),
    ))
}

fn broadcast(x: &Shape, shape: &Shape, axes: &[u8]) -> Result<Shape, OpError> {
    shape.check()?;
    if axes.len() != x.0.len() || !axes.is_sorted_by(|a, b| a < b) {
        return Err(OpError::AxisList {
            axes: axes.to_vec(),
        });
    }
    for (&axis, &length) in axes.iter().zip(&x.0) {
        if shape.0.get(usize::from(axis)) != Some(&length) {
            return Err(mismatch(x, shape));
        }
    }
    Ok(shape.clone())
}

/// Elementary steps that a node costs.
pub(crate) fn node_work(op: &Op, shapes: &[Shape], out: &Shape) -> u64 {
    let lengths = |id: &TensorId| &shapes[id.0 as usize].0;
    let each: u64 = match op {
        Op::Contract {
            a,
            a_axes,
            out_axes,
            ..
        } => a_axes
            .iter()
            .zip(lengths(a))
            .filter(|(label, _)| !out_axes.contains(label))
            .map(|(_, &length)| u64::from(length))
            .product(),
        Op::Conv { w, .. } => lengths(w)[1..]
            .iter()
            .map(|&length| u64::from(length))
            .product(),
        Op::Sum { terms, .. } => terms.len() as u64,
        Op::WindowSum {
            x, axis, kernel, ..
        } => u64::from(lengths(x)[usize::from(*axis)].min(*kernel)),
        Op::Slice { .. }
        | Op::Pad { .. }
        | Op::Concat { .. }
        | Op::Transpose { .. }
        | Op::Reshape { .. }
        | Op::Broadcast { .. }
        | Op::Lookup { .. } => 1,
    };
    each.saturating_mul(out.elements() as u64)
}
