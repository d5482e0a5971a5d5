//! `lilliput model audit`: recompute a model from its ONNX file and compare ids.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::ModelId;
use serde_json::json;

use super::decided::Decided;
use super::import::make;
use crate::failure::{Failure, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::session::Session;

/// Import a model again and compare it with the one on the ledger.
///
/// The import is deterministic, so that a model with public weights can be recomputed by anyone.
/// Exit code 3: the ledger's model is another one.
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

    #[command(flatten)]
    decided: Decided,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let registered = args.node.client()?.model(args.model)?;
    let made = make(
        &args.onnx,
        &args.calibrate,
        &args.decided.options()?,
        session,
    )?;
    let recomputed = hex::encode(made.key.model_id().0);
    if recomputed != registered.id.to_string() {
        return Err(Failure::rejected(anyhow!(
            "the file gives model {recomputed}, not {}",
            registered.id
        ))
        .fact("same", false)
        .fact("recomputed", recomputed));
    }
    Ok(Outcome::new(
        format!("{} is the model that these files give", registered.name),
        json!({ "same": true, "model": registered.id, "recomputed": recomputed }),
    ))
}
