//! One block of a transformer: attention and two matrices, each behind a layer norm and added to
//! what came in.
//!
//! Layer norm and GELU are spelt out in primitive operators, which every reader of ONNX knows.

use super::builder::{Builder, INPUT};
use super::{Network, samples};
use crate::onnx_file::{int, ints};
use crate::train_digits::random::Random;

const WIDTH: usize = 64;
const HEADS: usize = 4;
const HIDDEN: usize = 256;
const EPSILON: f32 = 1e-5;
/// Numbers evenly between these have variance one, as embeddings behind a layer norm have.
const INPUT_MAX: f64 = 1.732;
const BIAS_MAX: f32 = 0.1;

/// `tokens` vectors of 64 numbers, four heads, 256 numbers in between.
pub(in super::super) fn block(name: &str, tokens: usize) -> Network {
    let mut block = Block {
        builder: Builder::new(Random::new(1)),
        tokens,
    };
    let normal = block.layer_norm(INPUT);
    let attention = block.attention(&normal);
    let middle = block.builder.node("Add", &[INPUT, &attention], vec![]);
    let normal = block.layer_norm(&middle);
    let hidden = block.linear(&normal, WIDTH, HIDDEN);
    let hidden = block.gelu(&hidden);
    let result = block.linear(&hidden, HIDDEN, WIDTH);
    block.builder.node("Add", &[&middle, &result], vec![]);
    let shape = [tokens as i64, WIDTH as i64];
    let (model, mut random) = block.builder.finish(name, &shape, &shape);
    let samples = samples(&mut random, tokens * WIDTH, INPUT_MAX);
    Network { model, samples }
}

struct Block {
    builder: Builder,
    tokens: usize,
}

impl Block {
    fn linear(&mut self, x: &str, inputs: usize, outputs: usize) -> String {
        let weights = self.builder.weights(&[inputs, outputs], inputs, 1.0);
        let product = self.builder.node("MatMul", &[x, &weights], vec![]);
        let biases = self.builder.drawn(&[outputs], 0.0, BIAS_MAX);
        self.builder.node("Add", &[&product, &biases], vec![])
    }

    /// `(x - mean) / sqrt(variance + epsilon) * scale + shift`
    fn layer_norm(&mut self, x: &str) -> String {
        let builder = &mut self.builder;
        let over_the_width = || vec![ints("axes", &[-1]), int("keepdims", 1)];
        let mean = builder.node("ReduceMean", &[x], over_the_width());
        let apart = builder.node("Sub", &[x, &mean], vec![]);
        let square = builder.node("Mul", &[&apart, &apart], vec![]);
        let variance = builder.node("ReduceMean", &[&square], over_the_width());
        let epsilon = builder.number(EPSILON);
        let variance = builder.node("Add", &[&variance, &epsilon], vec![]);
        let deviation = builder.node("Sqrt", &[&variance], vec![]);
        let normal = builder.node("Div", &[&apart, &deviation], vec![]);
        let scale = builder.drawn(&[WIDTH], 1.0, BIAS_MAX);
        let scaled = builder.node("Mul", &[&normal, &scale], vec![]);
        let shift = builder.drawn(&[WIDTH], 0.0, BIAS_MAX);
        builder.node("Add", &[&scaled, &shift], vec![])
    }

    /// Every token looks at every token.
    fn attention(&mut self, x: &str) -> String {
        let queries = self.linear(x, WIDTH, WIDTH);
        let queries = self.heads(&queries, &[1, 0, 2]);
        let keys = self.linear(x, WIDTH, WIDTH);
        let keys = self.heads(&keys, &[1, 2, 0]);
        let values = self.linear(x, WIDTH, WIDTH);
        let values = self.heads(&values, &[1, 0, 2]);
        let builder = &mut self.builder;
        let scores = builder.node("MatMul", &[&queries, &keys], vec![]);
        let scale = builder.number(1.0 / ((WIDTH / HEADS) as f32).sqrt());
        let scores = builder.node("Mul", &[&scores, &scale], vec![]);
        let shares = builder.node("Softmax", &[&scores], vec![int("axis", -1)]);
        let mixed = builder.node("MatMul", &[&shares, &values], vec![]);
        let mixed = builder.node("Transpose", &[&mixed], vec![ints("perm", &[1, 0, 2])]);
        let shape = builder.integers(&[self.tokens as i64, WIDTH as i64]);
        let mixed = builder.node("Reshape", &[&mixed, &shape], vec![]);
        self.linear(&mixed, WIDTH, WIDTH)
    }

    /// `[tokens, width]` cut into heads, the axes tokens, heads, width of a head permuted.
    fn heads(&mut self, x: &str, permutation: &[i64]) -> String {
        let shape = [self.tokens, HEADS, WIDTH / HEADS].map(|length| length as i64);
        let shape = self.builder.integers(&shape);
        let cut = self.builder.node("Reshape", &[x, &shape], vec![]);
        let attributes = vec![ints("perm", permutation)];
        self.builder.node("Transpose", &[&cut], attributes)
    }

    /// `x * (1 + erf(x / sqrt(2))) / 2`
    fn gelu(&mut self, x: &str) -> String {
        let builder = &mut self.builder;
        let root = builder.number(std::f32::consts::SQRT_2);
        let scaled = builder.node("Div", &[x, &root], vec![]);
        let error = builder.node("Erf", &[&scaled], vec![]);
        let one = builder.number(1.0);
        let share = builder.node("Add", &[&error, &one], vec![]);
        let product = builder.node("Mul", &[x, &share], vec![]);
        let half = builder.number(0.5);
        builder.node("Mul", &[&product, &half], vec![])
    }
}
