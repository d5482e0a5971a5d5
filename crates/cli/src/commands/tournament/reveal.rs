//! `lilliput tournament reveal`: show what was sealed.

use anyhow::anyhow;
use lilliput_types::Message;
use lilliput_types::tournament::{Entry, ModelName, Reveal, RoundId, TournamentMessage};
use serde_json::json;

use super::node;
use super::vault::Vault;
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Reveal your sealed predictions of a round, once it takes no more of them.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    /// Only this model [default: all of yours].
    #[arg(long)]
    model: Option<ModelName>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let vault = Vault::new(&session.data()?, sender.chain());
    let entries = node::entries(sender.client(), args.round)?;
    let wanted = |entry: &&Entry| {
        let named = args.model.as_ref();
        entry.account == sender.address() && named.is_none_or(|model| *model == entry.model)
    };
    let own: Vec<&Entry> = entries.iter().filter(wanted).collect();
    if own.is_empty() {
        return Err(Failure::bad_input(anyhow!(
            "{} has no such entry in round {}",
            sender.address(),
            args.round
        )));
    }
    let mut lines = Vec::new();
    let mut revealed = Vec::new();
    for entry in own {
        if entry.prediction.is_some() {
            lines.push(format!("{}: revealed already", entry.model));
            continue;
        }
        let secret = vault.open(&vault.entry(args.round, entry.account, &entry.model))?;
        let reveal = Reveal {
            round: args.round,
            entry: entry.number,
            salt: secret.salt,
            prediction: secret.blob.id(),
        };
        let message = Message::Tournament(TournamentMessage::Reveal(reveal));
        let sent = sender.send(vec![message], vec![secret.blob])?;
        lines.push(format!(
            "{}: revealed in block {}",
            entry.model, sent.height
        ));
        revealed
            .push(json!({ "model": entry.model, "entry": entry.number, "transaction": sent.id }));
    }
    Ok(Outcome::new(
        lines.join("\n"),
        json!({ "round": args.round, "revealed": revealed }),
    ))
}
