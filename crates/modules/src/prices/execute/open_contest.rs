//! Opening a contest on a feed.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::Amount;
use lilliput_types::prices::{Contest, ContestState, ENTRANTS_MAX, OpenContest, PricesEvent};

use super::bounded;
use crate::prices::{
    CONTESTS_MAX, COPY_LAG_MAX, EPOCH_SIGNALS_MAX, EPOCHS_MAX, LEVERAGE_MAX, POT_MIN, WHOLE_BPS,
    state as keys,
};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &OpenContest) -> Result<(), Refusal> {
    let terms = &message.terms;
    let whole = u64::from(WHOLE_BPS);
    let number = |value: u32| u64::from(value);
    bounded(
        "the number of entrants",
        u64::from(terms.entrants_max),
        1,
        number(ENTRANTS_MAX),
    )?;
    bounded(
        "the leverage",
        number(terms.leverage_max),
        1,
        number(LEVERAGE_MAX),
    )?;
    bounded(
        "the drawdown",
        u64::from(terms.drawdown_max_bps),
        1,
        whole - 1,
    )?;
    bounded(
        "the number of epochs",
        number(terms.epochs),
        1,
        number(EPOCHS_MAX),
    )?;
    let most = EPOCH_SIGNALS_MAX / u32::from(terms.entrants_max).max(1);
    bounded(
        "the periods of an epoch",
        number(terms.epoch_periods),
        1,
        number(most),
    )?;
    // Who enters at the beginning must be able to earn.
    let all = number(terms.epochs) * number(terms.epoch_periods);
    bounded("the challenge", number(terms.challenge_periods), 0, all)?;
    bounded(
        "the delay of a copy",
        number(terms.copy_lag),
        0,
        number(COPY_LAG_MAX),
    )?;
    bounded(
        "the copied part",
        u64::from(terms.copy_part_bps),
        5_000,
        whole,
    )?;
    if message.pot < POT_MIN {
        return Err(refusal(
            "prices.pot_too_small",
            format!("the pot is {}, at least {POT_MIN}", message.pot),
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenContest,
) -> Result<(), Failure> {
    let mut feed = super::known_feed(state, message.feed)?;
    if feed.contests >= CONTESTS_MAX {
        return refuse(
            "prices.full",
            format!("feed {} has {CONTESTS_MAX} open contests", feed.id),
        );
    }
    let first = feed.opening(context.block.time);
    let id = keys::next_contest(state)?;
    let mut contest = Contest {
        id,
        feed: feed.id,
        name: message.name.clone(),
        opener: context.signer,
        asset: feed.asset,
        terms: message.terms,
        state: ContestState::Open,
        first,
        epoch_from: first,
        settled: 0,
        price: None,
        entrants: 0,
        sequence: 0,
        epochs_paid: 0,
        pot: Amount::ZERO,
        funded: Amount::ZERO,
        paid: Amount::ZERO,
        left: Amount::ZERO,
        opened_at: context.block.height,
        closed_at: None,
    };
    super::fill(state, &mut contest, context.signer, message.pot)?;
    feed.contests = feed.contests.saturating_add(1);
    keys::write_contest(state, &contest);
    keys::write_feed(state, &mut feed, context.block.time);
    state.emit(PricesEvent::ContestOpened {
        contest: id,
        feed: feed.id,
        opener: context.signer,
    });
    Ok(())
}
