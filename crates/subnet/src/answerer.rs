//! From a picture to a label.

use lilliput_graph::exec::execute;
use lilliput_graph::{Model, Tensor};
use lilliput_import::quantize_input;
use lilliput_types::List;
use lilliput_types::subnet::Values;

use crate::ask::Ask;
use crate::error::SubnetError;

/// The largest grey value.
const WHITE: i64 = 255;

/// A request that the miner has admitted, as it came.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    /// The `Authorization` header.
    pub header: &'a str,
    /// The body.
    pub body: &'a [u8],
    /// The same, parsed.
    pub ask: &'a Ask,
}

/// Makes answers. Whatever it gives is signed by the miner.
pub trait Answerer: Send + Sync {
    /// One answer for each question of the request.
    ///
    /// # Errors
    /// The reason, for people, where there is no answer.
    fn answer(&self, incoming: &Incoming<'_>) -> Result<Vec<Values>, String>;
}

/// A model that says which class a grey picture is of.
#[derive(Debug)]
pub struct Classifier(Model);

impl Classifier {
    /// Takes a model with one input and one output.
    ///
    /// # Errors
    /// When it has others.
    pub fn new(model: Model) -> Result<Self, SubnetError> {
        let graph = model.graph.graph();
        let (inputs, outputs) = (graph.inputs.len(), graph.outputs.len());
        if (inputs, outputs) != (1, 1) {
            let name = model.name;
            return Err(SubnetError::Model {
                name,
                inputs,
                outputs,
            });
        }
        Ok(Self(model))
    }

    /// The class of a picture of grey values from 0 to 255: the place of the largest score, of equals the first.
    ///
    /// # Errors
    /// The reason, for people, where it is no picture of the model's size.
    pub fn label(&self, input: &[i64]) -> Result<i64, String> {
        if let Some(value) = input.iter().find(|value| !(0..=WHITE).contains(*value)) {
            return Err(format!("{value} is no grey value, they are 0 to {WHITE}"));
        }
        let graph = self.0.graph.graph();
        let Some(spec) = graph.inputs.first() else {
            return Err("the model has no input".to_owned());
        };
        // Grey values below 2^8 are exact in floats.
        let grey: Vec<f64> = input
            .iter()
            .map(|&value| value as f64 / WHITE as f64)
            .collect();
        let quantized = quantize_input(spec, &grey).map_err(|error| error.to_string())?;
        let tensor = Tensor {
            shape: spec.shape.clone(),
            values: quantized.values,
        };
        let inputs = [tensor];
        let trace = execute(&self.0.graph, &self.0.weights, &inputs)
            .map_err(|error| format!("the model refuses the input: {error}"))?;
        let scores = trace.outputs().next();
        let scores = scores.map_or(&[][..], |scores| &scores.values);
        let best = scores
            .iter()
            .enumerate()
            .max_by(|left, right| left.1.cmp(right.1).then(right.0.cmp(&left.0)));
        best.map(|(place, _)| place as i64)
            .ok_or_else(|| "the model has no scores".to_owned())
    }
}

impl Answerer for Classifier {
    fn answer(&self, incoming: &Incoming<'_>) -> Result<Vec<Values>, String> {
        let probes = incoming.ask.probes.iter();
        probes
            .map(|probe| {
                let label = self.label(&probe.input)?;
                List::new(vec![label]).map_err(|error| error.to_string())
            })
            .collect()
    }
}

#[cfg(test)]
mod tests;
