//! Results of HELM: the folder of a run, with `run_spec.json` and `stats.json`.

use std::collections::BTreeMap;

use anyhow::{Context, anyhow};
use lilliput_crypto::MerkleTree;
use lilliput_types::registry::{Attempt, Harness, Metric, Seed, TaskResult};
use lilliput_types::{BlobId, List, ModelId, Text};
use serde::Deserialize;
use serde_json::Value;

use super::number::billionths;
use super::samples::data_root;

/// The files of a run.
pub(super) struct Run {
    pub(super) spec: Vec<u8>,
    pub(super) stats: Vec<u8>,
    /// The instances, if the run kept them.
    pub(super) instances: Option<Vec<u8>>,
}

#[derive(Deserialize)]
struct Spec {
    name: String,
    scenario_spec: Value,
    adapter_spec: Adapter,
}

#[derive(Deserialize)]
struct Adapter {
    model: Option<String>,
    model_deployment: Option<String>,
    max_train_instances: Option<u32>,
    num_train_trials: Option<i64>,
}

#[derive(Deserialize)]
struct Stat {
    name: StatName,
    #[serde(default)]
    count: u64,
    mean: Option<Value>,
}

#[derive(Deserialize)]
struct StatName {
    name: String,
    split: Option<String>,
    perturbation: Option<Value>,
}

/// Reads a run. HELM doesn't say its own version there.
pub(super) fn parse(run: &Run, version: &str, model: ModelId) -> anyhow::Result<Attempt> {
    let spec: Spec = serde_json::from_slice(&run.spec).context("run_spec.json")?;
    let stats: Vec<Stat> = serde_json::from_slice(&run.stats).context("stats.json")?;
    let metrics = metrics(&stats)?;
    let adapter = &spec.adapter_spec;
    let name = adapter.model.as_ref().or(adapter.model_deployment.as_ref());
    let data = match &run.instances {
        Some(bytes) => BlobId::of(bytes).to_string(),
        None => spec.scenario_spec.to_string(),
    };
    // What chance is drawn from: a scenario's own seed, and trials, numbered from zero.
    let scenario = spec
        .scenario_spec
        .get("args")
        .and_then(|args| args.get("seed"));
    let seeds = [
        ("scenario_seed", scenario.and_then(Value::as_i64)),
        ("num_train_trials", adapter.num_train_trials),
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
    let task = TaskResult {
        task: Text::new(spec.name.as_str()).context("the run's name")?,
        version: Text::new("")?,
        shots: adapter.max_train_instances,
        samples: None,
        samples_of: None,
        metrics: List::new(metrics).context("the metrics")?,
    };
    // Both files make the source.
    let source = MerkleTree::new([&run.spec, &run.stats]).root();
    Ok(Attempt {
        model,
        name: Text::new(name.cloned().unwrap_or_default()).context("the model's name")?,
        harness: Harness::Helm,
        version: Text::new(version).context("the harness' version")?,
        data: data_root([(spec.name.as_str(), data.as_str())]),
        seeds: List::new(seeds)?,
        transcript: None,
        source: BlobId(source),
        tasks: List::new(vec![task])?,
    })
}

/// Means by name and split, of what wasn't perturbed.
fn metrics(stats: &[Stat]) -> anyhow::Result<Vec<Metric>> {
    let mut found = BTreeMap::new();
    for stat in stats {
        let StatName {
            name,
            split,
            perturbation,
        } = &stat.name;
        let mean = stat.mean.as_ref().and_then(Value::as_f64);
        let (Some(mean), None, true) = (mean, perturbation, stat.count > 0) else {
            continue;
        };
        let label = match split {
            Some(split) => format!("{name}/{split}"),
            None => name.clone(),
        };
        let value = billionths(mean)
            .ok_or_else(|| anyhow!("the mean of {label} is {mean}, which is too large"))?;
        if found.insert(label.clone(), value).is_some() {
            return Err(anyhow!("{label} stands twice in stats.json"));
        }
    }
    if found.is_empty() {
        return Err(anyhow!("stats.json has no mean"));
    }
    found
        .into_iter()
        .map(|(name, value)| {
            Ok(Metric {
                name: Text::new(name).context("a metric's name")?,
                value,
                error: None,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests;
