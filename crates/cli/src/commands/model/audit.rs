//! `lilliput model audit`: recompute a model from its ONNX file and compare ids.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_crypto::Digest;
use lilliput_types::ModelId;
use lilliput_verifier::VerifyingKey;
use serde_json::{Value, json};

use super::decided::Decided;
use super::import::read;
use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::session::Session;

/// Import a model again and compare it with the one on the ledger.
///
/// The import is deterministic, so that a model whose weights aren't hidden can be recomputed by anyone. Of
/// one that hides its weights only the graph can be compared, unless its owner gives the .lmodel. Exit code 3:
/// the ledger's model is another one, or can't be compared.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The id of the model on the ledger.
    model: ModelId,

    /// The ONNX file it is said to come from.
    #[arg(long, value_name = "FILE")]
    onnx: PathBuf,

    /// The samples it is said to be calibrated on.
    #[arg(long, value_name = "FILE")]
    calibrate: PathBuf,

    /// The owner's model file: it holds what hides the weights.
    #[arg(long, value_name = "FILE.lmodel")]
    secret: Option<PathBuf>,

    #[command(flatten)]
    decided: Decided,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let client = args.node.client()?;
    let registered = client.model(args.model)?;
    let key = VerifyingKey::decode(&client.blob(registered.key)?)
        .or_rejected("the model's key on the ledger is refused")?;
    let read = read(
        &args.onnx,
        &args.calibrate,
        &args.decided.options()?,
        session,
    )?;
    let same_graph = read.graph() == key.graph();
    let hiding = match &args.secret {
        Some(path) => files::model(path)?.model.hiding,
        None if key.openings() > 0 && same_graph => {
            return Err(hidden(registered.name.as_str()));
        }
        None => None,
    };
    let made = read.set_up(registered.name.as_str(), hiding, session)?;
    let recomputed = ModelId(Digest(made.key.model_id().0));
    // The owner's file may be a successor's.
    if registered.key_of(recomputed).is_none() {
        return Err(Failure::rejected(anyhow!(
            "the file gives model {recomputed}, not {}",
            registered.id
        ))
        .fact("same", false)
        .fact("same_graph", same_graph)
        .fact("recomputed", recomputed.to_string()));
    }
    Ok(Outcome::new(
        format!("{} is the model that these files give", registered.name),
        json!({
            "same": true,
            "same_graph": true,
            "model": registered.id,
            "recomputed": recomputed,
        }),
    ))
}

/// A key that hides its weights says nothing about them.
fn hidden(name: &str) -> Failure {
    Failure::rejected(anyhow!(
        "unconfirmed: the graph of {name} is the one that these files give, but its key hides the weights, so that they can't be compared"
    ))
    .fact("same", Value::Null)
    .fact("same_graph", true)
    .hint("its owner can compare them, with --secret FILE.lmodel")
}
