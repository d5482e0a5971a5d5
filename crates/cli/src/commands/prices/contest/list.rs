//! `lilliput prices contest list`: all contests.

use std::fmt::Write as _;

use lilliput_types::prices::ContestState;
use serde_json::json;

use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// List the contests.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let contests = args.node.client()?.contests(None)?.items;
    let mut text = String::new();
    if contests.is_empty() {
        text.push_str("no contests yet; open one with `lilliput prices contest open`\n");
    }
    for contest in &contests {
        let state = match contest.state {
            ContestState::Open => "open",
            ContestState::Closed => "closed",
        };
        let _ = writeln!(
            text,
            "{:<6} {:<20} feed {:<4} {state:<7} {} entrants, pot {}, paid {}",
            contest.id.to_string(),
            contest.name.as_str(),
            contest.feed.to_string(),
            contest.entrants,
            money(contest.pot, contest.asset),
            money(contest.paid, contest.asset)
        );
    }
    Ok(Outcome::new(
        text.trim_end(),
        json!({ "contests": contests }),
    ))
}
