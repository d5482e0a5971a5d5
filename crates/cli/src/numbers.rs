//! Between the numbers of files and pictures and the integers of a graph.

use std::path::Path;

use anyhow::anyhow;
use lilliput_graph::{Graph, Input, Post, Tensor};
use lilliput_import::number::scale_to_f64;
use lilliput_import::{Calibration, dequantize, quantize_input};
use serde::Deserialize;

use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::session::Session;

/// Widest and highest picture that is looked at.
const IMAGE_SIDE_MAX: u32 = 4096;

/// One sample from `.json`, `.npy` or `.npz`: a flat list for each of the model's inputs.
pub(crate) fn read_input(path: &Path, graph: &Graph) -> Result<Vec<Vec<f64>>> {
    let mut samples = read_samples(path, graph)?;
    match (samples.pop(), samples.len()) {
        (Some(sample), 0) => Ok(sample),
        (_, more) => Err(Failure::bad_input(
            anyhow!("{} samples, expected one", more + 1)
                .context(format!("failed to read the input {}", path.display())),
        )),
    }
}

/// One or more samples from `.json`, `.npy` or `.npz`: for each a flat list for each of the model's inputs.
pub(crate) fn read_samples(path: &Path, graph: &Graph) -> Result<Vec<Vec<Vec<f64>>>> {
    let bytes = files::read(path, files::NUMBERS_BYTES_MAX)?;
    let named: Vec<(&str, usize)> = graph
        .inputs
        .iter()
        .map(|input| (input.name.as_str(), input.shape.elements()))
        .collect();
    Calibration::parse(&bytes)
        .and_then(|parsed| parsed.samples(&named))
        .or_bad_input(format!("failed to read the input {}", path.display()))
}

/// A picture as the one input of a model: grey values from 0 to 1, row by row.
pub(crate) fn read_image(bytes: &[u8], name: &str, graph: &Graph) -> Result<Vec<Vec<f64>>> {
    let [input] = &graph.inputs[..] else {
        return Err(Failure::bad_input(anyhow!(
            "the model takes {} inputs, a picture is one",
            graph.inputs.len()
        )));
    };
    let (height, width) = picture_size(input)?;
    let (found_width, found_height, grey) = decode_png(bytes, name)?;
    if (found_width, found_height) != (width, height) {
        return Err(Failure::bad_input(anyhow!(
            "{name} is {found_width} x {found_height}, the model takes {width} x {height}"
        ))
        .hint("scale it to that size; digits are white on black"));
    }
    Ok(vec![grey])
}

/// Height and width of a model that takes one grey picture.
fn picture_size(input: &Input) -> Result<(u32, u32)> {
    match input.shape.0[..] {
        [height, width] | [1, height, width] | [1, 1, height, width] => Ok((height, width)),
        _ => Err(Failure::bad_input(anyhow!(
            "the model's input '{}' has shape {:?}, which is no grey picture",
            input.name,
            input.shape.0
        ))
        .hint("give the numbers with --input FILE.json")),
    }
}

/// Width, height and grey values from 0 to 255 of a picture, row by row.
pub(crate) fn grey_picture(bytes: &[u8], name: &str) -> Result<(u32, u32, Vec<u8>)> {
    let (width, height, grey) = decode_png(bytes, name)?;
    // From 0 to 1 by construction.
    let grey = grey.iter().map(|value| (value * 255.0).round() as u8);
    Ok((width, height, grey.collect()))
}

fn decode_png(bytes: &[u8], name: &str) -> Result<(u32, u32, Vec<f64>)> {
    let context = || format!("{name} is no readable PNG picture");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().or_bad_input(context())?;
    let (width, height) = reader.info().size();
    if width > IMAGE_SIDE_MAX || height > IMAGE_SIDE_MAX {
        return Err(Failure::bad_input(anyhow!(
            "{name} is {width} x {height}, at most {IMAGE_SIDE_MAX} a side"
        )));
    }
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| Failure::bad_input(anyhow!("{name} is too large")))?;
    let mut buffer = vec![0; length];
    let info = reader.next_frame(&mut buffer).or_bad_input(context())?;
    let samples = info.color_type.samples();
    let pixels = buffer[..info.buffer_size()].chunks_exact(samples);
    let grey = pixels.map(|pixel| grey(pixel) / 255.0).collect();
    Ok((width, height, grey))
}

/// Grey of a pixel with one to four samples, the last of two or four being opacity over black.
fn grey(pixel: &[u8]) -> f64 {
    let at = |index: usize| f64::from(pixel.get(index).copied().unwrap_or(0));
    match pixel.len() {
        1 => at(0),
        2 => at(0) * at(1) / 255.0,
        3 => luma(at(0), at(1), at(2)),
        _ => luma(at(0), at(1), at(2)) * at(3) / 255.0,
    }
}

