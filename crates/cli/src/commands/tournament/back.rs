//! `lilliput tournament back`: stake on a model.

use lilliput_types::tournament::{Back, RoundId, TournamentMessage};
use lilliput_types::{Amount, Message};
use serde_json::json;

use super::node::{self, Wanted};
use crate::failure::Result;
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Stake on a model, another's or your own: your stake wins or loses at its rate.
///
/// If its owner doesn't reveal the prediction, your stake loses the clip too.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    /// The model: NAME, or ACCOUNT/NAME where several accounts have one of that name.
    #[arg(long)]
    model: String,

    /// What you stake, in the smallest unit.
    #[arg(long)]
    stake: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let client = args.node.client()?;
    let round = client.round(args.round)?;
    let entries = node::entries(&client, args.round)?;
    let entry = Wanted::parse(session, &args.model)?.find(args.round, &entries)?;
    let sender = args.signer.sender(session, &args.node)?;
    let back = Back {
        round: args.round,
        entry: entry.number,
        stake: args.stake,
    };
    let message = Message::Tournament(TournamentMessage::Back(back));
    let sent = sender.send(vec![message], Vec::new())?;
    Ok(Outcome::new(
        format!(
            "staked {} on model {} of {} in round {}",
            money(args.stake, round.asset),
            entry.model,
            entry.account,
            args.round
        ),
        json!({ "round": args.round, "entry": entry.number, "stake": args.stake, "transaction": sent.id }),
    ))
}
