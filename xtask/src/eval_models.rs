//! `cargo xtask eval-models`: real models in integers, beside what onnxruntime answers.
//!
//! The folder comes from `prepare_magika.py` and `prepare_minilm.py` beside this file, which take
//! models from Python packages: no model is committed. Magika counts when both give one label, MiniLM by
//! the cosine of both embeddings. With `--ask` the same happens on a network of this machine, with proofs.

mod ask;
mod margins;
mod network;
mod samples;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
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
    /// Publish the models on a network of this machine and buy so many answers of each.
    #[arg(long, value_name = "QUESTIONS", num_args = 0..=1, default_missing_value = "3")]
    ask: Option<usize>,
    /// The command to ask with [default: target/release/lilliput].
    #[arg(long, value_name = "PATH", requires = "ask")]
    lilliput: Option<PathBuf>,
}

/// A model that others made, and how its answers are compared.
#[derive(Clone, Copy)]
struct Real {
    name: &'static str,
    inputs: &'static str,
    judge: Judge,
}

const MODELS: [Real; 2] = [
    Real {
        name: "magika",
        inputs: "magika-inputs.npy",
        judge: margins::agreement,
    },
    Real {
        name: "minilm",
        inputs: "minilm-inputs.npz",
        judge: cosines,
    },
];

impl Real {
    fn onnx(&self) -> String {
        format!("{}.onnx", self.name)
    }

    fn samples(&self) -> String {
        self.inputs.replace("inputs", "samples")
    }

    fn expected(&self) -> String {
        format!("{}-expected.npy", self.name)
    }
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let wanted = |real: &Real| args.only.as_deref().is_none_or(|only| only == real.name);
    let models: Vec<Real> = MODELS.into_iter().filter(wanted).collect();
    ensure!(!models.is_empty(), "there are the models magika and minilm");
    if let Some(questions) = args.ask {
        return ask::run(args, &models, questions);
    }
    for real in models {
        model(args, real).with_context(|| real.name.to_owned())?;
    }
    Ok(())
}

/// Says how near pairs of numbers, ours first, are.
type Judge = fn(&[(Vec<f64>, Vec<f64>)]) -> String;

fn model(args: &Args, real: Real) -> Result<()> {
    let path = |file: &str| args.data.join(file);
    let name = real.name;
    let onnx = read(&path(&real.onnx()))?;
    let calibration = Calibration::parse(&read(&path(&real.samples()))?)?;
    let options = Options {
        weight_bits: args.weight_bits,
        activation_bits: args.activation_bits,
        ..Options::default()
    };
    let started = Instant::now();
    let imported = import(&onnx, &calibration, &options)?;
    let seconds = started.elapsed().as_secs_f64();
    describe(args, name, seconds, &imported);
    let inputs = Samples::read(&path(real.inputs), &imported.graph.graph().inputs)?;
    let expected = Calibration::parse(&read(&path(&real.expected()))?)?;
    let elements = imported.graph.graph().outputs[0].shape.elements();
    let expected = expected.samples(&[("expected", elements)])?;
    let started = Instant::now();
    let count = inputs.0.len().min(args.most);
    let answers = answers(&imported, &inputs.0[..count])?;
    let each = started.elapsed().as_secs_f64() / count.max(1) as f64;
    let expected = expected.iter().map(|lists| lists[0].clone());
    let pairs: Vec<_> = answers.into_iter().zip(expected).collect();
    say(&format!(
        "{name}: {}; {each:.2} s a run",
        (real.judge)(&pairs)
    ));
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

/// The answers to some inputs, as many at a time as there are cores.
fn answers(imported: &Imported, inputs: &[Vec<Vec<f64>>]) -> Result<Vec<Vec<f64>>> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let each = inputs.len().div_ceil(cores).max(1);
    std::thread::scope(|scope| {
        let run = |input: &Vec<Vec<f64>>| answer(imported, input);
        let parts: Vec<_> = inputs
            .chunks(each)
            .map(|part| scope.spawn(move || part.iter().map(run).collect::<Result<Vec<_>>>()))
            .collect();
        let mut all = Vec::with_capacity(inputs.len());
        for part in parts {
            let answers = part.join();
            all.extend(answers.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(all)
    })
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
