//! Two statements of usage that contradict each other cost the bond and end the lease.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::market::{CloseCause, Evidence};

use crate::market::lease as leases;
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &Evidence) -> Result<(), Refusal> {
    let (first, second) = (&message.first.statement, &message.second.statement);
    let same = first.lease == message.lease
        && second.lease == message.lease
        && first.number == second.number;
    if !same || first == second {
        return Err(refusal(
            "market.evidence",
            "the statements must be of this lease, of one number, and differ",
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Evidence,
) -> Result<(), Failure> {
    let lease = super::open_lease(state, message.lease)?;
    for signed in [&message.first, &message.second] {
        if signed.key.address() != lease.provider {
            return refuse(
                "market.evidence",
                format!("a statement isn't signed by {}", lease.provider),
            );
        }
        if let Err(error) = signed.check(context.block.chain) {
            return refuse("market.evidence", error.to_string());
        }
    }
    leases::close(state, lease, CloseCause::Evidence, context.block.time)
}
