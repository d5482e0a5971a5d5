//! The end of an epoch: who copied, who gained, who gets what of the pot.

use lilliput_incentives::Number;
use lilliput_incentives::scorers::{Change, FollowRule, followers};
use lilliput_types::prices::{
    Contest, Entrant, Payout, PayoutRecord, PricesEvent, Signal, Standing,
};
use lilliput_types::{Amount, List};

use super::COPY_CHANGES_MIN;
use super::account::number;

/// The least drawdown that a gain is divided by: a hundredth.
const DRAWDOWN_MIN_PARTS: i128 = 100;
/// Weights keep 32 of 48 fraction bits.
const WEIGHT_SHIFT: u32 = 16;

/// Whether a contest's epoch ends with the period that was settled last.
#[must_use]
pub fn is_due(contest: &Contest) -> bool {
    contest.settled > 0
        && contest
            .settled
            .is_multiple_of(contest.terms.epoch_periods.max(1))
}

/// Whether all epochs of a contest are paid.
#[must_use]
pub fn is_last(contest: &Contest) -> bool {
    contest.epochs_paid >= contest.terms.epochs
}

/// The first period of which signals can have been copied in the epoch that runs.
#[must_use]
pub fn signals_from(contest: &Contest) -> u64 {
    contest
        .epoch_from
        .saturating_sub(u64::from(contest.terms.copy_lag))
}

/// Shares the epoch's part of the pot; `signals` are those from [`signals_from`] on, in the order of periods. Moves nothing:
/// the caller pays what the record says.
pub fn pay(
    contest: &mut Contest,
    entrants: &mut [Entrant],
    signals: &[Signal],
    period: u64,
) -> (PayoutRecord, Vec<PricesEvent>) {
    let copies = copiers(contest, entrants, signals);
    let mut payouts = Vec::new();
    for (entrant, copied) in entrants.iter_mut().zip(copies) {
        entrant.copies = copied;
        let weight = weight(contest, entrant);
        let judged = entrant.standing == Standing::In && challenged(contest, entrant);
        if judged {
            entrant.mark = entrant.mark.max(entrant.value);
        }
        if weight > 0 || copied.is_some() {
            payouts.push(Payout {
                entrant: entrant.number,
                weight,
                copies: copied,
                amount: Amount::ZERO,
            });
        }
    }
    let remaining = contest.terms.epochs.saturating_sub(contest.epochs_paid);
    let part = contest.pot.0 / u128::from(remaining.max(1));
    let sum: u128 = payouts.iter().map(|payout| u128::from(payout.weight)).sum();
    let pot = contest.pot;
    let mut events = Vec::new();
    let epoch = contest.epochs_paid;
    for payout in &mut payouts {
        // The part stays below 2^63, a weight below 2^53.
        let amount = (part * u128::from(payout.weight)).checked_div(sum);
        payout.amount = Amount(amount.unwrap_or(0));
        contest.pot.0 = contest.pot.0.saturating_sub(payout.amount.0);
        contest.paid.0 = contest.paid.0.saturating_add(payout.amount.0);
        if let Some(entrant) = entrants.get_mut(usize::from(payout.entrant)) {
            entrant.paid.0 = entrant.paid.0.saturating_add(payout.amount.0);
        }
        events.push(match payout.copies {
            Some(of) => PricesEvent::Copied {
                contest: contest.id,
                epoch,
                entrant: payout.entrant,
                of,
            },
            None => PricesEvent::Paid {
                contest: contest.id,
                epoch,
                entrant: payout.entrant,
                amount: payout.amount,
            },
        });
    }
    contest.epochs_paid = contest.epochs_paid.saturating_add(1);
    contest.epoch_from = period.saturating_add(1);
    let record = PayoutRecord {
        contest: contest.id,
        epoch,
        period,
        pot,
        // A contest has at most so many entrants.
        payouts: List::new(payouts).unwrap_or_default(),
    };
    (record, events)
}

/// Whether an entrant has survived the challenge.
fn challenged(contest: &Contest, entrant: &Entrant) -> bool {
    entrant.periods >= contest.terms.challenge_periods
}

/// What an entrant's part of the pot is proportional to.
fn weight(contest: &Contest, entrant: &Entrant) -> u64 {
    let earns = entrant.standing == Standing::In
        && entrant.copies.is_none()
        && challenged(contest, entrant);
    if !earns || entrant.value <= entrant.mark {
        return 0;
    }
    let gain = number(entrant.value) - number(entrant.mark);
    let gain = if contest.terms.by_drawdown {
        let least = Number::ratio(1, DRAWDOWN_MIN_PARTS);
        gain.over(number(entrant.drawdown).max(least))
    } else {
        gain
    };
    u64::try_from(gain.to_bits() >> WEIGHT_SHIFT).unwrap_or(0)
}

/// Whom each entrant copied, by number.
fn copiers(contest: &Contest, entrants: &[Entrant], signals: &[Signal]) -> Vec<Option<u16>> {
    let mut changes: Vec<Vec<Change>> = vec![Vec::new(); entrants.len()];
    for signal in signals.iter().filter(|signal| signal.changed) {
        if let (Some(own), Some(position)) = (
            changes.get_mut(usize::from(signal.entrant)),
            signal.leverage,
        ) {
            own.push(Change {
                period: signal.period,
                sequence: signal.sequence,
                position,
            });
        }
    }
    let rule = FollowRule {
        from: contest.epoch_from,
        lag_max: contest.terms.copy_lag,
        changes_min: COPY_CHANGES_MIN,
        part_min_bps: contest.terms.copy_part_bps,
    };
    followers(&changes, rule)
        .into_iter()
        .map(|other| other.and_then(|number| u16::try_from(number).ok()))
        .collect()
}
