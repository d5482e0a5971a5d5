//! `lilliput model show`: one model, who serves it, its key.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::ModelId;
use serde_json::json;

use super::describe;
use crate::failure::{Failure, Result};
use crate::files;
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// Show a model on the ledger and who serves it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model's id.
    model: ModelId,

    /// Also write its verifying key to this file.
    #[arg(long, value_name = "FILE.lvk")]
    key: Option<PathBuf>,

    /// The id of the key that is written: a successor's [default: the registered one].
    #[arg(long, value_name = "ID", requires = "key")]
    key_id: Option<ModelId>,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let model = client.model(args.model)?;
    let offers = client.offers(args.model)?.items;
    let mut text = describe(&model);
    for parent in model.parents.iter() {
        text.push_str(&format!(
            "\n  from     {} ({} bp)",
            parent.model, parent.share_bps
        ));
    }
    for successor in model.successors.iter() {
        text.push_str(&format!(
            "\n  key      {} after {}",
            successor.id, successor.after
        ));
    }
    for offer in &offers {
        text.push_str(&format!(
            "\n  offer    {} for {}",
            offer.provider, offer.price
        ));
    }
    if let Some(path) = &args.key {
        let id = args.key_id.unwrap_or(model.id);
        let key = model
            .key_of(id)
            .ok_or_else(|| Failure::bad_input(anyhow!("model {} has no key {id}", model.id)))?;
        files::write(path, &client.blob(key)?)?;
        text.push_str(&format!("\n  key      {}", path.display()));
    }
    Ok(Outcome::new(
        text,
        json!({ "model": model, "offers": offers }),
    ))
}
