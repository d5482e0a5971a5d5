//! What becomes of a case.

use std::fmt;

use anyhow::{Context as _, Result, bail, ensure};
use lilliput_graph::table::ENTRIES_MAX;
use lilliput_graph::{Tensor, execute};
use lilliput_import::{
    Calibration, ImportError, Imported, Options, dequantize, import, quantize_input, tensor_numbers,
};

use super::case::Case;
use super::prove::proven;

/// Largest graph that is proven here, in elementary steps and in lookups.
const WORK_MAX: u64 = 1 << 30;
const LOOKUPS_MAX: u64 = 1 << 21;
/// Floats may differ by this part of the output's range.
const TOLERANCE: f64 = 0.01;

/// Which inputs a case that passed had fixed.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Fixed {
    None,
    Some,
    /// The model has no inputs any more: the proof is one of a constant.
    All,
}

/// See the module's text.
pub(super) enum Outcome {
    Passed(Fixed),
    /// Import or set-up says no.
    Refused(String),
    /// The answer differs, or its proof fails.
    Wrong(String),
    Excluded(&'static str),
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passed(Fixed::None) => write!(f, "passed"),
            Self::Passed(Fixed::Some) => write!(f, "passed, some inputs fixed"),
            Self::Passed(Fixed::All) => write!(f, "passed, all inputs fixed"),
            Self::Refused(reason) => write!(f, "refused: {reason}"),
            Self::Wrong(reason) => write!(f, "wrong: {reason}"),
            Self::Excluded(reason) => write!(f, "excluded: {reason}"),
        }
    }
}

/// Numbers of all inputs, with their names.
struct Given {
    names: Vec<String>,
    numbers: Vec<Vec<f64>>,
}

pub(super) fn judge(case: &Case) -> Outcome {
    let given = match given(case) {
        Ok(given) => given,
        Err(error) => return Outcome::Refused(format!("{error:#}")),
    };
    let (imported, options) = match imported(case, &given) {
        Ok(imported) => imported,
        Err(error) => return Outcome::Refused(error.to_string()),
    };
    if imported.report.work > WORK_MAX || imported.report.lookups > LOOKUPS_MAX {
        return Outcome::Refused("too large for this table".into());
    }
    let fixed = match options.fixed.len() {
        0 => Fixed::None,
        all if all == given.names.len() => Fixed::All,
        _ => Fixed::Some,
    };
    match agrees(case, &given, &options, &imported) {
        Ok(()) => Outcome::Passed(fixed),
        Err(error) => {
            let bits = imported.report.activation_bits;
            Outcome::Wrong(format!("{error:#} (values of {bits} bits)"))
        }
    }
}

fn given(case: &Case) -> Result<Given> {
    let graph = case.model.graph.as_ref().context("no graph")?;
    let held = |name: &String| graph.initializer.iter().any(|tensor| tensor.name == *name);
    let mut names = Vec::new();
    let mut numbers = Vec::new();
    for (port, tensor) in graph.input.iter().zip(&case.inputs) {
        if !held(&port.name) {
            names.push(port.name.clone());
            numbers.push(tensor_numbers(tensor)?.1);
        }
    }
    Ok(Given { names, numbers })
}

/// Imports, fixing the inputs that have to be known, one after the other.
fn imported(case: &Case, given: &Given) -> Result<(Imported, Options), ImportError> {
    let calibration = Calibration::from_samples(vec![given.numbers.clone()]);
    // Accuracy first: as many table entries as a graph may have.
    let mut options = Options {
        table_entries: ENTRIES_MAX,
        ..Options::default()
    };
    // The case's own lengths, where the model leaves them open.
    for (name, tensor) in given.names.iter().zip(&case.inputs) {
        let lengths = tensor
            .dims
            .iter()
            .filter_map(|&length| usize::try_from(length).ok());
        options.shapes.insert(name.clone(), lengths.collect());
        if tensor.dims.contains(&0) {
            options.fixed.insert(name.clone());
        }
    }
    loop {
        match import(&case.onnx, &calibration, &options) {
            Ok(imported) => return Ok((imported, options)),
            Err(ImportError::Undecided { inputs, .. })
                if inputs.iter().any(|input| !options.fixed.contains(input)) =>
            {
                options.fixed.extend(inputs);
            }
            Err(error) => return Err(error),
        }
    }
}

fn agrees(case: &Case, given: &Given, options: &Options, imported: &Imported) -> Result<()> {
    let graph = imported.graph.graph();
    let named = given.names.iter().zip(&given.numbers);
    let free: Vec<&Vec<f64>> = named
        .filter(|(name, _)| !options.fixed.contains(*name))
        .map(|(_, numbers)| numbers)
        .collect();
    ensure!(
        free.len() == graph.inputs.len(),
        "the inputs' number changed"
    );
    let mut inputs = Vec::with_capacity(free.len());
    for (input, numbers) in graph.inputs.iter().zip(free) {
        let values = quantize_input(input, numbers)?.values;
        inputs.push(Tensor::new(input.shape.clone(), values).context("shape")?);
    }
    let trace = execute(&imported.graph, &imported.weights, &inputs)?;
    let outputs: Vec<Vec<i64>> = trace
        .outputs()
        .map(|tensor| tensor.values.clone())
        .collect();
    ensure!(
        outputs.len() <= case.outputs.len(),
        "outputs without a reference"
    );
    for ((output, integers), reference) in graph.outputs.iter().zip(&outputs).zip(&case.outputs) {
        let (shape, expected, exact) = tensor_numbers(reference)?;
        let own: Vec<usize> = output
            .shape
            .0
            .iter()
            .map(|&length| length as usize)
            .collect();
        ensure!(
            own == shape,
            "output '{}' has shape {own:?}, {shape:?} is right",
            output.name
        );
        compare(
            &output.name,
            &dequantize(output, integers),
            &expected,
            exact,
        )?;
    }
    drop(trace);
    proven(imported, &inputs, &outputs).context("no proof")
}

fn compare(name: &str, got: &[f64], expected: &[f64], exact: bool) -> Result<()> {
    ensure!(
        got.len() == expected.len(),
        "output '{name}' has another length"
    );
    if let Some(place) = expected.iter().position(|number| !number.is_finite()) {
        bail!(
            "number {place} of output '{name}' is {}, which no integer stands for",
            expected[place]
        );
    }
    let least = expected.iter().copied().fold(f64::INFINITY, f64::min);
    let most = expected.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // A single number, or the same everywhere, is its own range.
    let range = if most > least {
        most - least
    } else {
        most.abs()
    };
    for (place, (got, expected)) in got.iter().zip(expected).enumerate() {
        let difference = (got - expected).abs();
        let allowed = if exact { 0.0 } else { TOLERANCE * range };
        // Not a number is in no range.
        if !difference.le(&allowed) {
            bail!(
                "number {place} of output '{name}' is {got}, {expected} is right (range {range})"
            );
        }
    }
    Ok(())
}
