//! The messages about feeds and contests.

mod close_feed;
mod enter;
mod fund;
mod leave;
mod open_contest;
mod open_feed;
mod report;
mod reveal;
mod signal;
mod stake;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, Feed, FeedId, PRICE_END, PricesMessage, Standing,
};
use lilliput_types::{Address, Amount, Holder, TimeMs};

use super::{MONEY_END, state as keys};
use crate::bank;
use crate::refuse::{overflow, refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &PricesMessage) -> Result<(), Refusal> {
    match message {
        PricesMessage::OpenFeed(message) => open_feed::check(message),
        PricesMessage::OpenContest(message) => open_contest::check(message),
        PricesMessage::Stake(message) => some(message.amount),
        PricesMessage::Fund(message) => some(message.amount),
        PricesMessage::Report(message) if !(1..PRICE_END).contains(&message.price) => Err(refusal(
            "prices.price",
            format!("the price is {}, 1 to below {PRICE_END}", message.price),
        )),
        PricesMessage::CloseFeed(_)
        | PricesMessage::Leave(_)
        | PricesMessage::Report(_)
        | PricesMessage::Enter(_)
        | PricesMessage::Signal(_)
        | PricesMessage::Reveal(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &PricesMessage,
) -> Result<(), Failure> {
    match message {
        PricesMessage::OpenFeed(message) => open_feed::execute(state, context, message),
        PricesMessage::CloseFeed(message) => close_feed::execute(state, context, message),
        PricesMessage::Stake(message) => stake::execute(state, context, message),
        PricesMessage::Leave(message) => leave::execute(state, context, message),
        PricesMessage::Report(message) => report::execute(state, context, message),
        PricesMessage::OpenContest(message) => open_contest::execute(state, context, message),
        PricesMessage::Enter(message) => enter::execute(state, context, message),
        PricesMessage::Fund(message) => fund::execute(state, context, message),
        PricesMessage::Signal(message) => signal::execute(state, context, message),
        PricesMessage::Reveal(message) => reveal::execute(state, context, message),
    }
}

fn some(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(refusal("prices.zero_amount", "the amount is zero"));
    }
    Ok(())
}

/// Refuses a number of the terms that is out of bounds.
fn bounded(name: &str, value: u64, least: u64, most: u64) -> Result<(), Refusal> {
    if !(least..=most).contains(&value) {
        return Err(refusal(
            "prices.terms",
            format!("{name} is {value}, {least} to {most}"),
        ));
    }
    Ok(())
}

fn known_feed(state: &State<'_>, id: FeedId) -> Result<Feed, Failure> {
    match keys::feed(state, id)? {
        Some(feed) => Ok(feed),
        None => refuse("prices.unknown_feed", format!("there is no feed {id}")),
    }
}

/// A contest that isn't closed.
fn open_one(state: &State<'_>, id: ContestId) -> Result<Contest, Failure> {
    match keys::contest(state, id)? {
        None => refuse(
            "prices.unknown_contest",
            format!("there is no contest {id}"),
        ),
        Some(contest) if contest.state == ContestState::Closed => {
            refuse("prices.closed", format!("contest {id} is closed"))
        }
        Some(contest) => Ok(contest),
    }
}

/// The signer's entrant, if it is still in.
fn own_entrant(state: &State<'_>, contest: &Contest, signer: Address) -> Result<Entrant, Failure> {
    let number = keys::entered(state, contest.id, signer)?;
    let entrant = match number {
        Some(number) => keys::entrant(state, contest.id, number)?,
        None => None,
    };
    match entrant {
        None => refuse(
            "prices.not_entered",
            format!("{signer} isn't in contest {}; enter it first", contest.id),
        ),
        Some(Entrant {
            standing: Standing::Out { period, .. },
            ..
        }) => refuse(
            "prices.out",
            format!("{signer} is out since period {period}"),
        ),
        Some(entrant) => Ok(entrant),
    }
}

/// Moves money into a contest's pot.
fn fill(
    state: &mut State<'_>,
    contest: &mut Contest,
    from: Address,
    amount: Amount,
) -> Result<(), Failure> {
    let to = Holder::Contest(contest.id);
    bank::transfer(state, contest.asset, from.into(), to, amount)?;
    contest.pot = contest.pot.plus(amount).map_err(overflow)?;
    contest.funded = contest.funded.plus(amount).map_err(overflow)?;
    if contest.pot.0 >= MONEY_END {
        return refuse(
            "prices.too_much",
            format!(
                "the pot would be {}, it must stay below {MONEY_END}",
                contest.pot
            ),
        );
    }
    Ok(())
}

/// Refuses what comes before a period's window, at or after its end, or while an older one waits to be settled.
fn in_window(feed: &Feed, period: u64, now: TimeMs) -> Result<(), Failure> {
    if now < feed.opens(period) {
        return refuse(
            "prices.early",
            format!("the window of period {period} isn't open yet"),
        );
    }
    if now >= feed.closes(period) {
        return refuse(
            "prices.late",
            format!("the window of period {period} has closed"),
        );
    }
    if period != feed.next {
        return refuse(
            "prices.busy",
            format!(
                "period {} isn't settled yet; send again for the next block",
                feed.next
            ),
        );
    }
    Ok(())
}
