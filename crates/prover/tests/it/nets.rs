//! Models for tests and figures: random weights, the shapes of real ones.

use lilliput_graph::bounds::Range;
use lilliput_graph::draft::Draft;
use lilliput_graph::{
    Checked, Input, Op, Output, Post, Scale, Shape, Table, Tensor, TensorId, WeightSpec, Weights,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A model with weights, and inputs for it.
pub(crate) struct Model {
    pub(crate) graph: Checked,
    pub(crate) weights: Weights,
    pub(crate) inputs: Vec<Tensor>,
}

/// A model that grows node by node.
pub(crate) struct Net {
    pub(crate) draft: Draft,
    pub(crate) rng: ChaCha8Rng,
}

const UNIT: Scale = Scale {
    mantissa: 1 << 52,
    exponent: -52,
};

impl Net {
    pub(crate) fn new(seed: u64, inputs: &[(&[u32], Range)], weights: &[(&[u32], u8)]) -> Self {
        let inputs = inputs.iter().enumerate();
        let inputs = inputs.map(|(index, (shape, range))| Input {
            name: format!("input{index}"),
            shape: Shape(shape.to_vec()),
            range: *range,
            scale: UNIT,
            zero: 0,
        });
        let weights = weights.iter().map(|(shape, bits)| WeightSpec {
            shape: Shape(shape.to_vec()),
            bits: *bits,
        });
        Self {
            draft: Draft::new(inputs.collect(), weights.collect()),
            rng: ChaCha8Rng::seed_from_u64(seed),
        }
    }

    pub(crate) fn push(&mut self, op: Op) -> TensorId {
        self.draft.push(op).expect("the node holds")
    }

    pub(crate) fn shape(&self, id: TensorId) -> Vec<u32> {
        self.draft.shape(id).0.clone()
    }

    /// Shifts to 8 bits and clamps: `lo` is 0 for a rectifier.
    pub(crate) fn requantise(&mut self, x: TensorId, lo: i32) -> TensorId {
        let range = self.draft.range(x);
        let mut shift = 0;
        while range.magnitude() >> shift > 1000 {
            shift += 1;
        }
        let shifted = |value| lilliput_graph::exec::round_shift(value, shift).0 as i32;
        let table = self
            .draft
            .push_table(Table::Clamp {
                lo: shifted(range.lo),
                hi: shifted(range.hi),
                out_lo: lo,
                out_hi: 127,
            })
            .expect("the table holds");
        self.push(Op::Lookup { x, shift, table })
    }

    pub(crate) fn sum(&mut self, terms: &[(TensorId, i64)]) -> TensorId {
        self.push(Op::Sum {
            terms: terms.to_vec(),
            constant: 0,
        })
    }

    /// `max(a, b)`, as `b + relu(a - b)`.
    pub(crate) fn maximum(&mut self, a: TensorId, b: TensorId) -> TensorId {
        let difference = self.sum(&[(a, 1), (b, -1)]);
        let range = self.draft.range(difference);
        let table = self
            .draft
            .push_table(Table::Clamp {
                lo: range.lo as i32,
                hi: range.hi as i32,
                out_lo: 0,
                out_hi: range.hi.max(0) as i32,
            })
            .expect("the table holds");
        let positive = self.push(Op::Lookup {
            x: difference,
            shift: 0,
            table,
        });
        self.sum(&[(positive, 1), (b, 1)])
    }

    /// The largest of each 2 by 2 square of a `[C, H, W]` tensor.
    pub(crate) fn max_pool(&mut self, x: TensorId) -> TensorId {
        let x = self.pool_axis(x, 1);
        self.pool_axis(x, 2)
    }

    fn pool_axis(&mut self, x: TensorId, axis: u8) -> TensorId {
        let len = self.shape(x)[usize::from(axis)] / 2;
        let [even, odd] = [0, 1].map(|start| {
            self.push(Op::Slice {
                x,
                axis,
                start,
                step: 2,
                len,
            })
        });
        self.maximum(even, odd)
    }

    /// `x: [I]`, `w: [O, I]`.
    pub(crate) fn dense(&mut self, x: TensorId, w: TensorId, bias: TensorId) -> TensorId {
        let product = self.push(Op::Contract {
            a: w,
            b: x,
            a_axes: vec![0, 1],
            b_axes: vec![1],
            out_axes: vec![0],
        });
        self.sum(&[(product, 1), (bias, 64)])
    }

    /// A convolution with a bias for each output channel.
    pub(crate) fn conv(&mut self, x: TensorId, w: TensorId, bias: TensorId, pad: u32) -> TensorId {
        let product = self.push(Op::Conv {
            x,
            w,
            stride: [1, 1],
            pad: [pad; 4],
            dilation: [1, 1],
            groups: 1,
        });
        let shape = Shape(self.shape(product));
        let bias = self.push(Op::Broadcast {
            x: bias,
            shape,
            axes: vec![0],
        });
        self.sum(&[(product, 1), (bias, 64)])
    }

    pub(crate) fn finish(mut self, outputs: &[TensorId]) -> Model {
        for (index, &tensor) in outputs.iter().enumerate() {
            let shape = self.draft.shape(tensor).clone();
            self.draft.push_output(Output {
                name: format!("output{index}"),
                tensor,
                scale: UNIT,
                shape,
                post: Post::None,
            });
        }
        let graph = Checked::new(self.draft.into_graph()).expect("the graph holds");
        let mut rng = self.rng;
        let mut tensor = |shape: &Shape, range: Range| Tensor {
            shape: shape.clone(),
            values: (0..shape.elements())
                .map(|_| rng.random_range(range.lo..=range.hi))
                .collect(),
        };
        let weights = graph.graph().weights.iter();
        let weights = weights
            .map(|spec| tensor(&spec.shape, lilliput_graph::bounds::weight_range(spec.bits)))
            .collect();
        let inputs = graph.graph().inputs.iter();
        let inputs = inputs
            .map(|input| tensor(&input.shape, input.range))
            .collect();
        Model {
            graph,
            weights: Weights(weights),
            inputs,
        }
    }
}

/// 8 bits.
pub(crate) const BYTE: Range = Range { lo: -127, hi: 127 };

/// A perceptron of dense layers of these sizes.
pub(crate) fn mlp(seed: u64, sizes: &[u32]) -> Model {
    let shapes: Vec<[u32; 2]> = sizes.windows(2).map(|pair| [pair[1], pair[0]]).collect();
    let weights: Vec<(&[u32], u8)> = shapes
        .iter()
        .flat_map(|shape| [(&shape[..], 8), (&shape[..1], 8)])
        .collect();
    let mut net = Net::new(seed, &[(&sizes[..1], BYTE)], &weights);
    let mut x = TensorId(0);
    for layer in 0..shapes.len() as u32 {
        x = net.dense(x, TensorId(1 + 2 * layer), TensorId(2 + 2 * layer));
        if layer + 1 < shapes.len() as u32 {
            x = net.requantise(x, 0);
        }
    }
    net.finish(&[x])
}

/// LeNet-5 with 44 k parameters: two convolutions with pooling, three dense layers.
pub(crate) fn lenet(seed: u64) -> Model {
    let weights: [(&[u32], u8); 10] = [
        (&[6, 1, 5, 5], 8),
        (&[6], 8),
        (&[16, 6, 5, 5], 8),
        (&[16], 8),
        (&[84, 400], 8),
        (&[84], 8),
        (&[72, 84], 8),
        (&[72], 8),
        (&[10, 72], 8),
        (&[10], 8),
    ];
    let mut net = Net::new(seed, &[(&[1, 28, 28], BYTE)], &weights);
    let w = |index: u32| TensorId(1 + index);
    let x = net.conv(TensorId(0), w(0), w(1), 2);
    let x = net.requantise(x, 0);
    let x = net.max_pool(x);
    let x = net.conv(x, w(2), w(3), 0);
    let x = net.requantise(x, 0);
    let x = net.max_pool(x);
    let x = net.push(Op::Reshape {
        x,
        shape: Shape(vec![400]),
    });
    let x = net.dense(x, w(4), w(5));
    let x = net.requantise(x, 0);
    let x = net.dense(x, w(6), w(7));
    let x = net.requantise(x, 0);
    let x = net.dense(x, w(8), w(9));
    net.finish(&[x])
}
