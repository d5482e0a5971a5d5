//! `cargo xtask eval-digits`: how often the bundled model is right, in floating point and in integers.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use lilliput_graph::{Tensor, execute};
use lilliput_import::{
    Calibration, FloatModel, Imported, Options, dequantize, import, quantize_input,
};

use super::mnist::{SIDE, Set};
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
    /// Write the first test images and their labels to this folder, for `lilliput prove --labels`.
    #[arg(long, value_name = "FOLDER")]
    write: Option<PathBuf>,
    /// Images to write.
    #[arg(long, default_value_t = 1000)]
    count: usize,
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
    if let Some(folder) = &args.write {
        return write(&test, args.count.min(test.len()), folder);
    }
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

/// Writes `images.npy` and `labels.npy`.
fn write(test: &Set, count: usize, folder: &Path) -> Result<()> {
    let images = (0..count).flat_map(|index| test.image(index));
    let images = images.flat_map(|&pixel| (f32::from(pixel) / 255.0).to_le_bytes());
    let labels = (0..count).map(|index| test.label(index) as u8);
    let shape = format!("({count}, {SIDE}, {SIDE})");
    std::fs::create_dir_all(folder)?;
    std::fs::write(
        folder.join("images.npy"),
        npy("<f4", &shape, images.collect()),
    )?;
    let labels = npy("|u1", &format!("({count},)"), labels.collect());
    std::fs::write(folder.join("labels.npy"), labels)?;
    say(&format!(
        "wrote {count} images and labels to {}",
        folder.display()
    ));
    Ok(())
}

/// A file of numpy's format, version 1.
fn npy(kind: &str, shape: &str, data: Vec<u8>) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}");
    // Magic, version, length, header and its end, up to a multiple of 64 bytes.
    let length = (10 + header.len() + 1).next_multiple_of(64) - 10;
    let mut file = b"\x93NUMPY\x01\x00".to_vec();
    file.extend((length as u16).to_le_bytes());
    file.extend(format!("{header:<width$}\n", width = length - 1).into_bytes());
    file.extend(data);
    file
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
