//! `cargo xtask eval-digits`: how often the bundled model is right, in floating point and in integers.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use lilliput_graph::{Tensor, execute};
use lilliput_import::{
    Calibration, FloatModel, Imported, Options, dequantize, import, quantize_input,
};

use super::mnist::Set;
use crate::say;

/// Count the right answers of the bundled model on MNIST's test images.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder with MNIST's four IDX files.
    #[arg(long)]
    data: PathBuf,
    #[arg(long, default_value = "models/digits/digits.onnx")]
    model: PathBuf,
    #[arg(long, default_value = "models/digits/calibration.json")]
    calibrate: PathBuf,
    /// One JSON object on standard output.
    #[arg(long)]
    json: bool,
}

/// Right answers.
#[derive(Default)]
struct Count {
    float: usize,
    integer: usize,
    /// Both gave the same answer.
    agreed: usize,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let test = Set::test(&args.data)?;
    let read = |path: &PathBuf| {
        std::fs::read(path).with_context(|| format!("failed to read {}", path.display()))
    };
    let onnx = read(&args.model)?;
    let calibration = Calibration::parse(&read(&args.calibrate)?)?;
    let model = FloatModel::read(&onnx)?;
    let imported = import(&onnx, &calibration, &Options::default())?;
    let mut count = Count::default();
    for index in 0..test.len() {
        let pixels = test.image(index).iter();
        let image: Vec<f64> = pixels.map(|&pixel| f64::from(pixel) / 255.0).collect();
        let integer = best(&answer(&imported, &image)?);
        let float = model.run(&[image])?;
        let float = best(float.first().context("the model has no output")?);
        count.float += usize::from(float == test.label(index));
        count.integer += usize::from(integer == test.label(index));
        count.agreed += usize::from(float == integer);
    }
    report(args, &imported, &count, test.len())
}

/// The integer executor's scores.
fn answer(imported: &Imported, image: &[f64]) -> Result<Vec<f64>> {
    let graph = imported.graph.graph();
    let input = graph.inputs.first().context("the model has no input")?;
    let values = quantize_input(input, image)?.values;
    let tensor = Tensor::new(input.shape.clone(), values).context("the image doesn't fit")?;
    let inputs = [tensor];
    let trace = execute(&imported.graph, &imported.weights, &inputs)?;
    let scores = trace.outputs().next().context("the model has no output")?;
    Ok(dequantize(&graph.outputs[0], &scores.values))
}

fn best(scores: &[f64]) -> usize {
    let places = 0..scores.len();
    places
        .max_by(|&a, &b| scores[a].total_cmp(&scores[b]))
        .unwrap_or(0)
}

#[expect(clippy::print_stdout, reason = "the JSON object is for scripts")]
fn report(args: &Args, imported: &Imported, count: &Count, images: usize) -> Result<()> {
    ensure!(images > 0, "there are no test images");
    let percent = |right: usize| right as f64 * 100.0 / images as f64;
    let chosen = &imported.report;
    if args.json {
        let object = serde_json::json!({
            "images": images,
            "float_percent": percent(count.float),
            "integer_percent": percent(count.integer),
            "agreed_percent": percent(count.agreed),
            "activation_bits": chosen.activation_bits,
            "lookups": chosen.lookups,
            "table_entries": chosen.table_entries,
        });
        println!("{object}");
        return Ok(());
    }
    say(&format!(
        "floating point {:.2} %, integers {:.2} %, the same answer {:.2} %, of {images} test images",
        percent(count.float),
        percent(count.integer),
        percent(count.agreed)
    ));
    say(&format!(
        "{} bits between layers, {} lookups, tables of {} entries",
        chosen.activation_bits, chosen.lookups, chosen.table_entries
    ));
    Ok(())
}
