//! The provider shows the chunk that was asked for. A wrong chunk is refused and changes nothing: there is time for the right one.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::storage::{DealState, Prove, StorageEvent};

use crate::refuse::refuse;
use crate::storage::{settle, state as keys};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Prove,
) -> Result<(), Failure> {
    let mut deal = super::known(state, message.deal)?;
    super::stored_by(&deal, context.signer)?;
    let DealState::Stored {
        provider,
        challenged,
        open: Some(asked),
    } = deal.state
    else {
        let reason = format!("deal {} waits for no chunk", deal.id);
        return refuse("storage.not_challenged", reason);
    };
    if context.block.time >= asked.due {
        return refuse("storage.late", "the time for the chunk is over");
    }
    if !message.shows(&deal.root, deal.bytes, asked.chunk) {
        let reason = format!("this isn't chunk {} of the blob", asked.chunk);
        return refuse("storage.wrong_chunk", reason);
    }
    deal.state = DealState::Stored {
        provider,
        challenged,
        open: None,
    };
    let period = deal.period(context.block.time);
    settle::pay_until(state, &mut deal, period)?;
    keys::write_deal(state, &mut deal);
    state.emit(StorageEvent::Proven {
        deal: deal.id,
        period: asked.period,
    });
    Ok(())
}
