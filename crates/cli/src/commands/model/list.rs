//! `lilliput model list`: models on the ledger.

use serde_json::json;

use super::describe;
use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// List the models on the ledger.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    node: NodeArgs,

    /// Where to begin: what the last page named as the next.
    #[arg(long, value_name = "ID")]
    from: Option<String>,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let page = args.node.client()?.models(args.from.as_deref())?;
    let text: Vec<String> = page.items.iter().map(describe).collect();
    let text = if text.is_empty() {
        "no models are published".to_owned()
    } else {
        text.join("\n")
    };
    Ok(Outcome::new(
        text,
        json!({ "models": page.items, "next": page.next }),
    ))
}
