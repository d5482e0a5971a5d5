//! `lilliput model import`: ONNX to `.lmodel` and `.lvk`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use clap::ValueEnum;
use lilliput_crypto::random_bytes;
use lilliput_graph::model::{Hiding, Model, OPENINGS_MAX};
use lilliput_import::{Calibration, Options, Report, import};
use lilliput_prover::{OPENINGS_DEFAULT, ProvingKey, setup};
use lilliput_provider::{ModelFile, secret};
use lilliput_verifier::VerifyingKey;
use serde_json::json;

use super::decided::Decided;
use crate::commands::prove::milliseconds;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;
use crate::session::Session;

/// Turn an ONNX model into integers and make its keys.
///
/// Writes DIR/model.lmodel (graph and weights: for provers) and DIR/model.lvk (the verifying key,
/// without weights: for everyone). The same file and samples give the same graph and weights on every
/// machine. Keys and proofs hide the weights for a number of proofs, which DIR/model.openings counts: never
/// copy a folder that it lies in, use `lilliput model share`. With --hide none the key is the same everywhere
/// as well, and `lilliput model audit` recomputes it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ONNX file.
    onnx: PathBuf,

    /// Samples of real inputs: {"input_data": [[numbers], …]} or a list of such objects, .npy, .npz.
    #[arg(long, value_name = "FILE")]
    calibrate: PathBuf,

    /// Where to write.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,

    #[command(flatten)]
    decided: Decided,

    /// Name of the model [default: the file's name].
    #[arg(long)]
    name: Option<String>,

    /// Whether keys and proofs hide the weights.
    #[arg(long, default_value = "weights")]
    hide: HideWeights,

    /// For how many proofs; more make the key larger and each proof slower.
    #[arg(long, value_name = "N", default_value_t = OPENINGS_DEFAULT, value_parser = clap::value_parser!(u32).range(1..=i64::from(OPENINGS_MAX)))]
    openings: u32,
}

/// Whether weights are hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HideWeights {
    /// By a fresh secret in the .lmodel.
    Weights,
    /// By nothing.
    None,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let started = Instant::now();
    let stem = args.onnx.file_stem().unwrap_or_default().to_string_lossy();
    let name = args.name.clone().unwrap_or_else(|| stem.into_owned());
    let hiding = match args.hide {
        HideWeights::Weights => Some(fresh(args.openings)?),
        HideWeights::None => None,
    };
    let options = args.decided.options()?;
    let read = read(&args.onnx, &args.calibrate, &options, session)?;
    let made = read.set_up(&name, hiding, session)?;
    let setup_ms = milliseconds(started);
    let path = args.out.join("model.lmodel");
    let model_bytes = made
        .model
        .encode()
        .or_bad_input("failed to write the model down")?;
    let file = ModelFile::create(&path, made.model, &made.key).map_err(files::model_error)?;
    file.write_encoded(&made.proving)
        .map_err(files::model_error)?;
    for warning in &made.report.warnings {
        session.say(format!("warning: {warning}"));
    }
    Ok(report(
        &file,
        &made.key,
        &made.report,
        model_bytes.len(),
        setup_ms,
    ))
}

fn report(
    file: &ModelFile,
    key: &VerifyingKey,
    report: &Report,
    model_bytes: usize,
    setup_ms: f64,
) -> Outcome {
    let id = hex::encode(key.model_id().0);
    let (path, key_path) = (file.path(), file.path().with_extension("lvk"));
    let (name, openings, key_bytes) = (&file.model.name, key.openings(), key.encode().len());
    let text = format!(
        "imported {name} in {setup_ms:.0} ms\n\
         model       {} ({model_bytes} bytes)\nkey         {} ({key_bytes} bytes)\nid          {id}\n\
         weights     {}\n\
         parameters  {}, lookups {}, values of {} bits, {:.1} bits of security",
        path.display(),
        key_path.display(),
        match openings {
            0 => "not hidden: the key is the same for everyone who imports this".to_owned(),
            openings => format!("hidden for {openings} proofs; the model file holds the secret"),
        },
        report.parameters,
        report.lookups,
        report.activation_bits,
        key.security().bits,
    );
    Outcome::new(
        text,
        json!({
            "model": id,
            "name": name,
            "model_file": path,
            "key_file": key_path,
            "model_bytes": model_bytes,
            "key_bytes": key_bytes,
            "setup_ms": setup_ms,
            "hidden": openings > 0,
            "openings": openings,
            "parameters": report.parameters,
            "nodes": report.nodes,
            "lookups": report.lookups,
            "activation_bits": report.activation_bits,
            "security_bits": key.security().bits,
            "warnings": report.warnings,
        }),
    )
}

/// A fresh secret for that many proofs.
pub(crate) fn fresh(openings: u32) -> Result<Hiding> {
    Ok(Hiding {
        seed: random_bytes()?,
        openings,
        share: 0..openings,
    })
}

/// A model in integers.
pub(super) struct Read(lilliput_import::Imported);

/// A model in integers, with its key.
pub(super) struct Made {
    pub(super) model: Model,
    pub(super) proving: ProvingKey,
    pub(super) key: VerifyingKey,
    pub(super) report: Report,
}

/// Imports a file.
pub(super) fn read(
    onnx: &Path,
    calibration: &Path,
    options: &Options,
    session: &Session,
) -> Result<Read> {
    let progress = session.progress("reading the model");
    let bytes = files::read(onnx, files::ONNX_BYTES_MAX)?;
    let samples = files::read(calibration, files::NUMBERS_BYTES_MAX)?;
    let samples = Calibration::parse(&samples)
        .or_bad_input(format!("failed to read {}", calibration.display()))?;
    progress.now("calibrating");
    let imported = import(&bytes, &samples, options)
        .or_bad_input(format!("failed to import {}", onnx.display()))?;
    Ok(Read(imported))
}

impl Read {
    /// Makes the keys; a model without weights has nothing to hide.
    pub(super) fn set_up(
        self,
        name: &str,
        hiding: Option<Hiding>,
        session: &Session,
    ) -> Result<Made> {
        let _progress = session.progress("committing to the weights");
        let Self(imported) = self;
        let weights = &imported.graph.graph().weights;
        let model = Model {
            name: name.to_owned(),
            hiding: hiding.filter(|_| !weights.is_empty()),
            graph: imported.graph,
            weights: imported.weights,
        };
        let made = setup(&model.graph, model.weights.clone(), &secret(&model));
        let (proving, key) = made.or_bad_input("the model can't be set up for proofs")?;
        Ok(Made {
            model,
            proving,
            key,
            report: imported.report,
        })
    }

    /// The graph alone.
    pub(super) fn graph(&self) -> &lilliput_graph::Graph {
        self.0.graph.graph()
    }
}
