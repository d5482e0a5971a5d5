//! Entering a contest, for its fee.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{Enter, PricesEvent};

use crate::prices::{account, state as keys};
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Enter,
) -> Result<(), Failure> {
    let mut contest = super::open_one(state, message.contest)?;
    let signer = context.signer;
    if keys::entered(state, contest.id, signer)?.is_some() {
        return refuse(
            "prices.entered",
            format!("{signer} is in contest {} already", contest.id),
        );
    }
    if contest.entrants >= contest.terms.entrants_max {
        return refuse(
            "prices.full",
            format!("contest {} has {} entrants", contest.id, contest.entrants),
        );
    }
    let feed = super::known_feed(state, contest.feed)?;
    let fee = contest.terms.entry_fee;
    super::fill(state, &mut contest, signer, fee)?;
    let since = feed.opening(context.block.time).max(contest.first);
    let entrant = account::start(&contest, contest.entrants, signer, since);
    contest.entrants = contest.entrants.saturating_add(1);
    keys::insert_entrant(state, &entrant);
    keys::write_contest(state, &contest);
    state.emit(PricesEvent::Entered {
        contest: contest.id,
        entrant: entrant.number,
        account: signer,
    });
    Ok(())
}
