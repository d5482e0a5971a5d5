//! `lilliput tournament targets`: show the targets, settle the round.

use lilliput_client::api::Submitted;
use lilliput_client::{ClientError, Sender};
use lilliput_types::tournament::{RoundId, Targets, TournamentMessage};
use lilliput_types::{Blob, Message};
use serde_json::json;

use super::vault::Vault;
use crate::failure::Result;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Show the targets of a round that you opened: the ledger scores and settles it.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// How often a block that has scored enough already may be met.
const BUSY_MAX: usize = 20;

/// Sends, and sends again for the next block while this one has scored enough.
fn send(
    sender: &Sender,
    message: &Message,
    blob: &Blob,
) -> std::result::Result<Submitted, ClientError> {
    let once = || sender.send(vec![message.clone()], vec![blob.clone()]);
    let busy = |error: &ClientError| error.code() == Some("tournament.busy");
    for _ in 0..BUSY_MAX {
        match once() {
            Err(error) if busy(&error) => {}
            result => return result,
        }
    }
    once()
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let round = sender.client().round(args.round)?;
    let vault = Vault::new(&session.data()?, sender.chain());
    let secret = vault.open(&vault.targets(round.data))?;
    let targets = Targets {
        round: args.round,
        salt: secret.salt,
        targets: secret.blob.id(),
    };
    let message = Message::Tournament(TournamentMessage::Targets(targets));
    let progress = session.progress("scoring the round");
    let sent = send(&sender, &message, &secret.blob)?;
    drop(progress);
    let round = sender.client().round(args.round)?;
    Ok(Outcome::new(
        format!(
            "round {} is settled: {} entries, won {}, lost {}, left for the next {}",
            round.id,
            round.entries,
            money(round.won, round.asset),
            money(round.lost, round.asset),
            money(round.kept, round.asset)
        ),
        json!({ "round": round, "transaction": sent.id, "height": sent.height }),
    ))
}
