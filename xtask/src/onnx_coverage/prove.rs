//! The one place of this command that makes and checks a proof.

use anyhow::{Result, ensure};
use lilliput_graph::Tensor;
use lilliput_import::Imported;
use lilliput_prover::setup::OPENINGS_DEFAULT;
use lilliput_prover::{Hiding, ProveError, Request, prove, setup};
use lilliput_verifier::{Context, verify};

/// Proves one run with hidden weights and a committed input (a public one where its range is too wide to be
/// committed), checks the proof, and compares the outputs with those of the executor.
pub(super) fn proven(imported: &Imported, inputs: &[Tensor], outputs: &[Vec<i64>]) -> Result<()> {
    let hiding = Hiding::Weights {
        seed: [7; 32],
        openings: OPENINGS_DEFAULT,
    };
    let (proving, verifying) = setup(&imported.graph, imported.weights.clone(), &hiding)?;
    let mut request = Request::new(Context::OFFLINE, 0, &[7; 32]);
    let proof = match prove(&proving, &request, inputs) {
        Err(ProveError::Subject(_)) => {
            request.hidden.inputs = false;
            prove(&proving, &request, inputs)?
        }
        made => made?,
    };
    let verified = verify(&verifying, &Context::OFFLINE, &proof)?;
    ensure!(
        verified.outputs.as_deref() == Some(outputs),
        "the proof shows other outputs"
    );
    Ok(())
}
