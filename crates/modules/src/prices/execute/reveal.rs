//! Showing a sealed position while its period's window is open.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{PricesEvent, RevealSignal, seal_signal};

use crate::prices::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &RevealSignal,
) -> Result<(), Failure> {
    let contest = super::open_one(state, message.contest)?;
    let entrant = super::own_entrant(state, &contest, context.signer)?;
    let feed = super::known_feed(state, contest.feed)?;
    super::in_window(&feed, message.period, context.block.time)?;
    let found = keys::signal(state, contest.id, message.period, entrant.number)?;
    let Some(mut signal) = found else {
        return refuse(
            "prices.no_signal",
            format!("no signal is sealed for period {}", message.period),
        );
    };
    if signal.leverage.is_some() {
        return refuse("prices.revealed", "the signal is revealed already");
    }
    if message.leverage.unsigned_abs() > contest.terms.leverage_max {
        return refuse(
            "prices.leverage",
            format!(
                "the leverage is {}, at most {} either way",
                message.leverage, contest.terms.leverage_max
            ),
        );
    }
    let sealed = seal_signal(
        context.block.chain,
        contest.id,
        context.signer,
        message.period,
        message.leverage,
        message.salt,
    );
    if sealed != signal.sealed {
        return refuse(
            "prices.seal",
            "salt and leverage aren't what the signal was sealed with",
        );
    }
    signal.leverage = Some(message.leverage);
    signal.salt = Some(message.salt);
    keys::write_signal(state, &signal);
    state.emit(PricesEvent::Revealed {
        contest: contest.id,
        period: signal.period,
        entrant: signal.entrant,
        leverage: message.leverage,
    });
    Ok(())
}
