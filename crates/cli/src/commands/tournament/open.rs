//! `lilliput tournament open`: become an organiser.

use anyhow::anyhow;
use lilliput_types::tournament::{Open, TERMS_ONE, Terms, TournamentEvent, TournamentMessage};
use lilliput_types::{Amount, AssetId, Event, Message, Text};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Open a tournament; its terms never change.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name, for people.
    #[arg(long)]
    name: String,

    /// Where to read more.
    #[arg(long, value_name = "URI", default_value = "")]
    about: String,

    /// What is staked and paid.
    #[arg(long, default_value = "USDX")]
    asset: AssetId,

    /// What you lock for each round, and lose with the subsidy if you don't show the targets; in the smallest unit.
    #[arg(long, default_value = "10000000")]
    deposit: Amount,

    /// The least stake, in the smallest unit.
    #[arg(long, default_value = "1000000")]
    stake_min: Amount,

    /// The most entries of a round.
    #[arg(long, default_value = "500")]
    entries_max: u32,

    /// What the weighted scores are multiplied by.
    #[arg(long, default_value = "1")]
    factor: f64,

    /// Weight of the correlation.
    #[arg(long, default_value = "0.5")]
    correlation_weight: f64,

    /// Weight of the contribution to the meta model.
    #[arg(long, default_value = "2")]
    contribution_weight: f64,

    /// The largest part of a stake that a round can win or lose; at most 0.05.
    #[arg(long, default_value = "0.05")]
    clip: f64,

    /// Pay the feature-neutral correlation in place of the plain one.
    #[arg(long)]
    feature_neutral: bool,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// A decimal in 65536ths; what is out of bounds the ledger refuses.
fn part(name: &str, value: f64) -> Result<u32> {
    let scaled = (value * f64::from(TERMS_ONE)).round();
    if !(0.0..=f64::from(u32::MAX)).contains(&scaled) {
        return Err(Failure::bad_input(anyhow!(
            "--{name} is {value}, expected a number from 0 to 16"
        )));
    }
    // In range, whole: exact.
    Ok(scaled as u32)
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let clip = part("clip", args.clip)?;
    let terms = Terms {
        factor: part("factor", args.factor)?,
        correlation_weight: part("correlation-weight", args.correlation_weight)?,
        contribution_weight: part("contribution-weight", args.contribution_weight)?,
        clip: u16::try_from(clip).or_bad_input("--clip is at most 0.05")?,
        feature_neutral: args.feature_neutral,
        deposit: args.deposit,
        stake_min: args.stake_min,
        entries_max: args.entries_max,
    };
    let open = Open {
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        metadata_uri: Text::new(args.about.clone()).or_bad_input("--about")?,
        asset: args.asset,
        terms,
    };
    let sender = args.signer.sender(session, &args.node)?;
    let message = Message::Tournament(TournamentMessage::Open(open));
    let sent = sender.send(vec![message], Vec::new())?;
    let opened = sent.receipt.events.iter().find_map(|event| match event {
        Event::Tournament(TournamentEvent::Opened { tournament, .. }) => Some(*tournament),
        _ => None,
    });
    let id = opened.ok_or_else(|| Failure::failed(anyhow!("the node told of no tournament")))?;
    Ok(Outcome::new(
        format!("opened tournament {id} in block {}", sent.height),
        json!({ "tournament": id, "transaction": sent.id, "height": sent.height }),
    ))
}
