//! Transformers for tests and figures: random weights, the shapes of real encoders.

use lilliput_graph::bounds::Range;
use lilliput_graph::{Op, Shape, Table, TensorId};

use crate::nets::{BYTE, Model, Net};

/// The size of an encoder.
#[derive(Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) layers: u32,
    pub(crate) tokens: u32,
    pub(crate) width: u32,
    pub(crate) heads: u32,
    pub(crate) hidden: u32,
    /// Rows of the embedding; zero: the input is the embedded text.
    pub(crate) vocabulary: u32,
    /// Bits of the tables that values are cut down with.
    pub(crate) table_bits: u32,
}

/// Matrices and vectors of one layer: query, key, value, output, two of the hidden part, two norms.
const LAYER_WEIGHTS: u32 = 16;

/// An encoder with attention, layer norms and a hidden part with a curved activation.
pub(crate) fn encoder(seed: u64, sizes: &Sizes) -> Model {
    let (width, hidden) = (sizes.width, sizes.hidden);
    let mut weights: Vec<(Vec<u32>, u8)> = Vec::new();
    for _ in 0..sizes.layers {
        for [output, input] in [[width, width]; 4] {
            weights.extend([(vec![output, input], 8), (vec![output], 8)]);
        }
        for [output, input] in [[hidden, width], [width, hidden]] {
            weights.extend([(vec![output, input], 8), (vec![output], 8)]);
        }
        weights.extend([const { 8 }; 4].map(|bits| (vec![width], bits)));
    }
    let mut input = vec![sizes.tokens, width];
    let mut range = BYTE;
    if sizes.vocabulary > 0 {
        weights.push((vec![sizes.vocabulary, width], 8));
        input = vec![sizes.tokens, sizes.vocabulary];
        range = Range { lo: 0, hi: 1 };
    }
    let borrowed: Vec<(&[u32], u8)> = weights.iter().map(|(s, bits)| (&s[..], *bits)).collect();
    let net = Net::new(seed, &[(&input, range)], &borrowed);
    let mut encoder = Encoder::new(net, *sizes);
    let mut x = TensorId(0);
    if sizes.vocabulary > 0 {
        let table = TensorId(1 + sizes.layers * LAYER_WEIGHTS);
        x = encoder.contract([x, table], [&[0, 1], &[1, 2], &[0, 2]]);
        x = encoder.requantise(x);
    }
    for layer in 0..sizes.layers {
        x = encoder.layer(x, 1 + layer * LAYER_WEIGHTS);
    }
    let mut model = encoder.net.finish(&[x]);
    if sizes.vocabulary > 0 {
        let values = &mut model.inputs[0].values;
        values.fill(0);
        for (token, row) in values
            .chunks_exact_mut(sizes.vocabulary as usize)
            .enumerate()
        {
            let index = (token * 7919 + 13) % row.len();
            row[index] = 1;
        }
    }
    model
}

struct Encoder {
    net: Net,
    sizes: Sizes,
    clamp: u16,
    curve: u16,
    exponential: u16,
    reciprocal: u16,
    root: u16,
}

impl Encoder {
    fn new(mut net: Net, sizes: Sizes) -> Self {
        let half = 1 << (sizes.table_bits - 1);
        let clamp = Table::Clamp {
            lo: -half,
            hi: half - 1,
            out_lo: -127,
            out_hi: 127,
        };
        let values = |lo: i32, count: i32, function: &dyn Fn(i32) -> i32| Table::Values {
            lo,
            values: (lo..lo + count).map(function).collect(),
        };
        let curve = values(-half, 2 * half, &|x| {
            if x < 0 { x / (8 - x) } else { x.min(127) }
        });
        let exponential = values(-128, 256, &|x| ((x + 128) * (x + 128)) >> 8);
        let reciprocal = values(0, 1 << 14, &|x| (1 << 14) / (x + 1));
        // The bounds don't know that squares aren't negative.
        let root = values(-(1 << 12), 1 << 13, &|x| 1024 / (1 + x.max(0).isqrt()));
        let mut push = |table| net.draft.push_table(table).expect("the table holds");
        Self {
            clamp: push(clamp),
            curve: push(curve),
            exponential: push(exponential),
            reciprocal: push(reciprocal),
            root: push(root),
            net,
            sizes,
        }
    }

    fn contract(&mut self, [a, b]: [TensorId; 2], axes: [&[u8]; 3]) -> TensorId {
        let [a_axes, b_axes, out_axes] = axes.map(<[u8]>::to_vec);
        self.net.push(Op::Contract {
            a,
            b,
            a_axes,
            b_axes,
            out_axes,
        })
    }

