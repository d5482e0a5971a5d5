//! What is measured: files, and the figures aimed at.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use lilliput_import::{Calibration, FloatModel};
use prost::Message as _;
use serde_json::{Value, json};

use super::networks::{block, perceptron};

/// Where a model comes from.
#[derive(Clone, Copy)]
enum Source {
    /// Files of this repository.
    Bundled {
        onnx: &'static str,
        calibration: &'static str,
    },
    /// Matrices of these widths.
    Perceptron(&'static [usize]),
    /// A transformer block on so many tokens.
    Block(usize),
    /// Files of `--data`, as `cargo xtask eval-models` takes them.
    Data {
        onnx: &'static str,
        samples: &'static str,
    },
}

/// A line of a plot.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Growth {
    Parameters,
    Tokens(usize),
}

/// What a proof was meant to take at most.
#[derive(Clone, Copy)]
pub(super) struct Aim {
    pub(super) cpu_seconds: f64,
    pub(super) memory_mb: f64,
    /// What would be outstanding.
    pub(super) moonshot_cpu_seconds: f64,
}

/// At most this many times onnxruntime's CPU time, in every row that has an aim.
pub(super) const AIM_TIMES: f64 = 4_000.0;
/// At most this long and large, in rows up to `AIM_PARAMETERS_MAX`.
pub(super) const AIM_VERIFY_MS: f64 = 30.0;
pub(super) const AIM_PROOF_KIB: f64 = 600.0;
pub(super) const AIM_PARAMETERS_MAX: u64 = 4_200_000;

/// How the peer takes part.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Peer {
    /// It proves the same file.
    Measured,
    /// It needs more memory than machines of this kind have: extrapolated from another row by the
    /// number of parameters.
    ExtrapolatedFrom(&'static str),
    /// It isn't asked.
    Absent,
}

/// A model to measure.
#[derive(Clone, Copy)]
pub(super) struct Work {
    /// For `--only`, and the name of its folder.
    pub(super) name: &'static str,
    /// For people.
    pub(super) title: &'static str,
    source: Source,
    pub(super) aim: Option<Aim>,
    pub(super) peer: Peer,
    pub(super) growth: Option<Growth>,
}

const fn aim(cpu_seconds: f64, memory_mb: f64, moonshot_cpu_seconds: f64) -> Option<Aim> {
    Some(Aim {
        cpu_seconds,
        memory_mb,
        moonshot_cpu_seconds,
    })
}

const fn grown(widths: &'static [usize], name: &'static str, title: &'static str) -> Work {
    Work {
        name,
        title,
        source: Source::Perceptron(widths),
        aim: None,
        peer: Peer::Absent,
        growth: Some(Growth::Parameters),
    }
}

const fn longer(tokens: usize, name: &'static str, title: &'static str) -> Work {
    Work {
        name,
        title,
        source: Source::Block(tokens),
        aim: None,
        peer: Peer::Absent,
        growth: Some(Growth::Tokens(tokens)),
    }
}

