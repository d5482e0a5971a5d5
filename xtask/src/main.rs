//! All automation of the repository: `cargo xtask <command>`.

mod bench;
mod ci;
mod components;
mod eval_models;
mod fee_controller;
mod onnx_coverage;
mod onnx_file;
mod tidy;
mod train_digits;
mod wasm;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, Subcommand};

/// Automation of the lilliput repository.
#[derive(Parser)]
struct Cli {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Figures of the README, measured on whole processes.
    Bench(bench::Args),
    /// Formatting, clippy with warnings denied, and the README's test command.
    Ci,
    /// Compiles the components that the runtime is tested with; they are committed.
    Components(components::Args),
    /// Layers, file lengths, names, docs, links, blobs and vectors; also an ordinary test.
    Tidy,
    /// Counts the right answers of the bundled model on MNIST's test images.
    EvalDigits(train_digits::eval::Args),
    /// Runs real models in integers and compares them with onnxruntime.
    EvalModels(eval_models::Args),
    /// Floods against the fee controller, in virtual time; writes docs/fee-controller.md.
    FeeController(fee_controller::Args),
    /// Runs and proves the node cases of ONNX's test suite; writes docs/onnx-coverage.md.
    OnnxCoverage(onnx_coverage::Args),
    /// Trains the bundled models on MNIST.
    TrainDigits(train_digits::Args),
    /// Compiles the verifier to WebAssembly for the node's pages; the module is committed.
    Wasm(wasm::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Task::Bench(args) => bench::run(&args),
        Task::Ci => ci::run(),
        Task::Components(args) => components::run(&args),
        Task::Tidy => print_findings(),
        Task::EvalDigits(args) => train_digits::eval::run(&args),
        Task::EvalModels(args) => eval_models::run(&args),
        Task::FeeController(args) => root().and_then(|root| fee_controller::run(&args, &root)),
        Task::OnnxCoverage(args) => onnx_coverage::run(&args),
        Task::TrainDigits(args) => train_digits::run(&args),
        Task::Wasm(args) => wasm::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn print_findings() -> Result<()> {
    let findings = tidy::findings(&root()?)?;
    for finding in &findings {
        say(finding);
    }
    anyhow::ensure!(findings.is_empty(), "{} findings", findings.len());
    Ok(())
}

/// The repository's root: the folder above this crate.
fn root() -> Result<PathBuf> {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .map(Path::to_path_buf)
        .context("xtask has no parent folder")
}

/// One line to the terminal.
#[expect(clippy::print_stderr, reason = "a command line tool talks on stderr")]
fn say(line: &str) {
    eprintln!("{line}");
}

/// One line of a result.
#[expect(
    clippy::print_stdout,
    reason = "a command line tool's results go to stdout"
)]
fn print(line: &str) {
    println!("{line}");
}
