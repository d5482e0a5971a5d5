//! Adding to the stake that bonds are drawn from.

use lilliput_ledger::{Failure, State};
use lilliput_types::provider::Deposit;
use lilliput_types::{Address, Holder};

use crate::{bank, genesis};

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Deposit,
) -> Result<(), Failure> {
    super::registered(state, signer)?;
    let asset = genesis::params(state)?.settlement_asset;
    let stake = Holder::Stake(signer);
    bank::transfer(state, asset, signer.into(), stake, message.amount)
}
