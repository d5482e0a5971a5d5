//! `lilliput tournament check`: recompute a round from its blobs and compare with the ledger.

use std::fmt::Write as _;

use anyhow::anyhow;
use lilliput_client::Client;
use lilliput_modules::tournament::score::{self, Candidate};
use lilliput_types::tournament::{
    Entry, Round, RoundId, RoundState, Scores, Stake, seal_prediction, seal_targets,
};
use lilliput_types::{Amount, ChainId};
use serde_json::json;

use super::doubles;
use super::node::{self, Wanted};
use super::show::{decimal, percent};
use crate::failure::{Failure, OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// The most differences that are told.
const TOLD_MAX: usize = 20;

/// Recompute every score and payout of a settled round, and compare with the ledger's.
///
/// Data, targets and predictions are fetched by their hashes and checked against what was committed; correlations are
/// computed in doubles too. Exit code 3 if anything differs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The round, like 1/3.
    round: RoundId,

    /// Tell about this model alone: NAME, or ACCOUNT/NAME. Everything is recomputed all the same.
    #[arg(long)]
    model: Option<String>,

    #[command(flatten)]
    node: NodeArgs,
}

/// What differs, in sentences.
#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn compare<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, ledger: &T, here: &T) {
        if ledger != here {
            self.0.push(format!(
                "{what}: the ledger has {ledger:?}, recomputed {here:?}"
            ));
        }
    }
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let client = args.node.client()?;
    let chain = client.status()?.chain;
    let round = client.round(args.round)?;
    if round.state != RoundState::Settled {
        return Err(
            Failure::bad_input(anyhow!("round {} isn't settled", args.round))
                .hint(format!("see `lilliput tournament show {}`", args.round)),
        );
    }
    let progress = session.progress("fetching the round");
    let entries = node::entries(&client, args.round)?;
    let stakes = node::stakes(&client, args.round)?;
    let wanted = args.model.as_deref();
    let wanted = wanted
        .map(|model| Wanted::parse(session, model))
        .transpose()?;
    let told: Vec<&Entry> = match &wanted {
        Some(wanted) => vec![wanted.find(args.round, &entries)?],
        None => entries.iter().collect(),
    };
    let mut found = Differences::default();
    check_seals(chain, &round, &entries, &mut found);
    check_stakes(&round, &entries, &stakes, &mut found);
    progress.now("recomputing the round");
    let scores = recompute(&client, &round, &entries, &stakes, &mut found)?;
    drop(progress);
    if !found.0.is_empty() {
        let count = found.0.len();
        found.0.truncate(TOLD_MAX);
        return Err(Failure::rejected(anyhow!(
            "round {} differs in {count} places: {}",
            args.round,
            found.0.join("; ")
        ))
        .fact("differences", found.0));
    }
    Ok(report(&round, &told, &stakes, &scores))
}

/// Data, targets and predictions are what was committed before.
fn check_seals(chain: ChainId, round: &Round, entries: &[Entry], found: &mut Differences) {
    let (Some(salt), Some(targets)) = (round.targets_salt, round.targets) else {
        found
            .0
            .push("the round is settled without targets".to_owned());
        return;
    };
    let sealed = seal_targets(chain, round.organiser, round.data, salt, targets);
    found.compare("the seal of the targets", &round.sealed_targets, &sealed);
    for entry in entries {
        if let (Some(salt), Some(prediction)) = (entry.salt, entry.prediction) {
            let sealed = seal_prediction(
                chain,
                round.id,
                entry.account,
                &entry.model,
                salt,
                prediction,
            );
            found.compare(
                &format!("the seal of {}", entry.model),
                &entry.sealed,
                &sealed,
            );
        }
    }
}

/// Stakes sum to what entries and round say.
fn check_stakes(round: &Round, entries: &[Entry], stakes: &[Stake], found: &mut Differences) {
    found.compare(
        "number of entries",
        &(round.entries as usize),
        &entries.len(),
    );
    found.compare("number of stakes", &(round.stakes as usize), &stakes.len());
    for entry in entries {
        let own = stakes.iter().filter(|stake| stake.entry == entry.number);
        let sum = Amount::sum(own.map(|stake| stake.amount));
        found.compare(
            &format!("stake on {}", entry.model),
            &Ok(entry.staked),
            &sum,
        );
    }
}

