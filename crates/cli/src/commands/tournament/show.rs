//! `lilliput tournament show`: a round's leaderboard, or a tournament's.

use std::fmt::Write as _;

use lilliput_client::Client;
use lilliput_types::tournament::{Entry, Round, RoundId, Scores, TournamentId};
use serde_json::json;

use super::node;
use crate::failure::{OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Show a round with its leaderboard, or a tournament with its models over all rounds.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// A tournament, like 1, or a round, like 1/3.
    #[arg(value_name = "TOURNAMENT|ROUND")]
    which: String,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    if args.which.contains('/') {
        let id: std::result::Result<RoundId, _> = args.which.parse();
        round(&client, id.or_bad_input("the argument")?)
    } else {
        let id: std::result::Result<TournamentId, _> = args.which.parse();
        tournament(&client, id.or_bad_input("the argument")?)
    }
}

fn tournament(client: &Client, id: TournamentId) -> Result<Outcome> {
    let tournament = client.tournament(id)?;
    let mut standings = node::standings(client, id)?;
    standings.sort_by_key(|standing| std::cmp::Reverse(standing.rate));
    let mut text = format!(
        "{}\n  organiser  {}\n  rounds     {}\n  deposit    {}\n  left       {}",
        tournament.name,
        tournament.organiser,
        tournament.rounds,
        money(tournament.terms.deposit, tournament.asset),
        money(tournament.carried, tournament.asset)
    );
    for standing in &standings {
        let _ = write!(
            text,
            "\n  {:<20} {:>4} rounds  rates {:>9}  won {}, lost {}",
            standing.model.to_string(),
            standing.rounds,
            percent(standing.rate),
            money(standing.won, tournament.asset),
            money(standing.lost, tournament.asset)
        );
    }
    Ok(Outcome::new(
        text,
        json!({ "tournament": tournament, "standings": standings }),
    ))
}

fn round(client: &Client, id: RoundId) -> Result<Outcome> {
    let round = client.round(id)?;
    let phase = round.phase(client.status()?.time);
    let mut entries = node::entries(client, id)?;
    entries.sort_by_key(|entry| {
        let rate = entry.scores.map_or(i64::MIN, |scores| scores.rate);
        (std::cmp::Reverse(rate), entry.number)
    });
    let mut text = format!(
        "round {} is {}\n  rows       {}, {} features\n  staked     {} on {} entries\n  pot        {} and {} left by earlier rounds",
        round.id,
        phase.as_str(),
        round.rows,
        round.features,
        money(round.staked, round.asset),
        round.entries,
        money(round.subsidy, round.asset),
        money(round.carried, round.asset),
    );
    if round.closed_at.is_some() {
        let _ = write!(
            text,
            "\n  won        {}\n  lost       {}\n  left       {}",
            money(round.won, round.asset),
            money(round.lost, round.asset),
            money(round.kept, round.asset)
        );
    }
    for entry in &entries {
        let _ = write!(text, "\n  {}", line(&round, entry));
    }
    Ok(Outcome::new(
        text,
        json!({ "round": round, "phase": phase, "entries": entries }),
    ))
}

fn line(round: &Round, entry: &Entry) -> String {
    let model = entry.model.to_string();
    let staked = money(entry.staked, round.asset);
    match &entry.scores {
        Some(scores) => format!(
            "{model:<20} {:>9}  correlation {}, contribution {}, neutral {}  staked {staked}",
            percent(scores.rate),
            decimal(scores.correlation),
            decimal(scores.contribution),
            decimal(scores.feature_neutral),
        ),
        None if entry.prediction.is_some() => format!("{model:<20}  revealed  staked {staked}"),
        None => format!("{model:<20}    sealed  staked {staked}"),
    }
}

pub(super) fn decimal(bits: Option<i64>) -> String {
    bits.map_or_else(
        || "-".to_owned(),
        |bits| format!("{:.6}", Scores::decimal(bits)),
    )
}

pub(super) fn percent(rate: i64) -> String {
    format!("{:+.3} %", 100.0 * Scores::decimal(rate))
}
