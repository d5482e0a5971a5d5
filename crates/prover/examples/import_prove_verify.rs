//! From an ONNX file to a proof that someone else checks, in a dozen lines.
//!
//! `cargo run --release -p lilliput-prover --example import_prove_verify [MODEL.onnx SAMPLES.json]`; the first sample is
//! what the proof is about.

#![expect(clippy::print_stdout, reason = "it prints what it did")]

use std::error::Error;

use lilliput_graph::Tensor;
use lilliput_import::{Calibration, Options, dequantize, import, quantize_input};
use lilliput_prover::{prove, setup};
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

    // The owner: integers, and a key that holds no weight.
    let imported = import(&onnx, &samples, &Options::default())?;
    let (proving_key, verifying_key) = setup(&imported.graph, imported.weights)?;
    let published = verifying_key.encode();

    // The provider: one input, its output and the proof.
    let input = &imported.graph.graph().inputs[0];
    let sample = samples.samples(&[(&input.name, input.shape.elements())])?;
    let values = quantize_input(input, &sample[0][0])?.values;
    let tensor = Tensor {
        shape: input.shape.clone(),
        values,
    };
    let salt = [7; 32]; // Of a real proof: random, and kept by whoever may show the input.
    let sent = prove(&proving_key, &Context::OFFLINE, salt, &[tensor])?.encode();

    // Anyone: with the key and the proof alone.
    let key = VerifyingKey::decode(&published)?;
    let verified = verify(&key, &Context::OFFLINE, &Proof::decode(&sent)?)?;
    let output = dequantize(&key.graph().outputs[0], &verified.outputs[0]);
    println!("key {} bytes, proof {} bytes", published.len(), sent.len());
    println!("proven with {:.1} bits: {output:?}", verified.security.bits);
    Ok(())
}
