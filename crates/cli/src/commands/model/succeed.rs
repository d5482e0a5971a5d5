//! `lilliput model succeed`: put a successor's key on the ledger.

use std::path::PathBuf;

use lilliput_crypto::Digest;
use lilliput_types::registry::{RegistryMessage, Succeed};
use lilliput_types::{Blob, Message, ModelId};
use lilliput_verifier::{VerifyingKey, link};
use serde_json::json;

use crate::failure::{OrExit, Result};
use crate::files;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Add a successor's key to a model on the ledger: proofs under it count as the model's.
///
/// Only the model's owner can. The ledger checks the link before it takes the key; the model keeps its id.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The model's id on the ledger.
    model: ModelId,

    /// The successor's verifying key, as `lilliput model rotate` wrote it.
    #[arg(long, value_name = "FILE.lvk")]
    key_file: PathBuf,

    /// The link, as `lilliput model rotate` wrote it.
    #[arg(long, value_name = "FILE.llink")]
    link: PathBuf,

    /// The id of the key that it follows [default: the newest on the ledger].
    #[arg(long, value_name = "ID")]
    after: Option<ModelId>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let key = files::key(&args.key_file)?;
    let bytes = files::read(&args.link, link::LINK_BYTES_MAX as u64)?;
    let sender = args.signer.sender(session, &args.node)?;
    let model = sender.client().model(args.model)?;
    let newest = model.successors.iter().last();
    let newest = newest.map_or(model.id, |successor| successor.id);
    let after = args.after.unwrap_or(newest);
    let id = ModelId(Digest(key.model_id().0));
    if let Some(old) = model.key_of(after) {
        let old = VerifyingKey::decode(&sender.client().blob(old)?)
            .or_rejected("the model's key on the ledger is refused")?;
        link::verify(&old, &key, &bytes)
            .or_rejected(format!("{id} isn't shown to follow {after}"))?;
    }
    let blobs = [key.encode(), bytes].map(Blob::new);
    let [key, link] = blobs.map(|blob| blob.or_bad_input("the key doesn't fit into a block"));
    let (key, link) = (key?, link?);
    let succeed = Succeed {
        model: model.id,
        after,
        key: key.id(),
        link: link.id(),
    };
    let message = Message::Registry(RegistryMessage::Succeed(succeed));
    let submitted = sender.send(vec![message], vec![key, link])?;
    Ok(Outcome::new(
        format!(
            "added the key {id} to model {} in block {} for a fee of {}",
            model.id, submitted.height, submitted.receipt.fee
        ),
        json!({
            "model": model.id,
            "key": id,
            "after": after,
            "transaction": submitted.id,
            "height": submitted.height,
            "fee": submitted.receipt.fee,
        }),
    ))
}
