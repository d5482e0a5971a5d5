//! `lilliput tournament round`: publish masked data, seal the targets, open a round.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::tournament::{
    OpenRound, TournamentEvent, TournamentId, TournamentMessage, seal_targets,
};
use lilliput_types::{Amount, Blob, DurationMs, Event, Message};
use serde_json::json;

use super::table::Table;
use super::vault::{Secret, Vault};
use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Open a round of your tournament: the data are published, the targets sealed.
///
/// Keep the data folder: the salt that the targets are sealed with lies there until `lilliput tournament targets` shows
/// them. Without it deposit and subsidy are lost.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The tournament.
    tournament: TournamentId,

    /// The rows, as CSV: `id,FEATURE,…`, features between 0 and 1.
    #[arg(long, value_name = "FILE.csv")]
    data_file: PathBuf,

    /// The targets, as CSV: `id,target`, between 0 and 1.
    #[arg(long, value_name = "FILE.csv")]
    targets_file: PathBuf,

    /// What you add to the pot, in the smallest unit.
    #[arg(long, default_value = "0")]
    subsidy: Amount,

    /// For how long predictions are taken: a number and s, m, h or d.
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = span)]
    enter_for: DurationMs,

    /// For how long they can be revealed afterwards.
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = span)]
    reveal_for: DurationMs,

    /// For how long you may take to show the targets afterwards.
    #[arg(long, value_name = "SPAN", default_value = "1d", value_parser = span)]
    targets_for: DurationMs,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let data = Table::read(&args.data_file)?.data()?;
    let targets = Table::read(&args.targets_file)?.targets(&data)?;
    let blob = Blob::new(data.encode()).or_bad_input("the data don't fit into a block")?;
    let secret = Secret::new(targets.encode())?;
    let sender = args.signer.sender(session, &args.node)?;
    let vault = Vault::new(&session.data()?, sender.chain());
    let place = vault.targets(blob.id());
    if place.exists() {
        return Err(Failure::bad_input(anyhow!(
            "a round with these data was opened from here before: {}",
            place.display()
        ))
        .hint("each round has data of its own; if that round never opened, remove the file"));
    }
    vault.keep(&place, &secret)?;
    let sealed = seal_targets(
        sender.chain(),
        sender.address(),
        blob.id(),
        secret.salt,
        secret.blob.id(),
    );
    let open = OpenRound {
        tournament: args.tournament,
        data: blob.id(),
        targets: sealed,
        subsidy: args.subsidy,
        enter_for_ms: args.enter_for,
        reveal_for_ms: args.reveal_for,
        targets_for_ms: args.targets_for,
    };
    let message = Message::Tournament(TournamentMessage::OpenRound(open));
    let sent = sender.send(vec![message], vec![blob])?;
    let opened = sent.receipt.events.iter().find_map(|event| match event {
        Event::Tournament(TournamentEvent::RoundOpened { round, .. }) => Some(*round),
        _ => None,
    });
    let id = opened.ok_or_else(|| Failure::failed(anyhow!("the node told of no round")))?;
    let round = sender.client().round(id)?;
    Ok(Outcome::new(
        format!(
            "opened round {id} in block {}: {} rows, {} features\nthe targets are sealed; their salt lies in {}",
            sent.height,
            round.rows,
            round.features,
            place.display()
        ),
        json!({ "round": round, "transaction": sent.id, "secret_file": place }),
    ))
}
