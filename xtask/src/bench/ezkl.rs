//! EZKL on the same files: each step once, in a process of its own, its figures kept.
//!
//! A step takes minutes and much memory, so that figures are kept in the target folder under the
//! hash of all that goes in; what is there isn't measured again, and an interrupted run goes on.

#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::machine;
use super::measure::{OutOfMemory, Usage, once};
use super::python::{EZKL_VERSION, Python};
use super::work::Files;

/// Samples that EZKL chooses its scales by; it takes longer with more.
const CALIBRATION_SAMPLES: usize = 10;

/// What EZKL took.
pub(super) struct Ezkl {
    /// Settings and calibration, without the making of the SRS.
    pub(super) settings: Usage,
    pub(super) setup: Usage,
    pub(super) logrows: u64,
    pub(super) verifying_key_bytes: u64,
    pub(super) proving_key_bytes: u64,
    /// Nothing where proving needs more memory than the machine has.
    pub(super) proven: Option<Proven>,
    /// When and where.
    pub(super) date: String,
    pub(super) machine: String,
}

/// What its proof took.
pub(super) struct Proven {
    pub(super) prove: Usage,
    pub(super) verify: Usage,
    pub(super) check_ms: f64,
    pub(super) proof_bytes: u64,
}

/// The steps in order; the SRS belongs to no model, its cost isn't shown.
const STEPS: [&str; 5] = ["settings", "srs", "setup", "prove", "verify"];

/// Figures kept from earlier, if all steps ran on the same files.
pub(super) fn kept(files: &Files) -> Result<Option<Ezkl>> {
    let kept = Kept::open(files)?;
    let complete = STEPS.iter().all(|step| kept.steps[*step].is_object());
    (complete || kept.is_out_of_memory())
        .then(|| read(&kept.steps))
        .transpose()
}

/// Runs the steps that haven't run.
pub(super) fn measure(python: &Python, files: &Files) -> Result<Ezkl> {
    let mut kept = Kept::open(files)?;
    let folder = kept.folder.clone();
    fs::write(
        folder.join("calibration.json"),
        calibration(&files.calibration)?.to_string(),
    )?;
    fs::copy(&files.input, folder.join("input.json"))?;
    for step in STEPS {
        if kept.is_out_of_memory() {
            break;
        }
        if kept.steps[step].is_object() {
            continue;
        }
        crate::say(&format!("  EZKL: {step}"));
        let load = machine::load();
        let arguments = [Path::new(step), &folder, &files.onnx, python.folder()];
        let command = python.script("ezkl_step.py", &arguments);
        let usage = match once(&command) {
            Err(error) if step == "prove" && error.is::<OutOfMemory>() => {
                kept.steps[step] = json!({
                    "out_of_memory": true,
                    "date": machine::today(),
                    "machine": machine::name(),
                });
                kept.write()?;
                continue;
            }
            usage => usage.with_context(|| format!("EZKL, {step}"))?,
        };
        let facts: Value =
            serde_json::from_slice(&fs::read(folder.join(format!("facts-{step}.json")))?)?;
        kept.steps[step] = json!({
            "usage": usage.to_json(),
            "facts": facts,
            "date": machine::today(),
            "machine": machine::name(),
            "load_before": load,
        });
        kept.write()?;
    }
    // Gigabytes that nobody needs once all is measured.
    let proving_key = folder.join("pk.key");
    if proving_key.exists() {
        fs::remove_file(proving_key)?;
    }
    read(&kept.steps)
}

/// The figures so far, in a file beside what EZKL wrote.
struct Kept {
    folder: PathBuf,
    inputs: String,
    steps: Value,
}

impl Kept {
    fn open(files: &Files) -> Result<Self> {
        let mut hasher = blake3::Hasher::new();
        for path in [&files.onnx, &files.calibration, &files.input] {
            let bytes = fs::read(path).with_context(|| path.display().to_string())?;
            hasher.update(blake3::hash(&bytes).as_bytes());
        }
        hasher.update(EZKL_VERSION.as_bytes());
        let inputs = hasher.finalize().to_hex().to_string();
        let folder = files.folder.join("ezkl");
        fs::create_dir_all(&folder)?;
        let mut steps = json!({});
        if let Ok(bytes) = fs::read(folder.join("figures.json")) {
            let stored: Value = serde_json::from_slice(&bytes)?;
            if stored["inputs"] == inputs.as_str() {
                steps = stored["steps"].clone();
            }
        }
        Ok(Self {
            folder,
            inputs,
            steps,
        })
    }

    /// Whether proving ended for want of memory: nothing comes after it.
    fn is_out_of_memory(&self) -> bool {
        self.steps["prove"]["out_of_memory"] == true
    }

    fn write(&self) -> Result<()> {
        let content =
            json!({ "inputs": self.inputs, "version": EZKL_VERSION, "steps": self.steps });
        Ok(fs::write(
            self.folder.join("figures.json"),
            format!("{content:#}\n"),
        )?)
    }
}

fn read(steps: &Value) -> Result<Ezkl> {
    let usage = |step: &str| Usage::from_json(&steps[step]["usage"]);
    let fact = |step: &str, name: &str| {
        let fact = steps[step]["facts"][name].as_f64();
        fact.with_context(|| format!("EZKL's {step} has no {name}"))
    };
    let word = |name: &str| {
        let word = steps["prove"][name].as_str();
        word.unwrap_or_default().to_owned()
    };
    Ok(Ezkl {
        settings: usage("settings")?,
        setup: usage("setup")?,
        logrows: fact("settings", "logrows")? as u64,
        verifying_key_bytes: fact("setup", "vk_bytes")? as u64,
        proving_key_bytes: fact("setup", "pk_bytes")? as u64,
        proven: match steps["prove"]["out_of_memory"].as_bool() {
            Some(true) => None,
            _ => Some(Proven {
                prove: usage("prove")?,
                verify: usage("verify")?,
                check_ms: fact("verify", "verify_ms")?,
                proof_bytes: fact("prove", "proof_bytes")? as u64,
            }),
        },
        date: word("date"),
        machine: word("machine"),
    })
}

/// EZKL takes one flat list for each input, all samples one behind the other.
fn calibration(path: &Path) -> Result<Value> {
    let samples: Value = serde_json::from_slice(&fs::read(path)?)?;
    let samples = samples.as_array().context("no list of samples")?;
    let mut lists: Vec<Vec<Value>> = Vec::new();
    for sample in samples.iter().take(CALIBRATION_SAMPLES) {
        let inputs = sample["input_data"].as_array().context("no input_data")?;
        lists.resize(inputs.len(), Vec::new());
        for (list, input) in lists.iter_mut().zip(inputs) {
            list.extend(input.as_array().into_iter().flatten().cloned());
        }
    }
    Ok(json!({ "input_data": lists }))
}
