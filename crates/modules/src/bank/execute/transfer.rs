//! Paying another account.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::bank::Transfer;

use crate::bank;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Transfer,
) -> Result<(), Failure> {
    let (from, to) = (signer.into(), message.to.into());
    bank::transfer(state, message.asset, from, to, message.amount)
}
