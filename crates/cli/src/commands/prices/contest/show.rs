//! `lilliput prices contest show`: a contest and its leaderboard.

use std::fmt::Write as _;

use lilliput_types::Amount;
use lilliput_types::prices::{ContestId, Entrant, OutCause, Standing};
use serde_json::json;

use crate::commands::prices::node;
use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// Show a contest with its leaderboard and payouts.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The contest, like 1.
    contest: ContestId,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let contest = client.contest(args.contest)?;
    let entrants = client.entrants(args.contest)?;
    let payouts = node::payouts(&client, args.contest)?;
    let terms = &contest.terms;
    let mut text = format!(
        "contest {}: {}, on feed {}\n  periods    {} of {}, {} of {} epochs paid\n  pot        {}, paid {}, left {}",
        contest.id,
        contest.name,
        contest.feed,
        contest.settled,
        terms.epochs.saturating_mul(terms.epoch_periods),
        contest.epochs_paid,
        terms.epochs,
        money(contest.pot, contest.asset),
        money(contest.paid, contest.asset),
        money(contest.left, contest.asset),
    );
    let mut ranked: Vec<&Entrant> = entrants.iter().collect();
    ranked.sort_by_key(|entrant| (std::cmp::Reverse(entrant.value), entrant.number));
    for entrant in ranked {
        let paid = |amount: Amount| money(amount, contest.asset);
        let _ = write!(
            text,
            "\n  {}  {}, paid {}",
            entrant.account,
            account(entrant, terms.challenge_periods),
            paid(entrant.paid)
        );
    }
    Ok(Outcome::new(
        text,
        json!({ "contest": contest, "entrants": entrants, "payouts": payouts }),
    ))
}

/// An entrant's account in words.
pub(in crate::commands::prices) fn account(entrant: &Entrant, challenge: u32) -> String {
    let standing = match entrant.standing {
        Standing::Out { period, cause } => {
            let cause = match cause {
                OutCause::Drawdown => "fell too far",
                OutCause::Unrevealed => "kept back signals",
            };
            format!("out since period {period}: {cause}")
        }
        Standing::In => match entrant.copies {
            Some(of) => format!("copies entrant {of}"),
            None if entrant.periods < challenge => "in the challenge".to_owned(),
            None => "earning".to_owned(),
        },
    };
    format!(
        "gain {:+.2} %, drawdown {:.2} %, {standing}",
        100.0 * (decimal(entrant.value) - 1.0),
        100.0 * decimal(entrant.drawdown)
    )
}

/// A value with 48 fraction bits as a decimal, to be looked at.
pub(in crate::commands::prices) fn decimal(bits: u64) -> f64 {
    bits as f64 / (1_u64 << 48) as f64
}
