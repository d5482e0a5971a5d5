//! `lilliput subnet commit`, `reveal` and `audit`: an epoch of a validator, by hand.

use std::path::{Path, PathBuf};

use anyhow::anyhow;
use lilliput_crypto::{Digest, private_file, random_bytes};
use lilliput_modules::subnet::round::{Round, Seat};
use lilliput_types::subnet::{SubnetMessage, TranscriptEntry, Votes};
use lilliput_types::{List, SubnetId};
use serde_json::json;

use super::send;
use crate::commands::case_file;
use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Longest file of a round.
const ROUND_BYTES_MAX: usize = 256 << 20;

/// Score a transcript and commit to the weights, hidden until they are revealed.
#[derive(clap::Args)]
pub(super) struct Commit {
    /// The subnet.
    subnet: SubnetId,

    /// What miners were asked and answered: a JSON list of entries, each with uid, registration, key, answered and votes (null), as
    /// specs/subnet-ledger.md describes them.
    #[arg(value_name = "ENTRIES.json")]
    entries: PathBuf,

    /// Under the scorer `votes`: a JSON list of {first, second, preference}, by places of the entries.
    #[arg(long, value_name = "FILE.json")]
    votes: Option<PathBuf>,

    /// Where to keep what `reveal` and `audit` need; secret until the reveal, readable by you alone.
    #[arg(long, value_name = "FILE.json")]
    out: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show the weights that were committed to.
#[derive(clap::Args)]
pub(super) struct Reveal {
    /// What `lilliput subnet commit` wrote.
    #[arg(value_name = "ROUND.json")]
    round: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Show what stands behind every weight that was drawn for an audit.
#[derive(clap::Args)]
pub(super) struct Audit {
    /// What `lilliput subnet commit` wrote.
    #[arg(value_name = "ROUND.json")]
    round: PathBuf,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn commit(args: &Commit, session: &Session) -> Result<Outcome> {
    let entries: Vec<TranscriptEntry> = case_file::read(&args.entries)?;
    let votes: Votes = match &args.votes {
        Some(path) => case_file::read(path)?,
        None => List::default(),
    };
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let subnet = client.subnet(args.subnet)?.subnet;
    let member = client.subnet_member(args.subnet, sender.address())?.member;
    let seat = Seat {
        chain: sender.chain(),
        subnet: args.subnet,
        epoch: subnet.epoch,
        uid: member.uid,
        registration: member.registration,
    };
    let secrets = [Digest(random_bytes()?), Digest(random_bytes()?)];
    let round = Round::new(&subnet.settings, seat, entries, votes, secrets)
        .map_err(|reason| Failure::bad_input(anyhow!("{}: {reason}", args.entries.display())))?;
    // Kept before it is committed to: whoever can't reveal is slashed.
    private_file::create(&args.out, serde_json::to_string(&round)?.as_bytes())?;
    send(&sender, SubnetMessage::Commit(round.commit()))
}

pub(super) fn reveal(args: &Reveal, session: &Session) -> Result<Outcome> {
    let round = read(&args.round)?;
    let sender = args.signer.sender(session, &args.node)?;
    send(&sender, SubnetMessage::Reveal(round.reveal()))
}

pub(super) fn audit(args: &Audit, session: &Session) -> Result<Outcome> {
    let round = read(&args.round)?;
    let sender = args.signer.sender(session, &args.node)?;
    let client = sender.client();
    let subnet = client.subnet(round.opening.subnet)?.subnet;
    let randomness = subnet.randomness.ok_or_else(|| {
        Failure::failed(anyhow!("no audits are drawn yet"))
            .hint("they are once phase reveal has ended")
    })?;
    let held = client.subnet_member(subnet.id, sender.address())?.audited;
    let mut shown = Vec::new();
    for audit in round.audits(&subnet.settings, randomness) {
        let uid = audit.entry.uid;
        if !held.contains(&uid) {
            send(&sender, SubnetMessage::Audit(audit))?;
            shown.push(uid);
        }
    }
    let text = match shown.as_slice() {
        [] => "every audit that was drawn holds already".to_owned(),
        uids => format!("{} audits hold now: uids {uids:?}", uids.len()),
    };
    Ok(Outcome::new(
        text,
        json!({ "epoch": subnet.epoch, "audited": shown, "before": held }),
    ))
}

fn read(path: &Path) -> Result<Round> {
    let bytes = private_file::read(path, ROUND_BYTES_MAX)
        .or_bad_input(format!("failed to read {}", path.display()))?;
    serde_json::from_slice(&bytes).or_bad_input(format!("failed to parse {}", path.display()))
}
