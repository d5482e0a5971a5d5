//! The samples of one proof, and the labels that a score counts.

use std::path::Path;

use anyhow::anyhow;
use lilliput_graph::{Graph, Tensor};
use lilliput_import::Calibration;
use lilliput_verifier::Task;
use serde_json::{Map, Value, json};

use crate::failure::{Failure, OrExit, Result};
use crate::session::Session;
use crate::{files, numbers};

/// Integers of a model's inputs, sample by sample.
pub(crate) struct Samples {
    samples: Vec<Vec<Vec<i32>>>,
    labels: Option<Vec<u32>>,
}

impl Samples {
    /// Reads one or more samples, and their labels if a score is asked for.
    pub(crate) fn read(
        input: &Path,
        labels: Option<&Path>,
        graph: &Graph,
        strict: bool,
        session: &Session,
    ) -> Result<Self> {
        let numbers = numbers::read_samples(input, graph)?;
        let samples: Vec<_> = numbers
            .iter()
            .map(|sample| numbers::quantize(graph, sample, strict, session))
            .collect::<Result<_>>()?;
        let labels = labels
            .map(|path| read_labels(path, samples.len(), classes(graph)))
            .transpose()?;
        Ok(Self { samples, labels })
    }

    /// What is to be proven of them.
    pub(crate) fn task(&self) -> Task {
        let count = u32::try_from(self.samples.len()).unwrap_or(u32::MAX);
        match &self.labels {
            Some(_) => Task::Score(count),
            None => Task::Answers(count),
        }
    }

    /// The labels, if a score is asked for.
    pub(crate) fn labels(&self) -> Option<&[u32]> {
        self.labels.as_deref()
    }

    /// With the shapes of the model's inputs.
    pub(crate) fn tensors(&self, graph: &Graph) -> Vec<Vec<Tensor>> {
        let samples = self.samples.iter();
        samples
            .map(|sample| numbers::tensors(graph, sample))
            .collect()
    }

    /// As a statement has them: each input of all samples, one behind the other, then the labels.
    pub(crate) fn ports(&self) -> Vec<Vec<i32>> {
        let ports = self.samples.first().map_or(0, Vec::len);
        let stacked = (0..ports).map(|port| {
            let values = self.samples.iter().flat_map(|sample| &sample[port]);
            values.copied().collect()
        });
        let labels = self.labels.iter().map(|labels| {
            let labels = labels.iter();
            // Larger ones are refused as out of the model's range.
            labels
                .map(|&label| i32::try_from(label).unwrap_or(i32::MAX))
                .collect()
        });
        stacked.chain(labels).collect()
    }
}

/// Scores of a classifier.
fn classes(graph: &Graph) -> usize {
    let outputs = graph.outputs.iter();
    outputs.map(|output| output.shape.elements()).sum()
}

/// One label for each sample: a JSON list of integers, or `.npy`.
fn read_labels(path: &Path, samples: usize, classes: usize) -> Result<Vec<u32>> {
    let context = || format!("failed to read the labels {}", path.display());
    let bytes = files::read(path, files::NUMBERS_BYTES_MAX)?;
    let numbers: Vec<f64> = match serde_json::from_slice(&bytes) {
        Ok(numbers) => numbers,
        Err(_) => Calibration::parse(&bytes)
            .and_then(|parsed| parsed.samples(&[("labels", 1)]))
            .or_bad_input(context())?
            .concat()
            .concat(),
    };
    if numbers.len() != samples {
        return Err(Failure::bad_input(
            anyhow!("{} labels for {samples} samples", numbers.len()).context(context()),
        ));
    }
    let known = |number: f64| number.fract() == 0.0 && (0.0..classes as f64).contains(&number);
    if let Some(place) = numbers.iter().position(|&number| !known(number)) {
        return Err(Failure::bad_input(
            anyhow!(
                "label {place} is {}, the model has classes 0 to {}",
                numbers[place],
                classes.saturating_sub(1)
            )
            .context(context()),
        ));
    }
    Ok(numbers.into_iter().map(|number| number as u32).collect())
}

/// What a proof says of its samples, for people and for programs.
pub(crate) struct Said {
    pub(crate) text: String,
    pub(crate) fields: Map<String, Value>,
}

/// How a task's output is told: `integers` are those of the statement; none if it hides them.
pub(crate) fn say(graph: &Graph, task: Task, integers: Option<&[Vec<i64>]>) -> Said {
    let Some(integers) = integers else {
        return said("output  hidden".to_owned(), "output", Value::Null);
    };
    match task {
        Task::ANSWER => {
            let output = numbers::output(graph, integers);
            said(format!("output  {output:?}"), "output", json!(output))
        }
        Task::Answers(samples) => {
            let outputs: Vec<_> = by_sample(samples, integers)
                .iter()
                .map(|integers| numbers::output(graph, integers))
                .collect();
            let lines = outputs.iter().enumerate();
            let lines: Vec<_> = lines
                .map(|(sample, output)| format!("output  {sample}: {output:?}"))
                .collect();
            said(lines.join("\n"), "outputs", json!(outputs))
        }
        Task::Score(samples) => {
            let right = integers.iter().flatten().next().copied().unwrap_or(0);
            let part = right as f64 / f64::from(samples);
            said(
                format!(
                    "score   {right} of {samples} samples labelled right ({:.2} %)",
                    part * 100.0
                ),
                "score",
                json!({ "right": right, "samples": samples, "part": part }),
            )
        }
    }
}

fn said(text: String, field: &str, value: Value) -> Said {
    let fields = Map::from_iter([(field.to_owned(), value)]);
    Said { text, fields }
}

/// The integers of each answer, from those of all answers one behind the other.
pub(crate) fn by_sample(samples: u32, integers: &[Vec<i64>]) -> Vec<Vec<Vec<i64>>> {
    let samples = samples as usize;
    let one = |sample: usize| {
        let own = integers.iter().map(|values| {
            let each = values.len() / samples;
            values[sample * each..(sample + 1) * each].to_vec()
        });
        own.collect()
    };
    (0..samples).map(one).collect()
}
