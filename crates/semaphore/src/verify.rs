//! The check of a proof.

use ark_bn254::Bn254;
use ark_groth16::Groth16;

use crate::{Element, Error, Nullifier, Proof, Value, keys};

/// Checks that some member of the group with this root made the proof, for this scope and with its message. Gives the
/// member's nullifier: whoever takes it at most once lets each member in at most once.
///
/// Anyone can turn a proof into another one of the same statement, so a proof's bytes are no name for it.
///
/// # Errors
/// When the proof is for another scope or root, or doesn't hold.
pub fn verify(proof: &Proof, scope: &Value, root: &Element) -> Result<Nullifier, Error> {
    if proof.scope() != *scope {
        return Err(Error::Scope {
            expected: *scope,
            got: proof.scope(),
        });
    }
    if proof.root() != *root {
        return Err(Error::Root {
            expected: *root,
            got: proof.root(),
        });
    }
    let depth = proof.depth();
    let key = keys::key(depth).ok_or(Error::Depth {
        got: depth,
        max: keys::DEPTH_MAX,
    })?;
    let inputs = [
        proof.root().0,
        proof.nullifier().0.0,
        proof.message().hashed(),
        proof.scope().hashed(),
    ];
    let holds = Groth16::<Bn254>::verify_proof(key, proof.points(), &inputs);
    match holds {
        Ok(true) => Ok(proof.nullifier()),
        // The other error is a wrong number of inputs, of which there are four.
        Ok(false) | Err(_) => Err(Error::Invalid),
    }
}
