//! A window closes: median, slashing, and what follows in the feed's contests.

use lilliput_ledger::{BlockContext, Failure, State, StoreError};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, Feed, Judgement, PriceRecord, PricesEvent, Reported,
    Reporter, SlashCause,
};
use lilliput_types::{Amount, Holder, List, Segment};

use super::{WHOLE_BPS, account, median, payout, state as keys};
use crate::bank;
use crate::refuse::overflow;

/// Settles the feed's next window, which has closed.
pub(super) fn window(
    state: &mut State<'_>,
    mut feed: Feed,
    block: &BlockContext,
) -> Result<(), Failure> {
    let period = feed.next;
    let mut reporters = keys::reporters(state, feed.id)?;
    let (price, staked) = price(&feed, period, &reporters)?;
    let mut reports = Vec::new();
    for reporter in &mut reporters {
        let report = reporter.report.filter(|(of, _)| *of == period);
        let report = report.map(|(_, price)| price);
        if let Some(reported) = report {
            reports.push(Reported {
                account: reporter.account,
                stake: reporter.stake,
                price: reported,
                judgement: judge(&feed, reported, price),
            });
        }
        settle_reporter(state, &mut feed, reporter, report, price)?;
    }
    feed.latest = price.map(|price| (period, price)).or(feed.latest);
    feed.priced = feed.priced.saturating_add(u64::from(price.is_some()));
    let count = reports.len();
    let record = PriceRecord {
        feed: feed.id,
        period,
        price,
        staked,
        // A feed has at most so many reporters.
        reports: List::new(reports).unwrap_or_default(),
        height: block.height,
    };
    keys::write_price(state, &record, feed.terms.history)?;
    state.emit(PricesEvent::Priced {
        feed: feed.id,
        period,
        price,
        reports: u32::try_from(count).unwrap_or(u32::MAX),
    });
    for id in keys::running(state, feed.id)? {
        contest(state, &mut feed, id, &record, block)?;
    }
    feed.next = period.saturating_add(1).max(feed.unclosed(block.time));
    keys::write_feed(state, &mut feed, block.time);
    Ok(())
}

/// The median of a period's reports, and the stake that could have reported.
fn price(
    feed: &Feed,
    period: u64,
    reporters: &[Reporter],
) -> Result<(Option<u64>, Amount), Failure> {
    let able = reporters
        .iter()
        .filter(|reporter| reporter.stake >= feed.terms.stake_min && reporter.since <= period);
    let staked = Amount::sum(able.map(|reporter| reporter.stake)).map_err(overflow)?;
    let reports: Vec<(u64, u128)> = reporters
        .iter()
        .filter_map(|reporter| {
            let (of, price) = reporter.report?;
            (of == period).then_some((price, reporter.stake.0))
        })
        .collect();
    let price = median::median(&reports, feed.terms.quorum, staked.0);
    Ok((price, staked))
}

/// What a report is against a price.
fn judge(feed: &Feed, reported: u64, price: Option<u64>) -> Judgement {
    match price {
        None => Judgement::Unjudged,
        Some(price) if median::within(reported, price, feed.terms.tolerance_bps) => {
            Judgement::Right
        }
        Some(_) => Judgement::Off,
    }
}

/// Counts a reporter's report or silence, and takes from its stake what that costs.
fn settle_reporter(
    state: &mut State<'_>,
    feed: &mut Feed,
    reporter: &mut Reporter,
    report: Option<u64>,
    price: Option<u64>,
) -> Result<(), Failure> {
    let able = reporter.stake >= feed.terms.stake_min;
    let mut cause = None;
    match report.map(|reported| judge(feed, reported, price)) {
        Some(judgement) => {
            reporter.silent = 0;
            reporter.report = None;
            match judgement {
                Judgement::Right => reporter.right = reporter.right.saturating_add(1),
                Judgement::Off => cause = Some(SlashCause::Off),
                Judgement::Unjudged => {}
            }
        }
        None if able && reporter.since <= feed.next => {
            reporter.silent = reporter.silent.saturating_add(1);
            if reporter.silent > feed.terms.silence_max {
                reporter.silent = 0;
                cause = Some(SlashCause::Silent);
            }
        }
        None => return Ok(()),
    }
    if let Some(cause) = cause {
        slash(state, feed, reporter, cause)?;
        if able && reporter.stake < feed.terms.stake_min {
            feed.active = feed.active.saturating_sub(1);
        }
    }
    keys::write_reporter(state, reporter);
    Ok(())
}

