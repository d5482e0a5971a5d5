//! Results of lm-evaluation-harness: `results_*.json`, as version 0.4 writes it.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use lilliput_types::registry::{Attempt, Harness, Metric, Seed, TaskResult};
use lilliput_types::{BlobId, List, ModelId, Text};
use serde::Deserialize;
use serde_json::Value;

use super::number::billionths;
use super::samples::data_root;

/// The fields that are read; others are left alone.
#[derive(Deserialize)]
struct Results {
    results: BTreeMap<String, BTreeMap<String, Value>>,
    #[serde(default)]
    versions: BTreeMap<String, Value>,
    #[serde(default, rename = "n-shot")]
    shots: BTreeMap<String, Value>,
    #[serde(default, rename = "n-samples")]
    samples: BTreeMap<String, SampleCount>,
    #[serde(default)]
    config: Config,
    #[serde(default)]
    task_hashes: BTreeMap<String, String>,
    lm_eval_version: Option<String>,
    git_hash: Option<String>,
    model_name: Option<String>,
}

#[derive(Default, Deserialize)]
struct Config {
    model_args: Option<Value>,
    random_seed: Option<i64>,
    numpy_seed: Option<i64>,
    torch_seed: Option<i64>,
    fewshot_seed: Option<i64>,
}

#[derive(Clone, Copy, Deserialize)]
struct SampleCount {
    original: Option<u64>,
    effective: Option<u64>,
}

/// Reads a file of results.
pub(super) fn parse(bytes: &[u8], model: ModelId) -> anyhow::Result<Attempt> {
    let read: Results = serde_json::from_slice(bytes)?;
    let mut tasks = Vec::new();
    for (task, found) in &read.results {
        if let Some(result) = task_result(&read, task, found)? {
            tasks.push(result);
        }
    }
    if tasks.is_empty() {
        return Err(anyhow!("no task of the file has a number"));
    }
    let config = &read.config;
    let seeds = [
        ("random_seed", config.random_seed),
        ("numpy_seed", config.numpy_seed),
        ("torch_seed", config.torch_seed),
        ("fewshot_seed", config.fewshot_seed),
    ];
    let seeds = seeds
        .into_iter()
        .filter_map(|(name, value)| value.map(|value| (name, value)))
        .map(|(name, value)| {
            Ok(Seed {
                name: Text::new(name)?,
                value,
            })
        })
        .collect::<anyhow::Result<Vec<Seed>>>()?;
    let version = [read.lm_eval_version.as_deref(), read.git_hash.as_deref()];
    let version: Vec<&str> = version.into_iter().flatten().collect();
    let name = read.model_name.clone().or_else(|| {
        let args = config.model_args.as_ref()?;
        Some(
            args.as_str()
                .map_or_else(|| args.to_string(), str::to_owned),
        )
    });
    let hashes = tasks.iter().map(|task: &TaskResult| {
        let name = task.task.as_str();
        (name, read.task_hashes.get(name).map_or("", String::as_str))
    });
    Ok(Attempt {
        model,
        name: Text::new(name.unwrap_or_default()).context("the model's name")?,
        harness: Harness::LmEval,
        version: Text::new(version.join(" ")).context("the harness' version")?,
        data: data_root(hashes),
        seeds: List::new(seeds)?,
        transcript: None,
        source: BlobId::of(bytes),
        tasks: List::new(tasks).context("the tasks")?,
    })
}

/// What has numbers; a name alone (as of some groups) is no result.
fn task_result(
    read: &Results,
    task: &str,
    found: &BTreeMap<String, Value>,
) -> anyhow::Result<Option<TaskResult>> {
    let mut metrics = Vec::new();
    for (name, value) in found {
        // "acc,none": the metric and the filter of answers; its error is "acc_stderr,none".
        let Some((metric, filter)) = name.split_once(',') else {
            continue;
        };
        let Some(value) = value.as_f64().filter(|_| !metric.ends_with("_stderr")) else {
            continue;
        };
        let error = found.get(&format!("{metric}_stderr,{filter}"));
        let error = error.and_then(Value::as_f64).and_then(billionths);
        let value = billionths(value)
            .ok_or_else(|| anyhow!("{name} of task {task} is {value}, which is too large"))?;
        metrics.push(Metric {
            name: Text::new(name.as_str()).with_context(|| format!("a metric of task {task}"))?,
            value,
            error,
        });
    }
    if metrics.is_empty() {
        return Ok(None);
    }
    let plain = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let count = read.samples.get(task);
    Ok(Some(TaskResult {
        task: Text::new(task).context("a task's name")?,
        version: Text::new(read.versions.get(task).map(plain).unwrap_or_default())
            .with_context(|| format!("the version of task {task}"))?,
        shots: read
            .shots
            .get(task)
            .and_then(Value::as_u64)
            .and_then(|shots| u32::try_from(shots).ok()),
        samples: count.and_then(|count| count.effective),
        samples_of: count.and_then(|count| count.original),
        metrics: List::new(metrics).with_context(|| format!("the metrics of task {task}"))?,
    }))
}

#[cfg(test)]
mod tests;