/// Entries with their predictions, fetched by hash.
pub(super) fn candidates(
    client: &Client,
    round: &Round,
    entries: &[Entry],
) -> Result<Vec<Candidate>> {
    entries
        .iter()
        .map(|entry| -> Result<Candidate> {
            let prediction = entry
                .prediction
                .map(|id| node::prediction(client, round, id))
                .transpose()?;
            let stake = u64::try_from(entry.staked.0).or_rejected("a stake is too large")?;
            Ok(Candidate { stake, prediction })
        })
        .collect()
}

fn recompute(
    client: &Client,
    round: &Round,
    entries: &[Entry],
    stakes: &[Stake],
    found: &mut Differences,
) -> Result<Vec<Scores>> {
    let data = node::data(client, round)?;
    let targets = round
        .targets
        .ok_or_else(|| Failure::rejected(anyhow!("the round is settled without targets")))?;
    let targets = node::targets(client, round, targets)?;
    let candidates = candidates(client, round, entries)?;
    let result = score::score(&round.terms, &data, &targets, &candidates)
        .or_rejected("the round can't be scored")?;
    let deviation = doubles::largest_deviation(&targets, &candidates, &result.scores)?;
    if let Some((place, size)) = deviation.filter(|(_, size)| *size > doubles::DEVIATION_MAX) {
        let model = entries.get(place).map(|entry| entry.model.to_string());
        found.0.push(format!(
            "correlation of {}: in doubles it differs by {size:e}",
            model.unwrap_or_default()
        ));
    }
    for (entry, scores) in entries.iter().zip(&result.scores) {
        found.compare(
            &format!("scores of {}", entry.model),
            &entry.scores,
            &Some(*scores),
        );
    }
    let units = |amount: Amount| u64::try_from(amount.0).or_rejected("an amount is too large");
    let claims: Result<Vec<(u32, u64)>> = stakes
        .iter()
        .map(|stake| units(stake.amount).map(|units| (stake.entry, units)))
        .collect();
    let pot = units(round.subsidy.plus(round.carried)?)?;
    let paid = score::pay(&result.scores, &claims?, pot)
        .ok_or_else(|| Failure::rejected(anyhow!("the round's payouts can't be computed")))?;
    let amount = |units: u64| Amount(u128::from(units));
    for (stake, (won, lost)) in stakes.iter().zip(paid.won.iter().zip(&paid.lost)) {
        let what = format!("stake of {} on entry {}", stake.account, stake.entry);
        found.compare(
            &what,
            &(stake.won, stake.lost),
            &(amount(*won), amount(*lost)),
        );
    }
    let sum = |parts: &[u64]| Amount::sum(parts.iter().map(|part| amount(*part)));
    let here = (sum(&paid.won)?, sum(&paid.lost)?, amount(paid.kept));
    found.compare(
        "won, lost and kept",
        &(round.won, round.lost, round.kept),
        &here,
    );
    Ok(result.scores)
}

fn report(round: &Round, told: &[&Entry], stakes: &[Stake], scores: &[Scores]) -> Outcome {
    let mut text = format!(
        "round {} holds: {} entries, {} stakes, every score and payout as recomputed",
        round.id, round.entries, round.stakes
    );
    let mut models = Vec::new();
    for entry in told {
        let Some(scores) = scores.get(entry.number as usize) else {
            continue;
        };
        let _ = write!(
            text,
            "\n{} of {}\n  correlation   {}\n  contribution  {}\n  neutral       {}\n  rate          {}",
            entry.model,
            entry.account,
            decimal(scores.correlation),
            decimal(scores.contribution),
            decimal(scores.feature_neutral),
            percent(scores.rate)
        );
        let own: Vec<&Stake> = stakes
            .iter()
            .filter(|stake| stake.entry == entry.number)
            .collect();
        for stake in &own {
            let _ = write!(
                text,
                "\n  {}  staked {}, won {}, lost {}",
                stake.account,
                money(stake.amount, round.asset),
                money(stake.won, round.asset),
                money(stake.lost, round.asset)
            );
        }
        models.push(json!({
            "model": entry.model,
            "account": entry.account,
            "scores": scores,
            "rate": Scores::decimal(scores.rate),
            "stakes": own,
        }));
    }
    Outcome::new(
        text,
        json!({ "holds": true, "round": round, "models": models }),
    )
}