/// Takes a part of a stake, rounded up, to the treasury.
fn slash(
    state: &mut State<'_>,
    feed: &mut Feed,
    reporter: &mut Reporter,
    cause: SlashCause,
) -> Result<(), Failure> {
    let kept = WHOLE_BPS.saturating_sub(feed.terms.slash_bps);
    let left = reporter
        .stake
        .fraction(u32::from(kept), u32::from(WHOLE_BPS))
        .unwrap_or(Amount::ZERO);
    let amount = reporter.stake.minus(left).map_err(overflow)?;
    let from = Holder::Feed(feed.id);
    bank::transfer(state, feed.asset, from, Holder::Treasury, amount)?;
    reporter.stake = left;
    reporter.slashes = reporter.slashes.saturating_add(1);
    reporter.slashed = reporter.slashed.plus(amount).map_err(overflow)?;
    feed.staked = feed.staked.minus(amount).map_err(overflow)?;
    feed.slashed = feed.slashed.plus(amount).map_err(overflow)?;
    state.emit(PricesEvent::Slashed {
        feed: feed.id,
        period: feed.next,
        account: reporter.account,
        amount,
        cause,
    });
    Ok(())
}

/// Carries a contest on by a settled period, and pays its epoch if it ends.
fn contest(
    state: &mut State<'_>,
    feed: &mut Feed,
    id: ContestId,
    record: &PriceRecord,
    block: &BlockContext,
) -> Result<(), Failure> {
    let mut contest = keys::contest(state, id)?.ok_or_else(|| StoreError::Corrupt {
        key: format!("contest {id}"),
        reason: "a feed names a contest that doesn't exist".to_owned(),
    })?;
    let period = record.period;
    if period < contest.first {
        return Ok(());
    }
    let mut entrants = keys::entrants(state, id)?;
    let before = entrants.clone();
    let mut signals = keys::signals_for(state, id, period)?;
    let (step, events) = account::advance(
        &mut contest,
        &mut entrants,
        &mut signals,
        period,
        record.price,
    );
    keys::write_step(state, &step);
    for signal in &signals {
        keys::write_signal(state, signal);
    }
    for event in events {
        state.emit(event);
    }
    if payout::is_due(&contest) {
        pay(state, &mut contest, &mut entrants, period)?;
    }
    if payout::is_last(&contest) {
        close(state, &mut contest, block)?;
        feed.contests = feed.contests.saturating_sub(1);
    }
    for (entrant, before) in entrants.iter().zip(&before) {
        if entrant != before {
            keys::write_entrant(state, entrant);
        }
    }
    keys::write_contest(state, &contest);
    Ok(())
}

/// Shares the epoch's part of the pot.
fn pay(
    state: &mut State<'_>,
    contest: &mut Contest,
    entrants: &mut [Entrant],
    period: u64,
) -> Result<(), Failure> {
    let from = payout::signals_from(contest);
    let signals = keys::signals_between(state, contest.id, from, period)?;
    let (record, events) = payout::pay(contest, entrants, &signals, period);
    for payout in record.payouts.iter() {
        let entrant = entrants.get(usize::from(payout.entrant));
        let Some(account) = entrant.map(|entrant| entrant.account) else {
            continue;
        };
        let (from, to) = (Holder::Contest(contest.id), Holder::Account(account));
        let amount = payout.amount;
        bank::pay(state, contest.asset, from, to, amount, Segment::Software)?;
    }
    keys::write_payout(state, &record);
    for event in events {
        state.emit(event);
    }
    Ok(())
}

/// All epochs are paid: what nobody earned goes to the treasury.
fn close(
    state: &mut State<'_>,
    contest: &mut Contest,
    block: &BlockContext,
) -> Result<(), Failure> {
    let from = Holder::Contest(contest.id);
    bank::transfer(state, contest.asset, from, Holder::Treasury, contest.pot)?;
    contest.left = contest.pot;
    contest.pot = Amount::ZERO;
    contest.state = ContestState::Closed;
    contest.closed_at = Some(block.height);
    state.emit(PricesEvent::ContestClosed {
        contest: contest.id,
        left: contest.left,
    });
    Ok(())
}