/// ITU-R BT.601.
fn luma(red: f64, green: f64, blue: f64) -> f64 {
    0.299 * red + 0.587 * green + 0.114 * blue
}

/// The integers of a sample. Numbers outside of an input's range become those at its edge, as in every run of the
/// model, and this is said; `strict` refuses them.
pub(crate) fn quantize(
    graph: &Graph,
    sample: &[Vec<f64>],
    strict: bool,
    session: &Session,
) -> Result<Vec<Vec<i32>>> {
    let pairs = graph.inputs.iter().zip(sample);
    pairs
        .map(|(input, numbers)| {
            let quantized = quantize_input(input, numbers).or_bad_input("the input doesn't fit")?;
            if quantized.saturated > 0 {
                let said = format!(
                    "{} of {} numbers of '{}' lie outside of the range that the model was calibrated for",
                    quantized.saturated,
                    numbers.len(),
                    input.name
                );
                if strict {
                    return Err(Failure::bad_input(anyhow!(said)));
                }
                session.say(format!("note: {said} and were moved to its edge"));
            }
            let values = quantized.values.iter();
            values
                .map(|&value| i32::try_from(value).or_bad_input("the input has more than 32 bits"))
                .collect()
        })
        .collect()
}

/// Integers with the shapes of a model's inputs.
pub(crate) fn tensors(graph: &Graph, integers: &[Vec<i32>]) -> Vec<Tensor> {
    let pairs = graph.inputs.iter().zip(integers);
    pairs
        .map(|(input, values)| Tensor {
            shape: input.shape.clone(),
            values: values.iter().map(|&value| i64::from(value)).collect(),
        })
        .collect()
}

/// All outputs as one flat list of numbers.
pub(crate) fn output(graph: &Graph, integers: &[Vec<i64>]) -> Vec<f64> {
    let pairs = graph.outputs.iter().zip(integers);
    pairs
        .flat_map(|(output, values)| dequantize(output, values))
        .collect()
}

/// The place of the largest number: a classifier's label.
pub(crate) fn label(output: &[f64]) -> usize {
    let best = output
        .iter()
        .enumerate()
        .max_by(|left, right| left.1.total_cmp(right.1).then(right.0.cmp(&left.0)));
    best.map_or(0, |(place, _)| place)
}

/// The forms in which an expected output is accepted.
#[derive(Deserialize)]
#[serde(untagged)]
enum OutputFile {
    /// What `prove --json` and `verify --json` print.
    Named {
        output: Vec<f64>,
    },
    /// Like an input file.
    Lists {
        output_data: Vec<Vec<f64>>,
    },
    Flat(Vec<f64>),
}

/// Reads an expected output: a flat list, `{"output": […]}` or `{"output_data": [[…]]}`.
pub(crate) fn read_output(path: &Path) -> Result<Vec<f64>> {
    let bytes = files::read(path, files::NUMBERS_BYTES_MAX)?;
    let parsed: OutputFile = serde_json::from_slice(&bytes).or_bad_input(format!(
        "{} is none of [numbers], {{\"output\": [numbers]}}, {{\"output_data\": [[numbers]]}}",
        path.display()
    ))?;
    Ok(match parsed {
        OutputFile::Named { output } | OutputFile::Flat(output) => output,
        OutputFile::Lists { output_data } => output_data.concat(),
    })
}

/// Where an expected output differs from the proven integers: equal numbers fit, and without a
/// softmax whatever lies within half a unit.
pub(crate) fn output_difference(
    graph: &Graph,
    integers: &[Vec<i64>],
    expected: &[f64],
) -> Option<String> {
    let proven = output(graph, integers);
    if proven.len() != expected.len() {
        return Some(format!(
            "the proven output has {} numbers, {} were expected",
            proven.len(),
            expected.len()
        ));
    }
    let tolerances = graph
        .outputs
        .iter()
        .zip(integers)
        .flat_map(|(output, values)| {
            let half = match output.post {
                Post::None => scale_to_f64(output.scale) / 2.0,
                Post::Softmax => 0.0,
            };
            std::iter::repeat_n(half, values.len())
        });
    let pairs = proven.iter().zip(expected).zip(tolerances).enumerate();
    for (place, ((proven, expected), tolerance)) in pairs {
        let fits = proven == expected || (proven - expected).abs() <= tolerance;
        if !fits {
            return Some(format!(
                "number {place} of the proven output is {proven}, {expected} was expected"
            ));
        }
    }
    None
}
