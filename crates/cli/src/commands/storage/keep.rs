//! Answers challenges from files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::anyhow;
use lilliput_client::{Client, Sender};
use lilliput_crypto::Digest;
use lilliput_types::List;
use lilliput_types::storage::{CHUNK_BYTES, Deal, DealState, Prove, StorageMessage, tree};
use serde_json::json;

use super::told;
use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Pause between two looks.
const POLL: Duration = Duration::from_millis(500);
/// Pages of deals that are fetched at most.
const PAGES_MAX: usize = 1_000;

#[derive(clap::Args)]
pub(super) struct KeepArgs {
    /// The folder with the blobs, under any names.
    folder: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn keep(args: &KeepArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let blobs = roots(&args.folder)?;
    session.say(format!("keeps {} blobs; interrupt to stop", blobs.len()));
    let stop = Arc::new(AtomicBool::new(false));
    let stopping = Arc::clone(&stop);
    lilliput_node::on_signal(move || stopping.store(true, Ordering::Relaxed))
        .or_failed("failed to wait for signals")?;
    let mut answered = 0_u64;
    while !stop.load(Ordering::Relaxed) {
        match round(&sender, &blobs, session) {
            Ok(count) => answered += count,
            // The node may be away; there is time until the window ends.
            Err(failure) => session.say(format!("trouble: {}", failure.reason())),
        }
        std::thread::sleep(POLL);
    }
    Ok(Outcome::new("stopped", json!({ "answered": answered })))
}

/// Answers what is asked now; how much that was.
fn round(sender: &Sender, blobs: &BTreeMap<Digest, PathBuf>, session: &Session) -> Result<u64> {
    let mut answered = 0;
    for deal in all(sender.client())? {
        let DealState::Stored {
            provider,
            open: Some(asked),
            ..
        } = deal.state
        else {
            continue;
        };
        if provider != sender.address() {
            continue;
        }
        let Some(path) = blobs.get(&deal.root) else {
            session.say(format!("deal {}: the blob isn't here", deal.id));
            continue;
        };
        let proof = proof(&deal, &super::read(path)?)?;
        told::send(sender, StorageMessage::Prove(proof))?;
        session.say(format!("deal {}: showed chunk {}", deal.id, asked.chunk));
        answered += 1;
    }
    Ok(answered)
}

/// The chunk that a deal's challenge asks for, with its hashes.
pub(super) fn proof(deal: &Deal, blob: &[u8]) -> Result<Prove> {
    let DealState::Stored {
        open: Some(asked), ..
    } = deal.state
    else {
        let reason = anyhow!("deal {} waits for no chunk", deal.id);
        return Err(Failure::bad_input(reason));
    };
    let tree = tree(blob);
    let index = usize::try_from(asked.chunk).unwrap_or(usize::MAX);
    let found = tree
        .prove(asked.chunk)
        .zip(blob.chunks(CHUNK_BYTES).nth(index));
    let (proof, chunk) = found
        .filter(|_| tree.root() == deal.root)
        .ok_or_else(|| Failure::bad_input(anyhow!("this isn't the blob of deal {}", deal.id)))?;
    Ok(Prove {
        deal: deal.id,
        chunk: List::new(chunk.to_vec()).or_failed("failed to take a chunk")?,
        siblings: List::new(proof.siblings).or_failed("failed to take the hashes")?,
    })
}

/// All deals.
pub(super) fn all(client: &Client) -> Result<Vec<Deal>> {
    let mut deals = Vec::new();
    let mut from: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let page = client.deals(from.as_deref())?;
        deals.extend(page.items);
        from = page.next;
        if from.is_none() {
            break;
        }
    }
    Ok(deals)
}

fn roots(folder: &Path) -> Result<BTreeMap<Digest, PathBuf>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder)
        .or_bad_input(folder.display())?
        .flatten()
    {
        let path = entry.path();
        if path.is_file() {
            found.insert(tree(&super::read(&path)?).root(), path);
        }
    }
    Ok(found)
}
