//! Operators one by one against onnxruntime's answers.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use lilliput_graph::{Tensor, execute};
use lilliput_import::{
    Calibration, FloatModel, Imported, Options, dequantize, import, quantize_input,
};
use serde::Deserialize;

/// `[sample][input or output][number]`.
type Samples = Vec<Vec<Vec<f64>>>;

#[derive(Deserialize)]
struct Vectors {
    tolerance_percent: f64,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    name: String,
    onnx_base64: String,
    calibration: Samples,
    tests: Samples,
    outputs: Samples,
    tolerance_percent: Option<f64>,
}

fn vectors() -> Vectors {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../specs/vectors/import.json"
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// The integer executor's answers to one sample, in the model's numbers.
pub(crate) fn answers(imported: &Imported, sample: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let graph = imported.graph.graph();
    let inputs: Vec<Tensor> = graph
        .inputs
        .iter()
        .zip(sample)
        .map(|(input, numbers)| {
            let values = quantize_input(input, numbers).unwrap().values;
            Tensor::new(input.shape.clone(), values).unwrap()
        })
        .collect();
    let trace = execute(&imported.graph, &imported.weights, &inputs).unwrap();
    let outputs = graph.outputs.iter().zip(trace.outputs());
    outputs
        .map(|(output, tensor)| dequantize(output, &tensor.values))
        .collect()
}

fn span(numbers: impl Iterator<Item = f64>) -> f64 {
    let (least, most) = numbers.fold((0.0f64, 0.0f64), |(l, m), x| (l.min(x), m.max(x)));
    most - least
}

fn largest_error(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter()
        .zip(b)
        .map(|(a, b)| (a - b).abs())
        .fold(0.0, f64::max)
}

/// What is wrong with a case, if anything.
fn complaint(case: &Case, tolerance_percent: f64) -> Option<String> {
    let onnx = BASE64_STANDARD.decode(&case.onnx_base64).unwrap();
    let calibration = Calibration::from_samples(case.calibration.clone());
    let imported = match import(&onnx, &calibration, &Options::default()) {
        Ok(imported) => imported,
        Err(error) => return Some(format!("{}: {error}", case.name)),
    };
    let float = FloatModel::read(&onnx).unwrap();
    let seen: Vec<Vec<Vec<f64>>> = case
        .calibration
        .iter()
        .map(|sample| float.run(sample).unwrap())
        .collect();
    for (sample, expected) in case.tests.iter().zip(&case.outputs) {
        let exact = float.run(sample).unwrap();
        let integer = answers(&imported, sample);
        assert_eq!(exact.len(), expected.len(), "{}", case.name);
        for (index, expected) in expected.iter().enumerate() {
            let range = span(
                seen.iter()
                    .flat_map(|outputs| outputs[index].iter().copied()),
            );
            let float_error = largest_error(&exact[index], expected) / range;
            if float_error > 2e-5 {
                return Some(format!("{}: float is off by {float_error:e}", case.name));
            }
            let error = largest_error(&integer[index], expected) / range * 100.0;
            if error > tolerance_percent {
                return Some(format!("{}: integers are off by {error:.2} %", case.name));
            }
        }
    }
    None
}

#[test]
fn every_operator_agrees_with_onnxruntime() {
    let vectors = vectors();
    let complaints: Vec<String> = vectors
        .cases
        .iter()
        .filter_map(|case| {
            complaint(
                case,
                case.tolerance_percent.unwrap_or(vectors.tolerance_percent),
            )
        })
        .collect();
    assert!(vectors.cases.len() > 90);
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
