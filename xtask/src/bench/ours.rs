//! The command `lilliput`, from start to exit, on one model.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::measure::{Figures, Spread, repeatedly};
use super::work::Files;

/// A check takes milliseconds, and a clock on a shared machine errs by as much.
const CHECKS_PER_RUN: usize = 5;

/// What a proof doesn't reveal. The output is public in both.
#[derive(Clone, Copy)]
pub(super) enum Hide {
    /// What the command does unless it is told otherwise.
    WeightsAndInput,
    Nothing,
}

impl Hide {
    fn folder(self) -> &'static str {
        match self {
            Self::WeightsAndInput => "hidden",
            Self::Nothing => "open",
        }
    }

    /// For `lilliput model import` and `lilliput prove`.
    fn flags(self) -> (&'static str, &'static str) {
        match self {
            Self::WeightsAndInput => ("--hide=weights", "--hide=weights,input"),
            Self::Nothing => ("--hide=none", "--hide=none"),
        }
    }
}

/// What we took.
pub(super) struct Ours {
    pub(super) parameters: u64,
    pub(super) lookups: u64,
    pub(super) import: Figures,
    pub(super) prove: Figures,
    pub(super) verify: Figures,
    /// The check of a proof alone, without process and key.
    pub(super) check_ms: Spread,
    pub(super) security_bits: f64,
    pub(super) key_bytes: u64,
    /// All that the prover keeps on disk: the model, and its weights encoded.
    pub(super) kept_bytes: u64,
    pub(super) proof_bytes: u64,
    /// All outputs, one behind the other.
    pub(super) output: Vec<f64>,
}

/// Imports, proves and verifies.
pub(super) fn measure(lilliput: &Path, files: &Files, runs: usize, hide: Hide) -> Result<Ours> {
    let out = files.folder.join(hide.folder());
    // An import doesn't write over a model that hides its weights.
    let emptied = || {
        if out.exists() {
            fs::remove_dir_all(&out)?;
        }
        Ok(fs::create_dir_all(&out)?)
    };
    let as_it_is = || Ok(());
    let (hide_at_import, hide_in_proof) = hide.flags();
    let path = |file: &str| text(&out.join(file));
    let (key, proof) = (path("model.lvk"), path("answer.lproof"));
    let command = |words: &[&str]| -> Vec<String> {
        let program = [text(lilliput), "--quiet".into()];
        let words = words.iter().map(|&word| word.to_owned());
        program.into_iter().chain(words).collect()
    };
    let (onnx, samples) = (text(&files.onnx), text(&files.calibration));
    let mut import = command(&["model", "import", &onnx, hide_at_import]);
    import.extend(["--calibrate".into(), samples, "--out".into(), text(&out)]);
    let (model, input) = (path("model.lmodel"), text(&files.input));
    let mut prove = command(&["prove", "--model", &model, hide_in_proof]);
    prove.extend(["--input".into(), input, "--out".into(), proof.clone()]);
    let verify = command(&["verify", "--key", &key, "--proof", &proof]);

    let import_figures = repeatedly(&import, runs, emptied).context("import")?;
    emptied()?;
    let imported = report(&import)?;
    let kept_bytes = folder_bytes(&out)?;
    let prove_figures = repeatedly(&prove, runs, as_it_is).context("prove")?;
    let verify_figures = repeatedly(&verify, runs, as_it_is).context("verify")?;
    let checks = (0..runs * CHECKS_PER_RUN)
        .map(|_| report(&verify))
        .collect::<Result<Vec<Value>>>()?;
    let check_ms = checks.iter().map(|check| number(check, "verify_ms"));
    let last = checks.last().context("no run of verify")?;
    Ok(Ours {
        parameters: number(&imported, "parameters")? as u64,
        lookups: number(&imported, "lookups")? as u64,
        import: import_figures,
        prove: prove_figures,
        verify: verify_figures,
        check_ms: Spread::of(check_ms.collect::<Result<_>>()?),
        security_bits: number(last, "security_bits")?,
        key_bytes: fs::metadata(&key)?.len(),
        kept_bytes,
        proof_bytes: fs::metadata(&proof)?.len(),
        output: numbers(last, "output")?,
    })
}

fn folder_bytes(folder: &Path) -> Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let metadata = entry?.metadata()?;
        bytes += if metadata.is_file() {
            metadata.len()
        } else {
            0
        };
    }
    Ok(bytes)
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn number(report: &Value, name: &str) -> Result<f64> {
    report[name].as_f64().with_context(|| format!("no {name}"))
}

fn numbers(report: &Value, name: &str) -> Result<Vec<f64>> {
    let numbers = report[name].as_array();
    let numbers = numbers.with_context(|| format!("no {name}"))?;
    Ok(numbers.iter().filter_map(Value::as_f64).collect())
}

/// What the command says about itself.
fn report(command: &[String]) -> Result<Value> {
    let (program, rest) = command.split_first().context("no command")?;
    let output = Command::new(program).args(rest).arg("--json").output()?;
    ensure!(
        output.status.success(),
        "{program} ended with {}",
        output.status
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}
