//! Committing to a position for the next period, before its window opens.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{PricesEvent, SealSignal, Signal};

use crate::prices::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SealSignal,
) -> Result<(), Failure> {
    let mut contest = super::open_one(state, message.contest)?;
    let entrant = super::own_entrant(state, &contest, context.signer)?;
    let feed = super::known_feed(state, contest.feed)?;
    let opening = feed.opening(context.block.time).max(contest.first);
    if message.period != opening {
        let code = if message.period < opening {
            "prices.late"
        } else {
            "prices.early"
        };
        return refuse(
            code,
            format!(
                "the signal is for period {}, the next window is that of period {opening}",
                message.period
            ),
        );
    }
    if keys::signal(state, contest.id, message.period, entrant.number)?.is_some() {
        return refuse(
            "prices.signalled",
            format!("the signal for period {} is sealed already", message.period),
        );
    }
    let signal = Signal {
        contest: contest.id,
        period: message.period,
        entrant: entrant.number,
        sequence: contest.sequence,
        committed_at: context.block.time,
        sealed: message.sealed,
        leverage: None,
        salt: None,
        changed: false,
    };
    contest.sequence = contest.sequence.saturating_add(1);
    keys::write_signal(state, &signal);
    keys::write_contest(state, &contest);
    state.emit(PricesEvent::Signalled {
        contest: contest.id,
        period: signal.period,
        entrant: signal.entrant,
        sequence: signal.sequence,
    });
    Ok(())
}
