//! `lilliput prove`: run a model and prove the run, without any network.

use std::path::PathBuf;
use std::time::Instant;

use lilliput_crypto::random_bytes;
use lilliput_prover::prove;
use lilliput_verifier::Context;
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::{files, numbers};

/// Run a model on an input and prove the output; needs no network.
///
/// The proof shows input and output in the clear; it holds no weights. Whoever has the model's key
/// checks it with `lilliput verify`.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model, as `lilliput model import` wrote it.
    #[arg(long, value_name = "FILE.lmodel")]
    model: PathBuf,

    /// The input: {"input_data": [[numbers], …]}, .npy or .npz.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,

    /// Where to write the proof.
    #[arg(long, value_name = "FILE.lproof")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let progress = session.progress("reading the model");
    let key = files::proving_key(&args.model)?;
    let verifying = key.verifying_key();
    let graph = verifying.graph();
    let sample = numbers::read_input(&args.input, graph)?;
    let integers = numbers::quantize(graph, &sample)?;
    let tensors = numbers::tensors(graph, &integers);
    progress.now("proving");
    let started = Instant::now();
    let salt = random_bytes()?;
    let proof = prove(&key, &Context::OFFLINE, salt, &tensors).or_failed("failed to prove")?;
    let prove_ms = milliseconds(started);
    let bytes = proof.encode();
    drop(progress);
    files::write(&args.out, &bytes)?;
    let outputs: Vec<Vec<i64>> = widen(&proof.statement.outputs);
    let output = numbers::output(graph, &outputs);
    let text = format!(
        "proved in {prove_ms:.0} ms: {} ({} bytes)\nmodel   {}\noutput  {output:?}",
        args.out.display(),
        bytes.len(),
        hex::encode(verifying.model_id().0),
    );
    Ok(Outcome::new(
        text,
        json!({
            "prove_ms": prove_ms,
            "output": output,
            "proof_bytes": bytes.len(),
            "model": hex::encode(verifying.model_id().0),
            "proof": args.out,
        }),
    ))
}

/// Milliseconds since a moment, to a thousandth.
pub(crate) fn milliseconds(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

fn widen(ports: &[Vec<i32>]) -> Vec<Vec<i64>> {
    let ports = ports.iter();
    ports
        .map(|values| values.iter().map(|&value| i64::from(value)).collect())
        .collect()
}
