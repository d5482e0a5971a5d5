//! The whole way, and the model in floating point to compare with.

use std::collections::BTreeMap;

use lilliput_graph::{Checked, Weights};

use crate::array::{Array, Constant};
use crate::calibration::{Calibration, CalibrationError};
use crate::element::Element;
use crate::error::ImportError;
use crate::interpret;
use crate::lower::{self, Decided, Port};
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
    let file = read::model(onnx)?;
    let ports = lower::ports(&file, &options.shapes)?;
    if ports.is_empty() {
        return Err(ImportError::Nothing { what: "inputs" });
    }
    let samples = samples_of(&ports, calibration)?;
    let decided = Decided {
        shapes: options.shapes.clone(),
        fixed: fixed(&ports, &samples, options)?,
    };
    let model = FloatModel {
        program: lower::program(&file, &decided)?,
    };
    let free = |sample: &Vec<Vec<f64>>| {
        let named = ports.iter().zip(sample);
        let free = named.filter(|(port, _)| !options.fixed.contains(&port.name));
        free.map(|(_, list)| list.clone()).collect()
    };
    let samples: Vec<Vec<Vec<f64>>> = samples.iter().map(free).collect();
    let observed = Observed::of(&model.program, &samples)?;
    let (graph, weights, report) = quantize(&model.program, &observed, options)?;
    Ok(Imported {
        graph,
        weights,
        report,
    })
}

pub(crate) fn samples_of(
    ports: &[Port],
    calibration: &Calibration,
) -> Result<Vec<Vec<Vec<f64>>>, CalibrationError> {
    let named = |port: &Port| port.shape.iter().product();
    let inputs: Vec<(&str, usize)> = ports
        .iter()
        .map(|port| (port.name.as_str(), named(port)))
        .collect();
    calibration.samples(&inputs)
}

/// The values of inputs that are to be fixed, on which all samples have to agree.
pub(crate) fn fixed(
    ports: &[Port],
    samples: &[Vec<Vec<f64>>],
    options: &Options,
) -> Result<BTreeMap<String, Constant>, ImportError> {
    let mut fixed = BTreeMap::new();
    for name in &options.fixed {
        let refuse = |reason| ImportError::Fixed {
            name: name.clone(),
            reason,
        };
        let place = ports.iter().position(|port| port.name == *name);
        let place = place.ok_or_else(|| refuse("the model has no such input"))?;
        let Port { shape, element, .. } = &ports[place];
        let mut lists = samples.iter().map(|sample| &sample[place]);
        let first = lists.next().ok_or_else(|| refuse("there are no samples"))?;
        if lists.any(|other| other != first) {
            return Err(refuse("its values differ between samples"));
        }
        let constant = if *element == Element::Float {
            Constant::Float(Array {
                shape: shape.clone(),
                values: first.iter().map(|&number| number as f32).collect(),
            })
        } else {
            Constant::Int {
                shape: shape.clone(),
                values: first.iter().map(|&number| number as i64).collect(),
                element: *element,
            }
        };
        fixed.insert(name.clone(), constant);
    }
    Ok(fixed)
}

/// A model as its file has it, in floating point.
#[derive(Clone, Debug)]
pub struct FloatModel {
    program: Program,
}

impl FloatModel {
    /// Reads an ONNX file.
    pub fn read(onnx: &[u8]) -> Result<Self, ImportError> {
        let program = lower::program(&read::model(onnx)?, &Decided::default())?;
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

/// The shape and the numbers of a tensor as the format stores it, and whether they are integers or
/// truth values.
pub fn tensor_numbers(
    tensor: &crate::onnx::TensorProto,
) -> Result<(Vec<usize>, Vec<f64>, bool), ImportError> {
    let constant = read::any_tensor(&tensor.name, tensor)?;
    let shape = constant.shape().to_vec();
    Ok(match constant {
        Constant::Float(array) => (
            shape,
            array.values.iter().map(|&x| x.into()).collect(),
            false,
        ),
        Constant::Int { values, .. } => (shape, values.iter().map(|&x| x as f64).collect(), true),
    })
}
