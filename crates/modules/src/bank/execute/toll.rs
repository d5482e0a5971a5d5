//! Paying for a request at a gate.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::Segment;
use lilliput_types::bank::{BankEvent, Toll};

use crate::bank::{TOLL_LIFETIME_MAX_MS, pay, state};
use crate::refuse::refuse;

/// Most tolls that one payment forgets. Two for each that is remembered: the memory shrinks back to those
/// that could still be paid again.
const FORGOTTEN_MAX: usize = 2;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Toll,
) -> Result<(), Failure> {
    let now = context.block.time;
    let end = message.valid_until;
    if end < now {
        return refuse(
            "bank.toll_expired",
            format!("the toll could be paid until {end}, it is {now}"),
        );
    }
    let lifetime = end.0.saturating_sub(now.0);
    if lifetime > TOLL_LIFETIME_MAX_MS {
        return refuse(
            "bank.toll_lifetime",
            format!("the toll counts for {lifetime} ms, at most {TOLL_LIFETIME_MAX_MS}"),
        );
    }
    if state::toll(state, message.to, message.nonce)?.is_some() {
        return refuse(
            "bank.toll_paid",
            format!("{} was paid {} before", message.to, message.nonce),
        );
    }
    for (past, to, nonce) in state::tolls_before(state, now, FORGOTTEN_MAX)? {
        state::remove_toll(state, past, to, nonce);
    }
    state::write_toll(state, end, message.to, message.nonce, context.signer);
    let (from, to) = (context.signer.into(), message.to.into());
    pay(
        state,
        message.asset,
        from,
        to,
        message.amount,
        Segment::Identity,
    )?;
    state.emit(BankEvent::TollPaid {
        to: message.to,
        nonce: message.nonce,
        from: context.signer,
        asset: message.asset,
        amount: message.amount,
    });
    Ok(())
}
