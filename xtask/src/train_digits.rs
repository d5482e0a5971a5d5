//! `cargo xtask train-digits`: trains the bundled models on MNIST and writes all that goes with
//! them. One seed gives the same bytes on every machine.

mod augment;
pub(crate) mod eval;
mod export;
mod layers;
mod mnist;
mod network;
pub(crate) mod random;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use prost::Message as _;

use crate::say;
use mnist::{SIDE, Set};
use network::Network;
use random::Random;

/// Images in the calibration file.
const CALIBRATION_IMAGES: usize = 100;
/// Test images of each digit that are written as PNG.
const PICTURES_EACH: usize = 3;

/// Train the bundled models on MNIST.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder with MNIST's four IDX files (train-images-idx3-ubyte and so on).
    #[arg(long)]
    data: PathBuf,
    /// Where the models are written.
    #[arg(long, default_value = "models")]
    out: PathBuf,
    #[arg(long, value_enum, default_value = "digits")]
    model: Model,
    /// Passes over the 60,000 images.
    #[arg(long, default_value_t = 15)]
    epochs: usize,
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Model {
    /// A LeNet-like network of 44,426 parameters.
    Digits,
    /// 784-128-10, 101,770 parameters.
    Mlp,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let training = Set::training(&args.data)?;
    let test = Set::test(&args.data)?;
    let mut random = Random::new(args.seed);
    let (name, mut network) = match args.model {
        Model::Digits => ("digits", Network::lenet(&mut random)),
        Model::Mlp => ("mlp", Network::mlp(&mut random)),
    };
    say(&format!("{name}: {} parameters", network.parameters.len()));
    network::train(
        &mut network,
        training.len(),
        args.epochs,
        &mut random,
        |index, random| {
            let pixels = augment::distorted(training.image(index), random);
            (pixels, training.label(index))
        },
        |epoch, network| {
            let right = right_answers(network, &test);
            say(&format!(
                "epoch {}: {right} of {} test images",
                epoch + 1,
                test.len()
            ));
        },
    );
    let folder = args.out.join(name);
    std::fs::create_dir_all(&folder)?;
    let model = export::model(&network, name).encode_to_vec();
    std::fs::write(folder.join(format!("{name}.onnx")), model)?;
    if matches!(args.model, Model::Digits) {
        std::fs::write(folder.join("calibration.json"), calibration(&training))?;
        pictures(&folder.join("images"), &test)?;
    }
    Ok(())
}

fn right_answers(network: &mut Network, set: &Set) -> usize {
    (0..set.len())
        .filter(|&index| {
            let scores = network.answer(&augment::plain(set.image(index)));
            let best = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
            best == Some(set.label(index))
        })
        .count()
}

/// The first training images, one object each, numbers to three digits.
fn calibration(set: &Set) -> String {
    let mut text = String::from("[\n");
    for index in 0..CALIBRATION_IMAGES {
        let numbers: Vec<String> = set
            .image(index)
            .iter()
            .map(|&pixel| thousandths(pixel))
            .collect();
        let comma = if index + 1 < CALIBRATION_IMAGES {
            ","
        } else {
            ""
        };
        // Writing to a string can't fail.
        let _ = writeln!(text, "{{\"input_data\":[[{}]]}}{comma}", numbers.join(","));
    }
    text.push_str("]\n");
    text
}

/// `pixel / 255` rounded to three digits, without trailing zeros.
fn thousandths(pixel: u8) -> String {
    let thousandths = (u32::from(pixel) * 1_000 + 127) / 255;
    if thousandths.is_multiple_of(1_000) {
        return (thousandths / 1_000).to_string();
    }
    let digits = format!("{thousandths:03}");
    format!("0.{}", digits.trim_end_matches('0'))
}

/// The first test images of each digit, as they come.
fn pictures(folder: &Path, set: &Set) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut written = [0; 10];
    let mut number = 0;
    for index in 0..set.len() {
        let label = set.label(index);
        if written[label] == PICTURES_EACH {
            continue;
        }
        let path = folder.join(format!("{number:02}-label{label}.png"));
        picture(&path, set.image(index))
            .with_context(|| format!("failed to write {}", path.display()))?;
        written[label] += 1;
        number += 1;
    }
    Ok(())
}

fn picture(path: &Path, image: &[u8]) -> Result<()> {
    let file = std::io::BufWriter::new(std::fs::File::create(path)?);
    let mut encoder = png::Encoder::new(file, SIDE as u32, SIDE as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.write_header()?.write_image_data(image)?;
    Ok(())
}
