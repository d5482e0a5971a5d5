//! Humans by Semaphore: the proof that a wallet makes, against a group that the gate knows.

use lilliput_semaphore::{Proof, Value, verify};

use crate::desk::HumanCheck;
use crate::issuer::{Human, ProofRequest};

/// Checks Semaphore proofs. `knows` says whether a root (32 bytes, the highest first) is one of a group
/// whose members are humans: the newest, or one that was it until lately.
///
/// What costs little is checked first: most wrong proofs never reach the pairing.
#[must_use]
pub fn semaphore_check(knows: impl Fn(&[u8; 32]) -> bool + Send + Sync + 'static) -> HumanCheck {
    Box::new(move |proof: &serde_json::Value, wanted: &ProofRequest| check(proof, wanted, &knows))
}

fn check(
    proof: &serde_json::Value,
    wanted: &ProofRequest,
    knows: impl Fn(&[u8; 32]) -> bool,
) -> Result<Human, String> {
    let proof =
        Proof::from_json(proof.to_string().as_bytes()).map_err(|error| error.to_string())?;
    let scope = Value::from_bytes(wanted.scope);
    if proof.scope() != scope {
        return Err("it is for another scope, use the one that the page shows".to_owned());
    }
    if proof.message() != Value::from_bytes(wanted.message) {
        return Err("it is about another message, use the one that the page shows now".to_owned());
    }
    let root = proof.root();
    if !knows(&root.to_bytes()) {
        return Err("its group is not one of this site, or has changed since".to_owned());
    }
    let nullifier = verify(&proof, &scope, &root).map_err(|error| error.to_string())?;
    Ok(Human {
        nullifier: nullifier.to_bytes(),
    })
}
