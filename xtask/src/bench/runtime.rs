//! What a run costs without any proof: onnxruntime's CPU time.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::python::{Python, succeed};
use super::work::Files;

/// One run of onnxruntime.
pub(super) struct Runtime {
    /// On one thread.
    pub(super) cpu_ms: f64,
    /// With as many threads as it chooses.
    pub(super) threaded_cpu_ms: f64,
    pub(super) version: String,
    output: Vec<f64>,
}

/// Runs the model on its first sample.
pub(super) fn measure(python: &Python, files: &Files, samples: usize) -> Result<Runtime> {
    let report = files.folder.join("onnxruntime.json");
    let samples = samples.to_string();
    let arguments = [&files.onnx, &files.input, &report, Path::new(&samples)];
    let command = python.script("run_onnx.py", &arguments.map(AsRef::as_ref));
    let (program, rest) = command.split_first().context("no command")?;
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    succeed(Path::new(program), &rest)?;
    let report: Value = serde_json::from_slice(&fs::read(&report)?)?;
    let number = |name: &str| report[name].as_f64().with_context(|| format!("no {name}"));
    let output = report["output"].as_array().context("no output")?;
    Ok(Runtime {
        cpu_ms: number("cpu_ms")?,
        threaded_cpu_ms: number("threaded_cpu_ms")?,
        version: report["version"].as_str().unwrap_or_default().to_owned(),
        output: output.iter().filter_map(Value::as_f64).collect(),
    })
}

impl Runtime {
    /// The largest difference of an output from this one, as a share of this one's range.
    pub(super) fn difference(&self, output: &[f64]) -> Option<f64> {
        if output.len() != self.output.len() {
            return None;
        }
        let pairs = output.iter().zip(&self.output);
        let largest = pairs.fold(0.0, |most: f64, (ours, theirs)| {
            most.max((ours - theirs).abs())
        });
        let most = self.output.iter().copied().fold(f64::MIN, f64::max);
        let least = self.output.iter().copied().fold(f64::MAX, f64::min);
        (most > least).then(|| largest / (most - least))
    }
}
