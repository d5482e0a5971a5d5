//! Networks of the shapes whose costs are measured, as ONNX.
//!
//! Weights are drawn from a fixed seed: what a proof costs depends on shapes and ranges, not on
//! what a network has learnt. Every machine writes the same bytes.

mod block;
mod builder;
mod perceptron;

pub(super) use block::block;
pub(super) use perceptron::perceptron;

use lilliput_import::onnx::ModelProto;
use serde_json::{Value, json};

use crate::train_digits::random::Random;

/// Samples for the choice of scales.
const SAMPLES: usize = 20;

/// A network, and numbers that go in.
pub(super) struct Network {
    pub(super) model: ModelProto,
    pub(super) samples: Vec<Vec<f64>>,
}

impl Network {
    /// The samples as a calibration file.
    pub(super) fn calibration(&self) -> Value {
        let samples: Vec<Value> = self
            .samples
            .iter()
            .map(|sample| json!({ "input_data": [sample] }))
            .collect();
        Value::Array(samples)
    }
}

/// Numbers between -limit and limit with three decimals, so that they read the same everywhere.
fn samples(random: &mut Random, length: usize, limit: f64) -> Vec<Vec<f64>> {
    (0..SAMPLES)
        .map(|_| {
            (0..length)
                .map(|_| (f64::from(random.signed()) * limit * 1000.0).round() / 1000.0)
                .collect()
        })
        .collect()
}