    /// Looks up in a table of which the domain's largest value is `limit`.
    fn lookup(&mut self, x: TensorId, table: u16, limit: i64) -> TensorId {
        let magnitude = self.net.draft.range(x).magnitude();
        let mut shift = 0;
        while lilliput_graph::exec::round_shift(magnitude, shift).0 > limit {
            shift += 1;
        }
        self.net.push(Op::Lookup { x, shift, table })
    }

    fn requantise(&mut self, x: TensorId) -> TensorId {
        self.lookup(x, self.clamp, (1 << (self.sizes.table_bits - 1)) - 1)
    }

    fn dense(&mut self, x: TensorId, weight: u32) -> TensorId {
        let product = self.contract([x, TensorId(weight)], [&[0, 1], &[2, 1], &[0, 2]]);
        let shape = Shape(self.net.shape(product));
        let bias = self.net.push(Op::Broadcast {
            x: TensorId(weight + 1),
            shape,
            axes: vec![1],
        });
        self.net.sum(&[(product, 1), (bias, 64)])
    }

    fn reshape(&mut self, x: TensorId, shape: &[u32]) -> TensorId {
        let shape = Shape(shape.to_vec());
        self.net.push(Op::Reshape { x, shape })
    }

    /// The sums over the last axis.
    fn row_sums(&mut self, x: TensorId) -> TensorId {
        let mut shape = self.net.shape(x);
        let last = shape.pop().unwrap_or(1);
        let sums = self.net.push(Op::WindowSum {
            x,
            axis: shape.len() as u8,
            kernel: last,
            stride: 1,
            before: 0,
            len: 1,
        });
        self.reshape(sums, &shape)
    }

    fn attention(&mut self, x: TensorId, first: u32) -> TensorId {
        let Sizes {
            tokens,
            width,
            heads,
            ..
        } = self.sizes;
        let [query, key, value] = [0, 2, 4].map(|offset| {
            let y = self.dense(x, first + offset);
            let y = self.requantise(y);
            self.reshape(y, &[tokens, heads, width / heads])
        });
        let scores = self.contract([query, key], [&[0, 1, 2], &[3, 1, 2], &[1, 0, 3]]);
        let scores = self.requantise(scores);
        let shares = self.lookup(scores, self.exponential, 127);
        let sums = self.row_sums(shares);
        let inverse = self.lookup(sums, self.reciprocal, (1 << 14) - 1);
        let shares = self.contract([shares, inverse], [&[0, 1, 2], &[0, 1], &[0, 1, 2]]);
        let shares = self.requantise(shares);
        let mixed = self.contract([shares, value], [&[1, 0, 3], &[3, 1, 2], &[0, 1, 2]]);
        let mixed = self.requantise(mixed);
        let mixed = self.reshape(mixed, &[tokens, width]);
        let y = self.dense(mixed, first + 6);
        self.requantise(y)
    }

    fn norm(&mut self, x: TensorId, gain: u32) -> TensorId {
        let shape = Shape(self.net.shape(x));
        let mean = self.row_sums(x);
        let mean = self.requantise(mean);
        let mean = self.net.push(Op::Broadcast {
            x: mean,
            shape: shape.clone(),
            axes: vec![0],
        });
        let centred = self.net.sum(&[(x, 1), (mean, -1)]);
        let squares = self.contract([centred; 2], [&[0, 1], &[0, 1], &[0, 1]]);
        let squares = self.lookup(squares, self.root, (1 << 12) - 1);
        let scale = self.row_sums(squares);
        let scale = self.requantise(scale);
        let scaled = self.contract([centred, scale], [&[0, 1], &[0], &[0, 1]]);
        let scaled = self.requantise(scaled);
        let scaled = self.contract([scaled, TensorId(gain)], [&[0, 1], &[1], &[0, 1]]);
        let shift = self.net.push(Op::Broadcast {
            x: TensorId(gain + 1),
            shape,
            axes: vec![1],
        });
        let sum = self.net.sum(&[(scaled, 1), (shift, 64)]);
        self.requantise(sum)
    }

    fn layer(&mut self, x: TensorId, first: u32) -> TensorId {
        let attended = self.attention(x, first);
        let sum = self.net.sum(&[(x, 1), (attended, 1)]);
        let x = self.norm(sum, first + 12);
        let hidden = self.dense(x, first + 8);
        let limit = (1 << (self.sizes.table_bits - 1)) - 1;
        let hidden = self.lookup(hidden, self.curve, limit);
        let y = self.dense(hidden, first + 10);
        let y = self.requantise(y);
        let sum = self.net.sum(&[(x, 1), (y, 1)]);
        self.norm(sum, first + 14)
    }
}
