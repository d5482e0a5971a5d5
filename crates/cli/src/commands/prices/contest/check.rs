//! `lilliput prices contest check`: recompute a contest from signals and prices, and compare with the ledger.

use std::collections::BTreeMap;

use anyhow::anyhow;
use lilliput_modules::prices::{median, replay};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, Feed, Judgement, PayoutRecord, PriceRecord, Signal,
    Step, seal_signal,
};
use lilliput_types::{Amount, ChainId};
use serde_json::json;

use super::show::account;
use crate::commands::prices::node;
use crate::failure::{Failure, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;

/// The most differences that are told.
const TOLD_MAX: usize = 20;

/// Recompute every account and payout of a contest, and compare with the ledger's.
///
/// Signals are checked against their seals and the times they were committed at, prices against the reports as far as the
/// feed keeps them. Exit code 3 if anything differs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The contest, like 1.
    contest: ContestId,

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

    fn unless(&mut self, holds: bool, what: String) {
        if !holds {
            self.0.push(what);
        }
    }
}

/// What a node tells of a contest.
struct Fetched {
    chain: ChainId,
    feed: Feed,
    contest: Contest,
    entrants: Vec<Entrant>,
    signals: Vec<Signal>,
    steps: Vec<Step>,
    payouts: Vec<PayoutRecord>,
    prices: Vec<PriceRecord>,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let progress = session.progress("fetching the contest");
    let fetched = fetch(args)?;
    progress.now("recomputing the contest");
    let (mut found, judged) = differences(&fetched);
    drop(progress);
    let contest = &fetched.contest;
    if !found.0.is_empty() {
        let count = found.0.len();
        found.0.truncate(TOLD_MAX);
        return Err(Failure::rejected(anyhow!(
            "contest {} differs in {count} places: {}",
            contest.id,
            found.0.join("; ")
        ))
        .fact("differences", found.0));
    }
    let mut lines = vec![format!(
        "contest {} holds: {} entrants over {} periods, {} signals, {} medians, every account and payout as recomputed",
        contest.id,
        contest.entrants,
        contest.settled,
        fetched.signals.len(),
        judged
    )];
    lines.extend(fetched.entrants.iter().map(|entrant| {
        format!(
            "  {}  {}, paid {}",
            entrant.account,
            account(entrant, contest.terms.challenge_periods),
            money(entrant.paid, contest.asset)
        )
    }));
    Ok(Outcome::new(
        lines.join("\n"),
        json!({
            "holds": true,
            "contest": contest,
            "entrants": fetched.entrants,
            "payouts": fetched.payouts,
            "medians_checked": judged,
        }),
    ))
}

/// What differs, and how many medians were recomputed.
fn differences(fetched: &Fetched) -> (Differences, usize) {
    let mut found = Differences::default();
    check_signals(fetched, &mut found);
    let judged = check_prices(fetched, &mut found);
    check_accounts(fetched, &mut found);
    check_money(fetched, &mut found);
    (found, judged)
}

/// Asks twice whether the contest has moved on meanwhile: its parts must be of one block.
fn fetch(args: &Args) -> Result<Fetched> {
    const TRIES_MAX: usize = 5;
    let client = args.node.client()?;
    for _ in 0..TRIES_MAX {
        let contest = client.contest(args.contest)?;
        let fetched = Fetched {
            chain: client.status()?.chain,
            feed: client.feed(contest.feed)?,
            entrants: client.entrants(args.contest)?,
            signals: node::signals(&client, args.contest)?,
            steps: node::steps(&client, args.contest)?,
            payouts: node::payouts(&client, args.contest)?,
            prices: node::prices(&client, contest.feed)?,
            contest,
        };
        if client.contest(args.contest)? == fetched.contest {
            return Ok(fetched);
        }
    }
    Err(Failure::failed(anyhow!(
        "contest {} moves on faster than it can be fetched",
        args.contest
    )))
}

/// Every signal shown is what was sealed, before its window opened; their places are in the order of time.
fn check_signals(fetched: &Fetched, found: &mut Differences) {
    let mut by_place: BTreeMap<u64, &Signal> = BTreeMap::new();
    for signal in &fetched.signals {
        let name = format!("signal of entrant {} for {}", signal.entrant, signal.period);
        let early = signal.committed_at < fetched.feed.opens(signal.period);
        found.unless(early, format!("{name}: committed too late"));
        let twice = by_place.insert(signal.sequence, signal).is_some();
        found.unless(!twice, format!("{name}: its place is another's too"));
        let Some(entrant) = fetched.entrants.get(usize::from(signal.entrant)) else {
            found.0.push(format!("{name}: there is no such entrant"));
            continue;
        };
        if let (Some(leverage), Some(salt)) = (signal.leverage, signal.salt) {
            let sealed = seal_signal(
                fetched.chain,
                fetched.contest.id,
                entrant.account,
                signal.period,
                leverage,
                salt,
            );
            found.compare(&format!("{name}: its seal"), &signal.sealed, &sealed);
            let within = leverage.unsigned_abs() <= fetched.contest.terms.leverage_max;
            found.unless(within, format!("{name}: leverage beyond the limit"));
        }
    }
    let times: Vec<_> = by_place
        .values()
        .map(|signal| signal.committed_at)
        .collect();
    let ordered = times.is_sorted();
    found.unless(
        ordered,
        "the places of signals aren't in order of time".to_owned(),
    );
    found.compare(
        "number of signals",
        &fetched.contest.sequence,
        &(fetched.signals.len() as u64),
    );
}

