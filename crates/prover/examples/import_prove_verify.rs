//! From an ONNX file to a proof that someone else checks, in a dozen lines.
//!
//! `cargo run --release -p lilliput-prover --example import_prove_verify [MODEL.onnx SAMPLES.json]`; the first sample is
//! what the proof is about.

#![expect(clippy::print_stdout, reason = "it prints what it did")]

use std::error::Error;

use lilliput_graph::Tensor;
use lilliput_import::{Calibration, Options, dequantize, import, quantize_input};
use lilliput_prover::setup::OPENINGS_DEFAULT;
use lilliput_prover::{Hiding, Request, prove, setup};
use lilliput_verifier::{Context, Proof, VerifyingKey, verify};

const MODEL: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../models/digits/digits.onnx"
);
const SAMPLES: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../models/digits/calibration.json"
);

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let onnx = std::fs::read(arguments.next().unwrap_or_else(|| MODEL.into()))?;
    let samples = std::fs::read(arguments.next().unwrap_or_else(|| SAMPLES.into()))?;
    let samples = Calibration::parse(&samples)?;

    // The owner: integers, and a key that hides the weights for a number of proofs.
    let imported = import(&onnx, &samples, &Options::default())?;
    let hiding = Hiding::Weights {
        seed: rand::random(),
        openings: OPENINGS_DEFAULT,
    };
    let (proving_key, verifying_key) = setup(&imported.graph, imported.weights, &hiding)?;
    let published = verifying_key.encode();

    // The provider: one hidden input, its output and the proof, the first that this key is used for.
    let input = &imported.graph.graph().inputs[0];
    let sample = samples.samples(&[(&input.name, input.shape.elements())])?;
    let values = quantize_input(input, &sample[0][0])?.values;
    let tensor = Tensor {
        shape: input.shape.clone(),
        values,
    };
    let request = Request::new(Context::OFFLINE, 0, &rand::random());
    let sent = prove(&proving_key, &request, &[tensor])?.encode();

    // Anyone: with the key and the proof alone.
    let key = VerifyingKey::decode(&published)?;
    let verified = verify(&key, &Context::OFFLINE, &Proof::decode(&sent)?)?;
    let outputs = verified.outputs.ok_or("the output is hidden")?;
    let output = dequantize(&key.graph().outputs[0], &outputs[0]);
    println!("key {} bytes, proof {} bytes", published.len(), sent.len());
    println!("proven with {:.1} bits: {output:?}", verified.security.bits);
    Ok(())
}
