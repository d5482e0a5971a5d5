//! Adding to a contest's pot.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{Fund, PricesEvent};

use crate::prices::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Fund,
) -> Result<(), Failure> {
    let mut contest = super::open_one(state, message.contest)?;
    super::fill(state, &mut contest, context.signer, message.amount)?;
    keys::write_contest(state, &contest);
    state.emit(PricesEvent::Funded {
        contest: contest.id,
        account: context.signer,
        amount: message.amount,
    });
    Ok(())
}