/// Prices are the medians of their reports, and the contest's steps are these prices. Gives how many were recomputed.
fn check_prices(fetched: &Fetched, found: &mut Differences) -> usize {
    let kept: BTreeMap<u64, &PriceRecord> = fetched
        .prices
        .iter()
        .map(|record| (record.period, record))
        .collect();
    let mut count = 0;
    for step in &fetched.steps {
        let Some(record) = kept.get(&step.period) else {
            continue;
        };
        count += 1;
        let name = format!("price of period {}", step.period);
        found.compare(&name, &step.price, &record.price);
        let reports: Vec<(u64, u128)> = record
            .reports
            .iter()
            .map(|report| (report.price, report.stake.0))
            .collect();
        let terms = &fetched.feed.terms;
        let here = median::median(&reports, terms.quorum, record.staked.0);
        found.compare(&name, &record.price, &here);
        for report in record.reports.iter() {
            let judgement = match here {
                None => Judgement::Unjudged,
                Some(price) if median::within(report.price, price, terms.tolerance_bps) => {
                    Judgement::Right
                }
                Some(_) => Judgement::Off,
            };
            let name = format!("{name}, report of {}", report.account);
            found.compare(&name, &report.judgement, &judgement);
        }
    }
    count
}

/// Every account and payout follows from prices and signals.
fn check_accounts(fetched: &Fetched, found: &mut Differences) {
    let Fetched {
        contest,
        entrants,
        signals,
        steps,
        payouts,
        ..
    } = fetched;
    let pot = |epoch: u32, left: Amount| {
        let record = payouts.get(epoch as usize);
        record.map_or(left, |record| record.pot)
    };
    let here = replay::replay(contest, entrants, signals, steps, pot, |_| ());
    let counts = (usize::from(contest.entrants), steps.len());
    let settled = contest.settled as usize;
    found.compare(
        "numbers of entrants and steps",
        &counts,
        &(entrants.len(), settled),
    );
    for (ledger, here) in entrants.iter().zip(&here.entrants) {
        found.compare(&format!("account of {}", ledger.account), ledger, here);
    }
    found.compare("number of epochs", &payouts.len(), &here.payouts.len());
    for (ledger, here) in payouts.iter().zip(&here.payouts) {
        found.compare(&format!("payouts of epoch {}", ledger.epoch), ledger, here);
    }
    let changed = |signals: &[Signal]| -> Vec<(u64, u16)> {
        let changed = signals.iter().filter(|signal| signal.changed);
        changed
            .map(|signal| (signal.period, signal.entrant))
            .collect()
    };
    let (ledger, again) = (changed(signals), changed(&here.signals));
    found.compare("the changes of position", &ledger, &again);
    let parts = |contest: &Contest| {
        (
            contest.state,
            contest.settled,
            contest.price,
            contest.epochs_paid,
            contest.paid,
            contest.left,
        )
    };
    found.compare("the contest", &parts(contest), &parts(&here.contest));
}

/// What came in is what was paid, what is left and what is in the pot; a pot grows from epoch to epoch but for payouts.
fn check_money(fetched: &Fetched, found: &mut Differences) {
    let contest = &fetched.contest;
    let out = Amount::sum([contest.paid, contest.left, contest.pot]);
    found.compare("what came into the pot", &Ok(contest.funded), &out);
    let fees = contest.terms.entry_fee.times(u64::from(contest.entrants));
    let enough = fees.is_ok_and(|fees| fees <= contest.funded);
    found.unless(
        enough,
        "the fees of all entrants aren't in the pot".to_owned(),
    );
    let mut least = Amount::ZERO;
    for record in &fetched.payouts {
        let grown = record.pot >= least;
        found.unless(
            grown,
            format!("the pot shrank before epoch {}", record.epoch),
        );
        let paid = Amount::sum(record.payouts.iter().map(|payout| payout.amount));
        let left = paid.and_then(|paid| record.pot.minus(paid));
        least = left.unwrap_or(Amount::ZERO);
    }
    if contest.state == ContestState::Closed {
        let last = fetched.payouts.last().map(|_| least);
        found.compare("what was left", &Some(contest.left), &last);
    }
}

#[cfg(test)]
mod tests;
