//! A small network that uses every operator, and builders for graphs of one node.

use lilliput_graph::graph::{Input, Node, Output, Post, Scale, WeightSpec};
use lilliput_graph::{Graph, Op, Range, Shape, Table, Tensor, TensorId, Weights};

pub(crate) const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

pub(crate) fn shape(lengths: &[u32]) -> Shape {
    Shape(lengths.to_vec())
}

pub(crate) fn input(name: &str, lengths: &[u32], range: Range) -> Input {
    Input {
        name: name.into(),
        shape: shape(lengths),
        range,
        scale: UNIT,
        zero: 0,
    }
}

/// A graph of one node on inputs of the given shapes, all in `range`.
pub(crate) fn single(shapes: &[Vec<u32>], range: Range, tables: Vec<Table>, op: Op) -> Graph {
    let inputs: Vec<Input> = shapes
        .iter()
        .enumerate()
        .map(|(index, lengths)| input(&format!("x{index}"), lengths, range))
        .collect();
    let tensor = TensorId(inputs.len() as u32);
    Graph {
        inputs,
        weights: vec![],
        tables,
        nodes: vec![Node { op }],
        outputs: vec![Output {
            name: "y".into(),
            tensor,
            scale: UNIT,
            shape: shape(&[1]),
            post: Post::None,
        }],
    }
}

/// Gives the only output the shape of its tensor, which the builder can't know.
pub(crate) fn with_output_shape(mut graph: Graph, lengths: &Shape) -> Graph {
    graph.outputs[0].shape = lengths.clone();
    graph
}

/// `[2, 6, 6]` through convolution, requantisation, pooling both ways, a matrix and a table.
pub(crate) fn network() -> (Graph, Weights, Vec<Tensor>) {
    let graph = Graph {
        inputs: vec![input("image", &[2, 6, 6], Range { lo: 0, hi: 255 })],
        weights: vec![
            weight(&[4, 1, 3, 3], 8),
            weight(&[4], 16),
            weight(&[5, 4], 8),
        ],
        tables: vec![
            Table::Clamp {
                lo: -30_000,
                hi: 30_000,
                out_lo: 0,
                out_hi: 255,
            },
            Table::Values {
                lo: -128,
                values: (-128..128).map(|v| (v * v + 5 * v + 11) % 97).collect(),
            },
        ],
        nodes: convolution()
            .into_iter()
            .chain(rearrangement())
            .map(|op| Node { op })
            .collect(),
        outputs: vec![Output {
            name: "scores".into(),
            tensor: TensorId(19),
            scale: UNIT,
            shape: shape(&[1, 150]),
            post: Post::Softmax,
        }],
    };
    let values = |lengths: &[u32], step: i64, modulus: i64, low: i64| {
        let shape = shape(lengths);
        let count = shape.elements() as i64;
        let values = (0..count).map(|i| (i * step + 7) % modulus + low).collect();
        Tensor::new(shape, values).unwrap()
    };
    let weights = Weights(vec![
        values(&[4, 1, 3, 3], 97, 256, -128),
        values(&[4], 12_345, 65_536, -32_768),
        values(&[5, 4], 61, 256, -128),
    ]);
    let inputs = vec![values(&[2, 6, 6], 101, 256, 0)];
    (graph, weights, inputs)
}

/// Nodes 4 to 12: `[4, 6, 3]`.
fn convolution() -> Vec<Op> {
    let id = TensorId;
    vec![
        // 4: bias over the plane
        Op::Broadcast {
            x: id(2),
            shape: shape(&[4, 6, 6]),
            axes: vec![0],
        },
        // 5
        Op::Conv {
            x: id(0),
            w: id(1),
            stride: [1, 1],
            pad: [1, 1, 1, 1],
            dilation: [1, 1],
            groups: 2,
        },
        // 6
        Op::Sum {
            terms: vec![(id(5), 1), (id(4), 4)],
            constant: 3,
        },
        // 7
        Op::Lookup {
            x: id(6),
            shift: 8,
            table: 0,
        },
        // 8, 9, 10, 11, 12: the larger of neighbours
        slice(7, 2, 0),
        slice(7, 2, 1),
        Op::Sum {
            terms: vec![(id(8), 1), (id(9), -1)],
            constant: 0,
        },
        Op::Lookup {
            x: id(10),
            shift: 0,
            table: 0,
        },
        Op::Sum {
            terms: vec![(id(9), 1), (id(11), 1)],
            constant: 0,
        },
    ]
}

/// Nodes 13 to 19.
fn rearrangement() -> Vec<Op> {
    let id = TensorId;
    vec![
        // 13: [4, 3, 3]
        Op::WindowSum {
            x: id(12),
            axis: 1,
            kernel: 2,
            stride: 2,
            before: 0,
            len: 3,
        },
        // 14: [3, 4, 3], 15: [3, 4, 5], 16: [6, 4, 5], 17: [30, 4]
        Op::Transpose {
            x: id(13),
            perm: vec![1, 0, 2],
        },
        Op::Pad {
            x: id(14),
            axis: 2,
            before: 1,
            after: 1,
        },
        Op::Concat {
            parts: vec![id(15), id(15)],
            axis: 0,
        },
        Op::Reshape {
            x: id(16),
            shape: shape(&[30, 4]),
        },
        // 18: [5, 30]
        Op::Contract {
            a: id(17),
            b: id(3),
            a_axes: vec![0, 1],
            b_axes: vec![2, 1],
            out_axes: vec![2, 0],
        },
        Op::Lookup {
            x: id(18),
            shift: 12,
            table: 1,
        },
    ]
}

fn slice(x: u32, axis: u8, start: u32) -> Op {
    Op::Slice {
        x: TensorId(x),
        axis,
        start,
        step: 2,
        len: 3,
    }
}

fn weight(lengths: &[u32], bits: u8) -> WeightSpec {
    WeightSpec {
        shape: shape(lengths),
        bits,
    }
}
