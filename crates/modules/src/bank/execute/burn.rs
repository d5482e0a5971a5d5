//! Destroying some of what the signer holds.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::bank::Burn;

use crate::bank;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Burn,
) -> Result<(), Failure> {
    bank::withdraw_supply(state, message.asset, signer.into(), message.amount)
}
