//! The one place of this command that makes and checks a proof.

use anyhow::{Result, ensure};
use lilliput_graph::Tensor;
use lilliput_import::Imported;
use lilliput_prover::{prove, setup};
use lilliput_verifier::{Context, verify};

/// Proves one run, checks the proof, and compares the outputs with those of the executor.
pub(super) fn proven(imported: &Imported, inputs: &[Tensor], outputs: &[Vec<i64>]) -> Result<()> {
    let (proving, verifying) = setup(&imported.graph, imported.weights.clone())?;
    let proof = prove(&proving, &Context::OFFLINE, [7; 32], inputs)?;
    let verified = verify(&verifying, &Context::OFFLINE, &proof)?;
    ensure!(verified.outputs == outputs, "the proof shows other outputs");
    Ok(())
}
