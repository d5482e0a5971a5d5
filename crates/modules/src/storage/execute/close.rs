//! The buyer takes an order back, or ends a deal: the period that runs is paid in full.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::storage::{CloseDeal, DealState};

use crate::refuse::refuse;
use crate::storage::{settle, state as keys};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &CloseDeal,
) -> Result<(), Failure> {
    let mut deal = super::known(state, message.deal)?;
    if deal.buyer != context.signer {
        let reason = format!("deal {} is {}'s", deal.id, deal.buyer);
        return refuse("storage.not_buyer", reason);
    }
    match deal.state {
        DealState::Closed => {
            return refuse("storage.closed", format!("deal {} is over", deal.id));
        }
        DealState::Stored { open: Some(_), .. } => {
            let reason = "a challenge waits for its chunk: close when that is decided";
            return refuse("storage.challenged", reason);
        }
        DealState::Stored { open: None, .. } => {
            let next = deal.period(context.block.time).saturating_add(1);
            settle::pay_until(state, &mut deal, next)?;
        }
        DealState::Open { .. } => {}
    }
    settle::close(state, &mut deal)?;
    keys::write_deal(state, &mut deal);
    Ok(())
}
