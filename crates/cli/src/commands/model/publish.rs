//! `lilliput model publish`: put a model on the ledger.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_crypto::Digest;
use lilliput_graph::Model;
use lilliput_types::registry::{Publish, RegistryMessage, Royalty};
use lilliput_types::{Amount, BLOB_LEN_MAX, BasisPoints, Blob, List, Message, ModelId, Text};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// The tables of a graph stand in its key, four bytes an entry: whatever may be proven may be published.
const _: () = assert!(BLOB_LEN_MAX as i64 > 4 * lilliput_graph::table::ENTRIES_MAX);

/// Publish a model: its key goes on the ledger, its weights stay with you unless you say otherwise.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The verifying key, as `lilliput model import` wrote it.
    #[arg(long, value_name = "FILE.lvk")]
    key_file: PathBuf,

    /// Name, for people.
    #[arg(long)]
    name: String,

    /// What you and the model's parents get for an answer, in the smallest unit.
    #[arg(long)]
    price: Amount,

    /// An SPDX licence expression.
    #[arg(long, default_value = "MIT")]
    licence: String,

    /// A model it was made from and its share of the price in hundredths of a percent; may be given
    /// several times.
    #[arg(long = "parent", value_name = "ID:SHARE", value_parser = royalty)]
    parents: Vec<Royalty>,

    /// Where to read more.
    #[arg(long, value_name = "URI", default_value = "")]
    about: String,

    /// Publish the weights too: this file goes to the node's blob store.
    #[arg(long, value_name = "FILE.lmodel")]
    weights: Option<PathBuf>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

fn royalty(text: &str) -> std::result::Result<Royalty, String> {
    let (model, share) = text.split_once(':').ok_or("expected ID:SHARE")?;
    Ok(Royalty {
        model: model
            .parse::<ModelId>()
            .map_err(|error| error.to_string())?,
        share_bps: BasisPoints(share.parse().map_err(|_| "a share is 0 to 10000")?),
    })
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let key = files::key(&args.key_file)?;
    let sender = args.signer.sender(session, &args.node)?;
    let blob = Blob::new(key.encode()).or_bad_input("the key doesn't fit into a block")?;
    let weights = match &args.weights {
        None => None,
        Some(path) => {
            let bytes = files::read(path, lilliput_provider::MODEL_BYTES_MAX)?;
            let model = Model::decode(&bytes).or_bad_input(path.display())?;
            if model.hiding.is_some() {
                return Err(Failure::bad_input(anyhow!(
                    "{} holds the secret that hides its weights",
                    path.display()
                ))
                .hint("import it again with --hide none to publish the weights"));
            }
            let stored = sender
                .client()
                .put_blob(sender.secret(), sender.chain(), &bytes)?;
            Some(stored.id)
        }
    };
    let publish = Publish {
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        key: blob.id(),
        price: args.price,
        licence: Text::new(args.licence.clone()).or_bad_input("the licence")?,
        parents: List::new(args.parents.clone()).or_bad_input("the parents")?,
        metadata_uri: Text::new(args.about.clone()).or_bad_input("the address to read more")?,
        weights,
    };
    let message = Message::Registry(RegistryMessage::Publish(publish));
    let submitted = sender.send(vec![message], vec![blob])?;
    let model = ModelId(Digest(key.model_id().0));
    Ok(Outcome::new(
        format!(
            "published {model} in block {} for a fee of {}",
            submitted.height, submitted.receipt.fee
        ),
        json!({
            "model": model,
            "transaction": submitted.id,
            "height": submitted.height,
            "fee": submitted.receipt.fee,
        }),
    ))
}
