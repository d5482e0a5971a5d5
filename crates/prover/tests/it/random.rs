//! Small graphs of random operators, all kinds of them.

use lilliput_graph::bounds::Range;
use lilliput_graph::{Op, Shape, Table, TensorId};
use rand::RngExt;

use crate::nets::{BYTE, Model, Net};

/// Most elements of a tensor that grows.
const ELEMENTS_MAX: usize = 400;

/// Inputs, then weights: three kernels with one, two and four groups over four channels, and a matrix.
const INPUTS: [(&[u32], Range); 2] = [(&[4, 5, 6], BYTE), (&[3, 5], BYTE)];
const WEIGHTS: [(&[u32], u8); 4] = [
    (&[3, 4, 3, 2], 8),
    (&[4, 2, 2, 3], 5),
    (&[8, 1, 2, 2], 3),
    (&[6, 5], 16),
];

/// A graph of some random nodes; every tensor that nothing reads is an output.
pub(crate) fn random(seed: u64) -> Model {
    let mut net = Net::new(seed, &INPUTS, &WEIGHTS);
    let mut pool: Vec<TensorId> = [0, 1, 5].map(TensorId).to_vec();
    let count = net.rng.random_range(3..12);
    while pool.len() < 3 + count {
        let x = pool[net.rng.random_range(0..pool.len())];
        let x = net.small(x);
        let made = net.random_node(x, &pool);
        pool.extend(made);
    }
    let mut read: Vec<TensorId> = Vec::new();
    let nodes = net.draft.graph().nodes.clone();
    read.extend(nodes.iter().flat_map(|node| node.op.operands()));
    let ports = (INPUTS.len() + WEIGHTS.len()) as u32;
    for id in (0..ports).map(TensorId) {
        if !read.contains(&id) {
            net.sum(&[(id, 3), (id, -1)]);
        }
    }
    let tensors = net.draft.graph().tensors() as u32;
    let outputs: Vec<TensorId> = (ports..tensors)
        .map(TensorId)
        .filter(|id| !read.contains(id))
        .collect();
    net.finish(&outputs)
}

impl Net {
    /// Below 2^8 in magnitude, so that a product with it stays in bounds.
    fn small(&mut self, x: TensorId) -> TensorId {
        if self.draft.range(x).magnitude() > 255 {
            self.requantise(x, -127)
        } else {
            x
        }
    }

    fn axis(&mut self, x: TensorId) -> (u8, u32) {
        let shape = self.shape(x);
        if shape.is_empty() {
            return (0, 1);
        }
        let axis = self.rng.random_range(0..shape.len());
        (axis as u8, shape[axis])
    }

    /// One random node on `x`, unless it doesn't fit.
    fn random_node(&mut self, x: TensorId, pool: &[TensorId]) -> Option<TensorId> {
        let (axis, length) = self.axis(x);
        let op = match self.rng.random_range(0..12) {
            0 => self.random_contraction(x, pool)?,
            1 | 2 => self.random_convolution(x),
            3 => Op::Slice {
                x,
                axis,
                start: self.rng.random_range(0..length),
                step: self.rng.random_range(1..=3),
                len: self.rng.random_range(1..=length),
            },
            4 => Op::Pad {
                x,
                axis,
                before: [0, 1, 3, 8][self.rng.random_range(0..4)],
                after: self.rng.random_range(0..4),
            },
            5 => Op::WindowSum {
                x,
                axis,
                kernel: self.rng.random_range(1..4),
                stride: self.rng.random_range(1..3),
                before: self.rng.random_range(0..3),
                len: self.rng.random_range(1..=length + 2),
            },
            6 => Op::Concat {
                parts: vec![x; self.rng.random_range(1..5)],
                axis,
            },
            7 => self.random_transposition(x),
            8 => self.random_reshape(x),
            9 => self.random_repetition(x),
            10 => self.random_table(x),
            _ => return Some(self.random_sum(x, pool)),
        };
        self.draft.push(op).ok().filter(|&id| self.fits(id))
    }

    fn fits(&self, id: TensorId) -> bool {
        self.draft.shape(id).elements() <= ELEMENTS_MAX
    }

