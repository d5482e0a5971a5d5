//! Matrices with ReLU between them.

use super::builder::{Builder, INPUT};
use super::{Network, samples};
use crate::onnx_file::int;
use crate::train_digits::random::Random;

/// Half of the values are cut off by a ReLU: twice the variance keeps their size.
const RELU_GAIN: f32 = std::f32::consts::SQRT_2;
const BIAS_MAX: f32 = 0.1;

/// `widths[0]` numbers in, the last of `widths` out.
pub(in super::super) fn perceptron(name: &str, widths: &[usize]) -> Network {
    let mut builder = Builder::new(Random::new(1));
    let mut current = INPUT.to_owned();
    for (layer, pair) in widths.windows(2).enumerate() {
        let [inputs, outputs] = *pair else { continue };
        if layer > 0 {
            current = builder.node("Relu", &[&current], vec![]);
        }
        let weights = builder.weights(&[outputs, inputs], inputs, RELU_GAIN);
        let biases = builder.drawn(&[outputs], 0.0, BIAS_MAX);
        let operands = [current.as_str(), &weights, &biases];
        current = builder.node("Gemm", &operands, vec![int("transB", 1)]);
    }
    let (first, last) = (
        widths.first().copied().unwrap_or(1),
        widths.last().copied().unwrap_or(1),
    );
    let (model, mut random) = builder.finish(name, &[1, first as i64], &[1, last as i64]);
    let samples = samples(&mut random, first, 1.0);
    Network { model, samples }
}
