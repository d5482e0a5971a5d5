//! A chunk is asked for: once a period, by whoever knows the next link. Only who made the chain does, so the provider can't know which
//! chunks it could do without, and nobody gains by choosing when a block is made.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::storage::{
    Challenge, Challenged, DealState, StorageEvent, asked_chunk, link_before,
};

use crate::refuse::refuse;
use crate::storage::{settle, state as keys};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Challenge,
) -> Result<(), Failure> {
    let mut deal = super::known(state, message.deal)?;
    let now = context.block.time;
    let period = deal.period(now);
    let (provider, last) = match deal.state {
        DealState::Stored {
            provider,
            challenged,
            open: None,
        } if period < deal.terms.periods => (provider, challenged),
        DealState::Stored { .. } | DealState::Open { .. } | DealState::Closed => {
            let reason = format!("deal {} takes no challenge now", deal.id);
            return refuse("storage.no_challenge", reason);
        }
    };
    if last.is_some_and(|last| last >= period) {
        let reason = format!("period {period} had its challenge");
        return refuse("storage.challenged", reason);
    }
    if link_before(&message.link) != deal.beacon {
        let reason = "this isn't the next link of the deal's chain";
        return refuse("storage.link", reason);
    }
    settle::pay_until(state, &mut deal, period)?;
    let chunk = asked_chunk(deal.id, &message.link, deal.chunks());
    let due = now.after(deal.terms.window_ms);
    deal.beacon = message.link;
    deal.state = DealState::Stored {
        provider,
        challenged: Some(period),
        open: Some(Challenged { period, chunk, due }),
    };
    keys::write_deal(state, &mut deal);
    state.emit(StorageEvent::Challenged {
        deal: deal.id,
        period,
        chunk,
        due,
    });
    Ok(())
}