/// All rows: those of the table first, then what only the plots need.
pub(super) const ALL: [Work; 13] = [
    Work {
        name: "lenet-44k",
        title: "LeNet 44 k",
        source: Source::Bundled {
            onnx: "models/digits/digits.onnx",
            calibration: "models/digits/calibration.json",
        },
        aim: aim(0.2, 250.0, 0.08),
        peer: Peer::Measured,
        growth: None,
    },
    Work {
        aim: aim(0.3, 300.0, 0.1),
        peer: Peer::Measured,
        ..grown(&[784, 256, 256, 10], "mlp-268k", "MLP 268 k")
    },
    Work {
        aim: aim(0.35, 300.0, 0.12),
        peer: Peer::Measured,
        ..longer(16, "block-16", "transformer block, 16 tokens, width 64")
    },
    Work {
        aim: aim(0.7, 500.0, 0.3),
        peer: Peer::ExtrapolatedFrom("mlp-268k"),
        // Widths that are powers of two, since rows and columns are padded to these.
        ..grown(
            &[1024, 1024, 1024, 1024, 512, 512, 256, 128, 10],
            "mlp-4m",
            "MLP 4.1 M",
        )
    },
    Work {
        name: "minilm-l6",
        title: "MiniLM-L6 22 M, 32 tokens",
        source: Source::Data {
            onnx: "minilm.onnx",
            samples: "minilm-samples.npz",
        },
        aim: aim(6.0, 2_000.0, 2.5),
        peer: Peer::Absent,
        growth: None,
    },
    Work {
        name: "magika",
        title: "Magika, file types",
        source: Source::Data {
            onnx: "magika.onnx",
            samples: "magika-samples.npy",
        },
        aim: None,
        peer: Peer::Absent,
        growth: None,
    },
    Work {
        peer: Peer::Measured,
        ..grown(&[128, 64, 64, 64, 10], "mlp-17k", "MLP 17 k")
    },
    Work {
        peer: Peer::Measured,
        ..grown(&[256, 128, 128, 128, 10], "mlp-67k", "MLP 67 k")
    },
    grown(&[1024, 512, 512, 512, 10], "mlp-1m", "MLP 1.1 M"),
    longer(4, "block-4", "transformer block, 4 tokens"),
    longer(8, "block-8", "transformer block, 8 tokens"),
    longer(32, "block-32", "transformer block, 32 tokens"),
    longer(64, "block-64", "transformer block, 64 tokens"),
];

/// A model's files, ready for all who measure it.
pub(super) struct Files {
    pub(super) folder: PathBuf,
    pub(super) onnx: PathBuf,
    pub(super) calibration: PathBuf,
    /// One sample.
    pub(super) input: PathBuf,
}

impl Work {
    /// Whether its files come from `--data`.
    pub(super) fn needs_data(&self) -> bool {
        matches!(self.source, Source::Data { .. })
    }

    /// Writes or finds the files; none if they are to come from `--data` and aren't there.
    pub(super) fn files(
        &self,
        root: &Path,
        data: Option<&Path>,
        target: &Path,
    ) -> Result<Option<Files>> {
        let folder = target.join(self.name);
        fs::create_dir_all(&folder)?;
        let (onnx, calibration) = match self.source {
            Source::Bundled { onnx, calibration } => (root.join(onnx), root.join(calibration)),
            Source::Perceptron(widths) => write(&folder, &perceptron(self.name, widths))?,
            Source::Block(tokens) => write(&folder, &block(self.name, tokens))?,
            Source::Data { onnx, samples } => {
                let Some(data) = data else { return Ok(None) };
                (data.join(onnx), data.join(samples))
            }
        };
        let input = folder.join("input.json");
        let sample = match self.source {
            Source::Data { .. } => first_array(&onnx, &calibration),
            _ => first_sample(&calibration),
        };
        let sample = sample.with_context(|| format!("failed to read {}", calibration.display()))?;
        fs::write(&input, sample.to_string())?;
        Ok(Some(Files {
            folder,
            onnx,
            calibration,
            input,
        }))
    }
}

fn write(folder: &Path, network: &super::networks::Network) -> Result<(PathBuf, PathBuf)> {
    let (onnx, calibration) = (folder.join("model.onnx"), folder.join("calibration.json"));
    fs::write(&onnx, network.model.encode_to_vec())?;
    fs::write(&calibration, network.calibration().to_string())?;
    Ok((onnx, calibration))
}

/// The first sample of numpy's files, whose arrays find their inputs by name.
fn first_array(onnx: &Path, calibration: &Path) -> Result<Value> {
    let model = FloatModel::read(&fs::read(onnx)?)?;
    let samples = model.samples(&Calibration::parse(&fs::read(calibration)?)?)?;
    let first = samples.first().context("the calibration is empty")?;
    Ok(json!({ "input_data": first }))
}

/// The first of the calibration's samples, as an input file.
fn first_sample(calibration: &Path) -> Result<Value> {
    let samples: Value = serde_json::from_slice(&fs::read(calibration)?)?;
    let first = match &samples {
        Value::Array(samples) => samples.first().context("the calibration is empty")?,
        other => other,
    };
    let inputs = first["input_data"].as_array().context("no input_data")?;
    Ok(json!({ "input_data": inputs }))
}
