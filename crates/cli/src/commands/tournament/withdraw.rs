//! `lilliput tournament withdraw`: take back stakes of a closed round.

use anyhow::anyhow;
use lilliput_types::tournament::{RoundId, Stake, TournamentMessage, Withdraw};
use lilliput_types::{Amount, MESSAGES_MAX, Message};
use serde_json::json;

use super::node;
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// Take back your stakes of a closed round, with what they won or without what they lost.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let round = sender.client().round(args.round)?;
    let account = sender.address();
    let stakes = node::stakes(sender.client(), args.round)?;
    let own: Vec<Stake> = stakes
        .into_iter()
        .filter(|stake| stake.account == account && !stake.withdrawn)
        .collect();
    if own.is_empty() {
        return Err(Failure::bad_input(anyhow!(
            "{account} has nothing to take back from round {}",
            args.round
        )));
    }
    let mut transactions = Vec::new();
    for some in own.chunks(MESSAGES_MAX as usize) {
        let messages = some.iter().map(|stake| {
            Message::Tournament(TournamentMessage::Withdraw(Withdraw {
                round: args.round,
                entry: stake.entry,
            }))
        });
        let sent = sender.send(messages.collect(), Vec::new())?;
        transactions.push(sent.id);
    }
    let staked = Amount::sum(own.iter().map(|stake| stake.amount))?;
    let won = Amount::sum(own.iter().map(|stake| stake.won))?;
    let lost = Amount::sum(own.iter().map(|stake| stake.lost))?;
    let all = staked.plus(won)?.minus(lost)?;
    let show = |amount| money(amount, round.asset);
    Ok(Outcome::new(
        format!(
            "took back {}: staked {}, won {}, lost {}",
            show(all),
            show(staked),
            show(won),
            show(lost)
        ),
        json!({
            "round": args.round,
            "amount": all,
            "staked": staked,
            "won": won,
            "lost": lost,
            "transactions": transactions,
        }),
    ))
}
