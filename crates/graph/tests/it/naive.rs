//! Each operator by its definition, one element at a time.

use lilliput_graph::{Op, Shape, Table, Tensor, TensorId};

/// All positions of a shape, row by row.
fn positions(shape: &[u32]) -> Vec<Vec<i64>> {
    let mut all = vec![vec![]];
    for &length in shape {
        all = all
            .into_iter()
            .flat_map(|prefix| {
                (0..i64::from(length)).map(move |index| [&prefix[..], &[index]].concat())
            })
            .collect();
    }
    all
}

/// The value at a position; zero outside.
fn at(tensor: &Tensor, position: &[i64]) -> i64 {
    let mut offset = 0;
    for (&index, &length) in position.iter().zip(&tensor.shape.0) {
        if index < 0 || index >= i64::from(length) {
            return 0;
        }
        offset = offset * i64::from(length) + index;
    }
    tensor.values[offset as usize]
}

fn moved(position: &[i64], axis: u8, index: i64) -> Vec<i64> {
    let mut position = position.to_vec();
    position[usize::from(axis)] = index;
    position
}

/// What `op` makes of `tensors`, which are all tensors by id.
pub(crate) fn run(op: &Op, tensors: &[Tensor], tables: &[Table], out: &Shape) -> Vec<i64> {
    let of = |id: &TensorId| &tensors[id.0 as usize];
    let element = |o: &Vec<i64>| -> i64 {
        match op {
            Op::Contract {
                a,
                b,
                a_axes,
                b_axes,
                out_axes,
            } => contract(of(a), of(b), [a_axes, b_axes, out_axes], o),
            Op::Conv {
                x,
                w,
                stride,
                pad,
                dilation,
                groups,
            } => conv(of(x), of(w), (*stride, *pad, *dilation, *groups), o),
            Op::Sum { terms, constant } => terms
                .iter()
                .fold(*constant, |sum, (id, c)| sum + c * at(of(id), o)),
            Op::WindowSum {
                x,
                axis,
                kernel,
                stride,
                before,
                ..
            } => window_sum(of(x), *axis, [*kernel, *stride, *before], o),
            Op::Slice {
                x,
                axis,
                start,
                step,
                ..
            } => {
                let index = i64::from(*start) + o[usize::from(*axis)] * i64::from(*step);
                at(of(x), &moved(o, *axis, index))
            }
            Op::Pad {
                x, axis, before, ..
            } => {
                let index = o[usize::from(*axis)] - i64::from(*before);
                at(of(x), &moved(o, *axis, index))
            }
            Op::Concat { parts, axis } => {
                let parts: Vec<&Tensor> = parts.iter().map(of).collect();
                concat(&parts, *axis, o)
            }
            Op::Transpose { x, perm } => transpose(of(x), perm, o),
            Op::Reshape { x, .. } => {
                let rank = positions(&out.0).iter().position(|other| other == o);
                of(x).values[rank.unwrap()]
            }
            Op::Broadcast { x, axes, .. } => {
                let source: Vec<i64> = axes.iter().map(|&axis| o[usize::from(axis)]).collect();
                at(of(x), &source)
            }
            Op::Lookup { x, shift, table } => {
                let divisor = 1i64 << shift;
                let rounded = (at(of(x), o) + divisor / 2).div_euclid(divisor);
                tables[usize::from(*table)].apply(rounded).unwrap()
            }
        }
    };
    positions(&out.0).iter().map(element).collect()
}

fn transpose(x: &Tensor, perm: &[u8], o: &[i64]) -> i64 {
    let mut source = vec![0; o.len()];
    for (&axis, &index) in perm.iter().zip(o) {
        source[usize::from(axis)] = index;
    }
    at(x, &source)
}

fn window_sum(x: &Tensor, axis: u8, [kernel, stride, before]: [u32; 3], o: &[i64]) -> i64 {
    let start = o[usize::from(axis)] * i64::from(stride) - i64::from(before);
    (0..i64::from(kernel))
        .map(|k| at(x, &moved(o, axis, start + k)))
        .sum()
}

fn concat(parts: &[&Tensor], axis: u8, o: &[i64]) -> i64 {
    let mut index = o[usize::from(axis)];
    for part in parts {
        let length = i64::from(part.shape.0[usize::from(axis)]);
        if index < length {
            return at(part, &moved(o, axis, index));
        }
        index -= length;
    }
    panic!("position {o:?} is behind the last part")
}

fn contract(a: &Tensor, b: &Tensor, [a_axes, b_axes, out_axes]: [&[u8]; 3], o: &[i64]) -> i64 {
    let summed: Vec<(u8, u32)> = a_axes
        .iter()
        .zip(&a.shape.0)
        .filter(|(label, _)| !out_axes.contains(label))
        .map(|(&label, &length)| (label, length))
        .collect();
    let lengths: Vec<u32> = summed.iter().map(|&(_, length)| length).collect();
    let term = |s: &Vec<i64>| {
        let index = |label: &u8| match out_axes.iter().position(|other| other == label) {
            Some(axis) => o[axis],
            None => s[summed.iter().position(|(other, _)| other == label).unwrap()],
        };
        let place = |axes: &[u8]| -> Vec<i64> { axes.iter().map(index).collect() };
        at(a, &place(a_axes)) * at(b, &place(b_axes))
    };
    positions(&lengths).iter().map(term).sum()
}

type ConvAttributes = ([u32; 2], [u32; 4], [u32; 2], u32);

fn conv(x: &Tensor, w: &Tensor, attributes: ConvAttributes, o: &[i64]) -> i64 {
    let (stride, pad, dilation, groups) = attributes;
    let group = o[0] / i64::from(w.shape.0[0] / groups);
    let term = |k: &Vec<i64>| {
        let along = |axis: usize| {
            o[axis + 1] * i64::from(stride[axis]) + k[axis + 1] * i64::from(dilation[axis])
                - i64::from(pad[axis])
        };
        let channel = group * i64::from(w.shape.0[1]) + k[0];
        at(x, &[channel, along(0), along(1)]) * at(w, &[o[0], k[0], k[1], k[2]])
    };
    positions(&w.shape.0[1..]).iter().map(term).sum()
}
