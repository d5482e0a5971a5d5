//! `lilliput model import`: ONNX to `.lmodel` and `.lvk`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use lilliput_graph::model::Model;
use lilliput_import::{Calibration, Imported, Options, import};
use lilliput_prover::setup;
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
/// without weights: for everyone). The same file and samples give the same bytes on every machine.
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
}

/// A model in integers, with its key.
pub(super) struct Made {
    pub(super) imported: Imported,
    pub(super) key: VerifyingKey,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let started = Instant::now();
    let Made { imported, key } = make(
        &args.onnx,
        &args.calibrate,
        &args.decided.options()?,
        session,
    )?;
    let setup_ms = milliseconds(started);
    let stem = args.onnx.file_stem().unwrap_or_default().to_string_lossy();
    let report = imported.report;
    let model = Model {
        name: args.name.clone().unwrap_or_else(|| stem.into_owned()),
        graph: imported.graph,
        weights: imported.weights,
    };
    let model_bytes = model
        .encode()
        .or_bad_input("failed to write the model down")?;
    let key_bytes = key.encode();
    let (model_path, key_path) = (args.out.join("model.lmodel"), args.out.join("model.lvk"));
    files::write(&model_path, &model_bytes)?;
    files::write(&key_path, &key_bytes)?;
    for warning in &report.warnings {
        session.say(format!("warning: {warning}"));
    }
    let id = hex::encode(key.model_id().0);
    let text = format!(
        "imported {} in {setup_ms:.0} ms\n\
         model       {} ({} bytes)\nkey         {} ({} bytes)\nid          {id}\n\
         parameters  {}, lookups {}, values of {} bits, {:.1} bits of security",
        model.name,
        model_path.display(),
        model_bytes.len(),
        key_path.display(),
        key_bytes.len(),
        report.parameters,
        report.lookups,
        report.activation_bits,
        key.security().bits,
    );
    Ok(Outcome::new(
        text,
        json!({
            "model": id,
            "name": model.name,
            "model_file": model_path,
            "key_file": key_path,
            "model_bytes": model_bytes.len(),
            "key_bytes": key_bytes.len(),
            "setup_ms": setup_ms,
            "parameters": report.parameters,
            "nodes": report.nodes,
            "lookups": report.lookups,
            "activation_bits": report.activation_bits,
            "security_bits": key.security().bits,
            "warnings": report.warnings,
        }),
    ))
}

/// Imports a file and sets it up.
pub(super) fn make(
    onnx: &Path,
    calibration: &Path,
    options: &Options,
    session: &Session,
) -> Result<Made> {
    let progress = session.progress("reading the model");
    let bytes = files::read(onnx, files::ONNX_BYTES_MAX)?;
    let samples = files::read(calibration, files::NUMBERS_BYTES_MAX)?;
    let samples = Calibration::parse(&samples)
        .or_bad_input(format!("failed to read {}", calibration.display()))?;
    progress.now("calibrating");
    let imported = import(&bytes, &samples, options)
        .or_bad_input(format!("failed to import {}", onnx.display()))?;
    progress.now("committing to the weights");
    let weights = imported.weights.clone();
    let (_, key) =
        setup(&imported.graph, weights).or_bad_input("the model can't be set up for proofs")?;
    Ok(Made { imported, key })
}
