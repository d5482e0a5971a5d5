//! `lilliput tournament enter`: seal a prediction and stake on it.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_types::tournament::{Enter, ModelName, RoundId, TournamentMessage, seal_prediction};
use lilliput_types::{Amount, Message};
use serde_json::json;

use super::node;
use super::table::Table;
use super::vault::{Secret, Vault};
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Enter a round with a prediction, sealed until the deadline.
///
/// Keep the data folder: the salt lies there until `lilliput tournament reveal` shows the prediction. What isn't revealed
/// loses the clip.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    /// Name of your model: a-z, 0-9 and -.
    #[arg(long)]
    model: ModelName,

    /// The prediction, as CSV: `id,prediction`. Only the order counts; a fifth of the ids may be missing.
    #[arg(long, value_name = "FILE.csv")]
    prediction_file: PathBuf,

    /// What you stake, in the smallest unit.
    #[arg(long)]
    stake: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let table = Table::read(&args.prediction_file)?;
    let client = args.node.client()?;
    let round = client.round(args.round)?;
    let prediction = table.prediction(&node::data(&client, &round)?)?;
    let present = prediction.places().iter().flatten().count();
    let secret = Secret::new(prediction.encode())?;
    let sender = args.signer.sender(session, &args.node)?;
    let account = sender.address();
    // The secret of an entry that stands must not be replaced.
    let entries = node::entries(&client, args.round)?;
    if entries
        .iter()
        .any(|entry| entry.account == account && entry.model == args.model)
    {
        return Err(Failure::bad_input(anyhow!(
            "your model {} is in round {} already",
            args.model,
            args.round
        ))
        .hint("a prediction can't be changed; add stake with `lilliput tournament back`"));
    }
    let vault = Vault::new(&session.data()?, sender.chain());
    let place = vault.entry(args.round, account, &args.model);
    vault.keep(&place, &secret)?;
    let enter = Enter {
        round: args.round,
        model: args.model.clone(),
        sealed: seal_prediction(
            sender.chain(),
            args.round,
            account,
            &args.model,
            secret.salt,
            secret.blob.id(),
        ),
        stake: args.stake,
    };
    let message = Message::Tournament(TournamentMessage::Enter(enter));
    let sent = sender.send(vec![message], Vec::new())?;
    let entries = node::entries(&client, args.round)?;
    let entry = entries
        .iter()
        .find(|entry| entry.account == account && entry.model == args.model);
    Ok(Outcome::new(
        format!(
            "entered round {} with {} on model {}: {present} of {} rows\nsealed; the salt lies in {}",
            args.round,
            money(args.stake, round.asset),
            args.model,
            round.rows,
            place.display()
        ),
        json!({ "entry": entry, "transaction": sent.id, "secret_file": place }),
    ))
}
