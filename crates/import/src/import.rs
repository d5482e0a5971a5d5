//! The whole way, and the model in floating point to compare with.

use lilliput_graph::{Checked, Weights};

use crate::calibration::{Calibration, CalibrationError};
use crate::error::ImportError;
use crate::interpret;
use crate::lower;
use crate::program::Program;
use crate::quantize::{Observed, Options, Report, quantize};
use crate::read;

/// A model in integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    pub graph: Checked,
    pub weights: Weights,
    pub report: Report,
}

/// Reads an ONNX file and quantises it on samples.
pub fn import(
    onnx: &[u8],
    calibration: &Calibration,
    options: &Options,
) -> Result<Imported, ImportError> {
    let model = FloatModel::read(onnx)?;
    let samples = model.samples(calibration)?;
    let observed = Observed::of(&model.program, &samples)?;
    let (graph, weights, report) = quantize(&model.program, &observed, options)?;
    Ok(Imported {
        graph,
        weights,
        report,
    })
}

/// A model as its file has it, in floating point.
#[derive(Clone, Debug)]
pub struct FloatModel {
    program: Program,
}

impl FloatModel {
    /// Reads an ONNX file.
    pub fn read(onnx: &[u8]) -> Result<Self, ImportError> {
        let program = lower::program(&read::model(onnx)?)?;
        Ok(Self { program })
    }

    /// Samples that fit the inputs.
    pub fn samples(
        &self,
        calibration: &Calibration,
    ) -> Result<Vec<Vec<Vec<f64>>>, CalibrationError> {
        let steps = &self.program.steps[..self.program.inputs];
        let inputs: Vec<(&str, usize)> = steps
            .iter()
            .map(|step| (step.name.as_str(), step.shape.iter().product()))
            .collect();
        calibration.samples(&inputs)
    }

    /// The outputs for one sample, flat; a softmax at the end is applied.
    pub fn run(&self, sample: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, CalibrationError> {
        let calibration = Calibration::from_samples(vec![sample.to_vec()]);
        let samples = self.samples(&calibration)?;
        let narrow = |list: &Vec<f64>| list.iter().map(|&number| number as f32).collect();
        let sample: Vec<Vec<f32>> = samples[0].iter().map(narrow).collect();
        let values = interpret::run(&self.program, &sample);
        let outputs = self.program.outputs.iter().map(|output| {
            let mut numbers: Vec<f64> =
                values[output.value].iter().map(|&x| f64::from(x)).collect();
            if output.softmax {
                let row = self.program.steps[output.value].shape.last().copied();
                numbers
                    .chunks_mut(row.unwrap_or(1).max(1))
                    .for_each(crate::number::softmax);
            }
            numbers
        });
        Ok(outputs.collect())
    }
}
