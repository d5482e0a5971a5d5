//! Money, counts and the queue of windows agree with feeds and contests.

use std::collections::BTreeSet;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::prices::{Contest, ContestState, Feed, FeedId, Payout, PayoutRecord};
use lilliput_types::{Amount, Holder, TimeMs};

use super::{payout, state};
use crate::bank;
use crate::keyed::time_of;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut due: BTreeSet<(TimeMs, FeedId)> = BTreeSet::new();
    for entry in Scan::<Feed>::new(reader, state::FEEDS) {
        let (_, feed) = entry?;
        if let Some(time) = feed.due {
            due.insert((time, feed.id));
        }
        check_feed(reader, &feed, &mut found)?;
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<FeedId>::new(reader, state::WINDOWS) {
        let (key, feed) = entry?;
        queued.insert((time_of(state::WINDOWS, &key)?, feed));
    }
    if queued != due {
        found.push("the queue of windows doesn't match the feeds in use".to_owned());
    }
    for entry in Scan::<Contest>::new(reader, state::CONTESTS) {
        let (_, contest) = entry?;
        check_contest(reader, &contest, &mut found)?;
    }
    Ok(found)
}

fn check_feed(
    reader: &dyn StateReader,
    feed: &Feed,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let reporters = state::reporters(reader, feed.id)?;
    let staked = Amount::sum(reporters.iter().map(|reporter| reporter.stake));
    if staked != Ok(feed.staked) {
        found.push(format!("feed {} miscounts its stake", feed.id));
    }
    let held = bank::state::balance(reader, Holder::Feed(feed.id), feed.asset)?;
    if feed.staked.plus(feed.deposit) != Ok(held) {
        found.push(format!(
            "feed {} holds {held}, not its deposit and stake",
            feed.id
        ));
    }
    let able = reporters
        .iter()
        .filter(|reporter| reporter.stake >= feed.terms.stake_min);
    let contests = state::running(reader, feed.id)?;
    let counts = [reporters.len(), able.count(), contests.len()];
    if counts != [feed.reporters, feed.active, feed.contests].map(|count| count as usize) {
        found.push(format!("feed {} miscounts reporters or contests", feed.id));
    }
    let used = feed.active > 0 || feed.contests > 0;
    if feed.due != used.then(|| feed.closes(feed.next)) {
        found.push(format!("feed {} doesn't wait for its next window", feed.id));
    }
    Ok(())
}

fn check_contest(
    reader: &dyn StateReader,
    contest: &Contest,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let held = bank::state::balance(reader, Holder::Contest(contest.id), contest.asset)?;
    if held != contest.pot {
        found.push(format!(
            "contest {} holds {held}, its pot is {}",
            contest.id, contest.pot
        ));
    }
    let out = Amount::sum([contest.paid, contest.left, contest.pot]);
    if out != Ok(contest.funded) {
        found.push(format!(
            "contest {} doesn't give out what it got",
            contest.id
        ));
    }
    let entrants = state::entrants(reader, contest.id)?;
    let payouts: Vec<PayoutRecord> = state::all(reader, &state::payouts_of(contest.id))?;
    let paid_to = |number: u16| {
        let all = payouts.iter().flat_map(|record| record.payouts.iter());
        let own = all.filter(|payout: &&Payout| payout.entrant == number);
        Amount::sum(own.map(|payout| payout.amount))
    };
    let agree = entrants
        .iter()
        .all(|entrant| paid_to(entrant.number) == Ok(entrant.paid));
    let sum = Amount::sum(entrants.iter().map(|entrant| entrant.paid));
    if !agree || sum != Ok(contest.paid) || payouts.len() != contest.epochs_paid as usize {
        found.push(format!("contest {} miscounts its payouts", contest.id));
    }
    if entrants.len() != usize::from(contest.entrants) {
        found.push(format!("contest {} miscounts its entrants", contest.id));
    }
    if (contest.state == ContestState::Closed) != payout::is_last(contest) {
        found.push(format!(
            "contest {} is closed too early or late",
            contest.id
        ));
    }
    Ok(())
}
