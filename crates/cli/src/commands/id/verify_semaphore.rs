//! `lilliput id verify-semaphore`: check a proof of the Semaphore client.

use std::path::PathBuf;
use std::time::Instant;

use lilliput_semaphore::{Element, JSON_LEN_MAX, Proof, Value, verify};
use serde_json::json;

use crate::commands::prove::milliseconds;
use crate::failure::{OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Check a proof of the public Semaphore client (version 4): that a member of a group made it, for a scope.
///
/// Needs no network. Exit code 3: the proof is for another scope or root, isn't well-formed, or doesn't hold. Whoever lets
/// people in by it also has to take each nullifier once.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The proof, as `@semaphore-protocol/proof` writes it.
    #[arg(value_name = "PROOF.json")]
    proof: PathBuf,

    /// What it has to be for, as it was given to the client: a number or a text of at most 31 bytes.
    #[arg(long)]
    scope: String,

    /// The group's root, in decimal or 0x digits.
    #[arg(long)]
    root: String,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let scope = Value::from_client_text(&args.scope).or_bad_input("--scope")?;
    let root = Value::from_client_text(&args.root).or_bad_input("--root")?;
    let root = Element::from_bytes(&root.to_bytes()).or_bad_input("--root")?;
    let bytes = files::read(&args.proof, JSON_LEN_MAX as u64)?;
    check(args, &bytes, &scope, &root).map_err(|failure| failure.fact("valid", false))
}

fn check(args: &Args, bytes: &[u8], scope: &Value, root: &Element) -> Result<Outcome> {
    let started = Instant::now();
    let context = format!("the proof {} is refused", args.proof.display());
    let proof = Proof::from_json(bytes).or_rejected(&context)?;
    let nullifier = verify(&proof, scope, root).or_rejected(&context)?;
    let verify_ms = milliseconds(started);
    Ok(Outcome::new(
        format!(
            "valid: checked in {verify_ms:.1} ms\nnullifier {nullifier}\nmessage   {}",
            proof.message()
        ),
        json!({
            "valid": true,
            "nullifier": nullifier.to_string(),
            "message": proof.message().to_string(),
            "scope": scope.to_string(),
            "root": root.to_string(),
            "depth": proof.depth(),
            "verify_ms": verify_ms,
        }),
    ))
}
