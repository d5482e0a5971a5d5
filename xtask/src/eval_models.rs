//! `cargo xtask eval-models`: real models in integers, beside what onnxruntime answers.
//!
//! The folder comes from `prepare_magika.py` and `prepare_minilm.py` beside this file, which take
//! models from Python packages: no model is committed. Magika counts when both give one label, MiniLM by
//! the cosine of both embeddings.

mod samples;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};
use lilliput_graph::{Op, Tensor, execute};
use lilliput_import::{Calibration, Imported, Options, dequantize, import, quantize_input};

use crate::say;
use samples::Samples;

/// Run real models in integers and compare with onnxruntime.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder that the scripts wrote.
    #[arg(long)]
    data: PathBuf,
    /// Only this model: magika or minilm.
    #[arg(long)]
    only: Option<String>,
    /// Most inputs of each model.
    #[arg(long, default_value_t = 100_000)]
    most: usize,
    /// Most bits of a weight.
    #[arg(long, default_value_t = Options::default().weight_bits)]
    weight_bits: u8,
    /// Most bits of a value between layers.
    #[arg(long, default_value_t = Options::default().activation_bits)]
    activation_bits: u8,
    /// Lookups by node and table, too.
    #[arg(long)]
    nodes: bool,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    for (name, inputs, judge) in [
        ("magika", "magika-inputs.npy", agreement as Judge),
        ("minilm", "minilm-inputs.npz", cosines as Judge),
    ] {
        if args.only.as_deref().is_none_or(|only| only == name) {
            model(args, name, inputs, judge).with_context(|| name.to_owned())?;
        }
    }
    Ok(())
}

/// Says how near pairs of numbers, ours first, are.
type Judge = fn(&[(Vec<f64>, Vec<f64>)]) -> String;

fn model(args: &Args, name: &str, inputs: &str, judge: Judge) -> Result<()> {
    let path = |file: &str| args.data.join(file);
    let samples = inputs.replace("inputs", "samples");
    let onnx = read(&path(&format!("{name}.onnx")))?;
    let calibration = Calibration::parse(&read(&path(&samples))?)?;
    let options = Options {
        weight_bits: args.weight_bits,
        activation_bits: args.activation_bits,
        ..Options::default()
    };
    let started = Instant::now();
    let imported = import(&onnx, &calibration, &options)?;
    let seconds = started.elapsed().as_secs_f64();
    describe(args, name, seconds, &imported);
    let inputs = Samples::read(&path(inputs), &imported.graph.graph().inputs)?;
    let expected = Calibration::parse(&read(&path(&format!("{name}-expected.npy")))?)?;
    let elements = imported.graph.graph().outputs[0].shape.elements();
    let expected = expected.samples(&[("expected", elements)])?;
    let mut pairs = Vec::new();
    let started = Instant::now();
    for (input, expected) in inputs.0.iter().zip(&expected).take(args.most) {
        pairs.push((answer(&imported, input)?, expected[0].clone()));
    }
    let each = started.elapsed().as_secs_f64() / pairs.len().max(1) as f64;
    say(&format!("{name}: {}; {each:.2} s a run", judge(&pairs)));
    Ok(())
}

fn describe(args: &Args, name: &str, seconds: f64, imported: &Imported) {
    let report = &imported.report;
    say(&format!(
        "{name}: imported in {seconds:.1} s: {} parameters, {} nodes, {} lookups, {} table entries, \
         values of {} bits, {} steps",
        report.parameters,
        report.nodes,
        report.lookups,
        report.table_entries,
        report.activation_bits,
        report.work,
    ));
    for warning in &report.warnings {
        say(&format!("{name}: {warning}"));
    }
    if args.nodes {
        let graph = imported.graph.graph();
        for index in 0..graph.nodes.len() {
            let id = graph.node_id(index);
            let shape = &imported.graph.tensor_shape(id).0;
            match graph.op(id) {
                Some(Op::Lookup { shift, table, .. }) => say(&format!(
                    "{index} Lookup {shape:?} shift {shift} table {table} of {} entries",
                    graph.tables[usize::from(*table)].entries(),
                )),
                Some(op) => say(&format!("{index} {} {shape:?}", op.kind())),
                None => {}
            }
        }
    }
}

fn answer(imported: &Imported, numbers: &[Vec<f64>]) -> Result<Vec<f64>> {
    let graph = imported.graph.graph();
    let mut inputs = Vec::with_capacity(graph.inputs.len());
    for (input, numbers) in graph.inputs.iter().zip(numbers) {
        inputs.push(Tensor {
            shape: input.shape.clone(),
            values: quantize_input(input, numbers)?.values,
        });
    }
    let trace = execute(&imported.graph, &imported.weights, &inputs)?;
    let integers = &trace
        .outputs()
        .next()
        .context("the model has no output")?
        .values;
    Ok(dequantize(&graph.outputs[0], integers))
}

fn best(numbers: &[f64]) -> usize {
    let places = 0..numbers.len();
    places
        .max_by(|&a, &b| numbers[a].total_cmp(&numbers[b]).then(b.cmp(&a)))
        .unwrap_or(0)
}

fn agreement(pairs: &[(Vec<f64>, Vec<f64>)]) -> String {
    let same = |(ours, theirs): &&(Vec<f64>, Vec<f64>)| best(ours) == best(theirs);
    let agreed = pairs.iter().filter(same).count();
    let percent = 100.0 * agreed as f64 / pairs.len().max(1) as f64;
    format!(
        "same label for {agreed} of {} files ({percent:.2} %)",
        pairs.len()
    )
}

fn cosine(a: &[f64], b: &[f64]) -> f64 {
    let dot = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

fn cosines(pairs: &[(Vec<f64>, Vec<f64>)]) -> String {
    let all: Vec<f64> = pairs.iter().map(|(a, b)| cosine(a, b)).collect();
    let mean = all.iter().sum::<f64>() / all.len().max(1) as f64;
    let least = all.iter().copied().fold(f64::INFINITY, f64::min);
    format!(
        "cosine of {} sentences: mean {mean:.4}, least {least:.4}",
        all.len()
    )
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}
