//! Set-up, proof and check of the bundled models, as anyone runs them: the command `lilliput` from
//! start to exit.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::measure;

/// The bundled models, with the calibration they are imported with.
const MODELS: [(&str, &str); 2] = [
    ("digits", "models/digits/digits.onnx"),
    ("mlp", "models/mlp/mlp.onnx"),
];
const CALIBRATION: &str = "models/digits/calibration.json";

#[derive(clap::Args)]
pub(super) struct Args {
    /// Counted runs of each command; the median is printed.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The command to measure [default: build target/release/lilliput].
    #[arg(long)]
    lilliput: Option<PathBuf>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let root = crate::root()?;
    let lilliput = match &args.lilliput {
        Some(path) => path.clone(),
        None => build(&root)?,
    };
    let work = tempfile::tempdir()?;
    crate::print("| work | CPU seconds | wall seconds | memory | size |");
    crate::print("|---|---|---|---|---|");
    for (name, onnx) in MODELS {
        let folder = work.path().join(name);
        measure_model(args.runs, &lilliput, &root, &folder, (name, onnx))?;
    }
    crate::print(&format!("\nMedian of {} runs on {}.", args.runs, machine()));
    Ok(())
}

fn measure_model(
    runs: usize,
    lilliput: &Path,
    root: &Path,
    folder: &Path,
    (name, onnx): (&str, &str),
) -> Result<()> {
    fs::create_dir_all(folder)?;
    let path = |file: &str| folder.join(file).display().to_string();
    let calibration = root.join(CALIBRATION);
    fs::write(path("input.json"), first_sample(&calibration)?.to_string())?;
    let command = |words: &[&str]| {
        let mut all = vec![lilliput.display().to_string(), "--quiet".to_owned()];
        all.extend(words.iter().map(|word| (*word).to_owned()));
        all
    };
    let import = command(&[
        "model",
        "import",
        &root.join(onnx).display().to_string(),
        "--calibrate",
        &calibration.display().to_string(),
        "--out",
        &folder.display().to_string(),
    ]);
    let prove = command(&[
        "prove",
        "--model",
        &path("model.lmodel"),
        "--input",
        &path("input.json"),
        "--out",
        &path("answer.lproof"),
    ]);
    let verify = command(&[
        "verify",
        "--key",
        &path("model.lvk"),
        "--proof",
        &path("answer.lproof"),
    ]);
    row(
        &format!("{name}: import and set-up"),
        &import,
        runs,
        &folder.join("model.lvk"),
    )?;
    row(
        &format!("{name}: prove"),
        &prove,
        runs,
        &folder.join("answer.lproof"),
    )?;
    row(
        &format!("{name}: verify, key and proof"),
        &verify,
        runs,
        &folder.join("answer.lproof"),
    )?;
    let report = verify_report(&verify)?;
    crate::print(&format!(
        "| {name}: verify, inside the process | | {:.4} | | {:.1} bits |",
        report["verify_ms"].as_f64().context("no verify_ms")? / 1000.0,
        report["security_bits"]
            .as_f64()
            .context("no security_bits")?
    ));
    Ok(())
}

fn row(what: &str, command: &[String], runs: usize, file: &Path) -> Result<()> {
    let usage = measure::median(command, runs)?;
    let kib = fs::metadata(file)?.len() as f64 / 1024.0;
    crate::print(&format!(
        "| {what} | {:.3} | {:.3} | {:.0} MiB | {kib:.0} KiB |",
        usage.cpu_seconds, usage.wall_seconds, usage.memory_mib
    ));
    Ok(())
}

fn verify_report(command: &[String]) -> Result<Value> {
    let (program, rest) = command.split_first().context("no command")?;
    let output = Command::new(program).args(rest).arg("--json").output()?;
    ensure!(
        output.status.success(),
        "verify ended with {}",
        output.status
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The first of the calibration's samples, as an input file.
fn first_sample(calibration: &Path) -> Result<Value> {
    let samples: Value = serde_json::from_slice(&fs::read(calibration)?)?;
    let first = match &samples {
        Value::Array(samples) => samples.first().context("the calibration is empty")?,
        other => other,
    };
    let input = first["input_data"].get(0).context("no input_data")?;
    Ok(json!({ "input_data": [input] }))
}

fn build(root: &Path) -> Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--package", "lilliput-cli"])
        .current_dir(root)
        .status()?;
    ensure!(status.success(), "the build failed");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    Ok(target.join("release/lilliput"))
}

/// Processor and number of cores, as Linux names them.
fn machine() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let name = info
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |rest| {
            rest.trim_start_matches(['\t', ' ', ':'])
        });
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!("{cores} cores of {name}")
}