    /// With a tensor of the pool: equal lengths share a label, some of them stay in the result.
    fn random_contraction(&mut self, a: TensorId, pool: &[TensorId]) -> Option<Op> {
        let b = pool[self.rng.random_range(0..pool.len())];
        let b = self.small(b);
        let (a_shape, b_shape) = (self.shape(a), self.shape(b));
        let a_axes: Vec<u8> = (0..a_shape.len() as u8).collect();
        let mut b_axes: Vec<u8> = Vec::new();
        for (axis, length) in b_shape.iter().enumerate() {
            let shared = (0..a_axes.len())
                .find(|&other| a_shape[other] == *length && !b_axes.contains(&a_axes[other]));
            let fresh = (a_axes.len() + axis) as u8;
            let share = self.rng.random_bool(0.8);
            b_axes.push(
                shared
                    .filter(|_| share)
                    .map_or(fresh, |other| a_axes[other]),
            );
        }
        let mut out_axes: Vec<u8> = Vec::new();
        for &label in a_axes.iter().chain(&b_axes) {
            let in_both = a_axes.contains(&label) && b_axes.contains(&label);
            let kept = !in_both || self.rng.random_bool(0.4);
            if kept && !out_axes.contains(&label) {
                out_axes.insert(self.rng.random_range(0..=out_axes.len()), label);
            }
        }
        Some(Op::Contract {
            a,
            b,
            a_axes,
            b_axes,
            out_axes,
        })
    }

    fn random_convolution(&mut self, x: TensorId) -> Op {
        let (w, groups) = [(2, 1), (3, 2), (4, 4)][self.rng.random_range(0..3)];
        let mut below = |end| self.rng.random_range(0..end);
        let pad = [below(3), below(3), below(3), below(3)];
        Op::Conv {
            x,
            w: TensorId(w),
            stride: [1 + below(2), 1 + below(3)],
            pad,
            dilation: [1 + below(2), 1 + below(2)],
            groups,
        }
    }

    fn random_transposition(&mut self, x: TensorId) -> Op {
        let mut perm: Vec<u8> = (0..self.shape(x).len() as u8).collect();
        for index in (1..perm.len()).rev() {
            perm.swap(index, self.rng.random_range(0..=index));
        }
        Op::Transpose { x, perm }
    }

    fn random_reshape(&mut self, x: TensorId) -> Op {
        let mut left = self.draft.shape(x).elements() as u32;
        let mut shape = Vec::new();
        while left > 1 && shape.len() < 3 {
            let divisors: Vec<u32> = (1..=left)
                .filter(|part| left.is_multiple_of(*part))
                .collect();
            let part = divisors[self.rng.random_range(0..divisors.len())];
            shape.push(part);
            left /= part;
        }
        shape.push(left);
        Op::Reshape {
            x,
            shape: Shape(shape),
        }
    }

    fn random_repetition(&mut self, x: TensorId) -> Op {
        let mut shape = self.shape(x);
        let at = self.rng.random_range(0..=shape.len());
        shape.insert(at, self.rng.random_range(1..5));
        let axes = (0..shape.len()).filter(|&axis| axis != at);
        Op::Broadcast {
            x,
            axes: axes.map(|axis| axis as u8).collect(),
            shape: Shape(shape),
        }
    }

    fn random_table(&mut self, x: TensorId) -> Op {
        let range = self.draft.range(x);
        let shift = self.rng.random_range(0..3);
        let shifted = |value| lilliput_graph::exec::round_shift(value, shift).0;
        let (lo, hi) = (shifted(range.lo), shifted(range.hi));
        let values = (lo..=hi)
            .map(|_| self.rng.random_range(-100..100))
            .collect();
        let table = self
            .draft
            .push_table(Table::Values {
                lo: lo as i32,
                values,
            })
            .expect("the table holds");
        Op::Lookup { x, shift, table }
    }

    /// With every tensor of its shape, and a constant.
    fn random_sum(&mut self, x: TensorId, pool: &[TensorId]) -> TensorId {
        let shape = self.shape(x);
        let others: Vec<TensorId> = pool
            .iter()
            .copied()
            .filter(|&other| self.shape(other) == shape)
            .take(3)
            .collect();
        let mut terms = vec![(x, self.rng.random_range(-5..=5))];
        for other in others {
            let other = self.small(other);
            terms.push((other, self.rng.random_range(-3..=3)));
        }
        let constant = self.rng.random_range(-9..=9);
        self.push(Op::Sum { terms, constant })
    }
}
