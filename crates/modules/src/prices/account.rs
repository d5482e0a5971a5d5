//! The accounts on paper of a contest's entrants, from period to period.
//!
//! A position sealed before period p's window opens is held from p's price to the next price there is. Without a price in
//! p the old position is held on: who could replace it then would know what happened since.

use lilliput_incentives::Number;
use lilliput_incentives::scorers::{PaperAccount, Position, TradingLimits};
use lilliput_types::Address;
use lilliput_types::prices::{
    Contest, ContestTerms, Entrant, LEVERAGE_ONE, OutCause, PricesEvent, Signal, Standing, Step,
};

use super::{UNREVEALED_MAX, WHOLE_BPS};

/// An entrant that has done nothing yet.
#[must_use]
pub fn start(contest: &Contest, number: u16, account: Address, since: u64) -> Entrant {
    let one = bits(Number::ONE);
    Entrant {
        contest: contest.id,
        number,
        account,
        since,
        standing: Standing::In,
        position: 0,
        wanted: 0,
        value: one,
        peak: one,
        drawdown: 0,
        mark: one,
        periods: 0,
        unrevealed: 0,
        copies: None,
        paid: lilliput_types::Amount::ZERO,
    }
}

/// Carries all accounts on by a period; `signals` are those for it. Gives the step and what there is to tell.
pub fn advance(
    contest: &mut Contest,
    entrants: &mut [Entrant],
    signals: &mut [Signal],
    period: u64,
    price: Option<u64>,
) -> (Step, Vec<PricesEvent>) {
    let mut events = vec![PricesEvent::Stepped {
        contest: contest.id,
        period,
        price,
    }];
    for entrant in entrants.iter_mut() {
        if entrant.standing != Standing::In || entrant.since > period {
            continue;
        }
        let own = signals
            .iter_mut()
            .find(|signal| signal.entrant == entrant.number);
        let cause = carry_on(contest, entrant, own, price);
        if let Some(cause) = cause {
            entrant.standing = Standing::Out { period, cause };
            (entrant.position, entrant.wanted) = (0, 0);
            events.push(PricesEvent::Eliminated {
                contest: contest.id,
                entrant: entrant.number,
                period,
                cause,
            });
        }
    }
    contest.price = price.or(contest.price);
    contest.settled = contest.settled.saturating_add(1);
    let step = Step {
        contest: contest.id,
        period,
        price,
    };
    (step, events)
}

/// Carries an account on by a period; gives why the entrant is out, if it is.
fn carry_on(
    contest: &Contest,
    entrant: &mut Entrant,
    signal: Option<&mut Signal>,
    price: Option<u64>,
) -> Option<OutCause> {
    let terms = &contest.terms;
    if let (Some(from), Some(to)) = (contest.price, price)
        && hold(entrant, terms, from, to)
    {
        return Some(OutCause::Drawdown);
    }
    entrant.periods = entrant.periods.saturating_add(1);
    if entrant.periods == terms.challenge_periods {
        entrant.mark = entrant.mark.max(entrant.value);
    }
    if let Some(signal) = signal {
        if signal.leverage.is_none() {
            entrant.unrevealed = entrant.unrevealed.saturating_add(1);
        }
        let wanted = signal.leverage.unwrap_or(0);
        signal.changed = signal.leverage.is_some() && wanted != entrant.wanted;
        entrant.wanted = wanted;
    }
    if entrant.unrevealed > UNREVEALED_MAX {
        return Some(OutCause::Unrevealed);
    }
    if price.is_some() {
        entrant.position = entrant.wanted;
    }
    None
}

/// Holds the entrant's position from one price to another; gives whether it fell too far.
fn hold(entrant: &mut Entrant, terms: &ContestTerms, from: u64, to: u64) -> bool {
    let limits = limits(terms);
    let mut account = PaperAccount {
        value: number(entrant.value),
        peak: number(entrant.peak),
        drawdown: number(entrant.drawdown),
    };
    // Prices lie below 2^53.
    let (from, to) = (from as i64, to as i64);
    account.step(position(entrant.position), from, to, limits);
    entrant.value = bits(account.value);
    entrant.peak = bits(account.peak);
    entrant.drawdown = bits(account.drawdown);
    account.is_out(limits)
}

/// A contest's limits as the scorers want them.
#[must_use]
pub fn limits(terms: &ContestTerms) -> TradingLimits {
    let leverage = u64::from(terms.leverage_max) * 65_536 / u64::from(LEVERAGE_ONE.unsigned_abs());
    let drawdown = u32::from(terms.drawdown_max_bps) * 65_536 / u32::from(WHOLE_BPS);
    TradingLimits {
        leverage_max: u32::try_from(leverage).unwrap_or(u32::MAX),
        drawdown_max: u16::try_from(drawdown).unwrap_or(u16::MAX),
        challenge_days: terms.challenge_periods,
    }
}

/// 1,000ths as 65,536ths, toward zero.
#[must_use]
pub fn position(leverage: i32) -> Position {
    let scaled = i64::from(leverage) * 65_536 / i64::from(LEVERAGE_ONE);
    Position(i32::try_from(scaled).unwrap_or(0))
}

/// As it is stored: values are positive and below 2^14, so that 48 fraction bits fit.
pub(super) fn bits(number: Number) -> u64 {
    u64::try_from(number.to_bits()).unwrap_or(0)
}

pub(super) fn number(bits: u64) -> Number {
    Number::from_bits(i128::from(bits))
}
