//! `lilliput tournament list`: tournaments and their latest rounds.

use std::fmt::Write as _;

use serde_json::json;

use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// List tournaments and the latest rounds.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let tournaments = client.tournaments(None)?;
    let rounds = client.rounds()?;
    let now = client.status()?.time;
    let mut text = String::new();
    if tournaments.items.is_empty() {
        text.push_str("no tournaments yet; open one with `lilliput tournament open`\n");
    }
    for tournament in &tournaments.items {
        let _ = writeln!(
            text,
            "{:<8} {}, {} rounds, by {}",
            tournament.id.to_string(),
            tournament.name,
            tournament.rounds,
            tournament.organiser
        );
    }
    for round in &rounds.items {
        let _ = writeln!(
            text,
            "  {:<8} {:<20} {:>5} entries, staked {}",
            round.id.to_string(),
            round.phase(now).as_str(),
            round.entries,
            money(round.staked, round.asset)
        );
    }
    Ok(Outcome::new(
        text.trim_end(),
        json!({ "tournaments": tournaments.items, "rounds": rounds.items }),
    ))
}
