//! Bringing more of an asset into being: its authority only.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::bank::Mint;

use crate::bank;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Mint,
) -> Result<(), Failure> {
    super::with_authority(state, signer, message.asset)?;
    bank::issue(state, message.asset, message.to.into(), message.amount)
}
