//! Taking back stake that no job binds.

use lilliput_ledger::{Failure, State};
use lilliput_types::provider::Withdraw;
use lilliput_types::{Address, Holder};

use crate::{bank, genesis};

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Withdraw,
) -> Result<(), Failure> {
    super::registered(state, signer)?;
    let asset = genesis::params(state)?.settlement_asset;
    let stake = Holder::Stake(signer);
    bank::transfer(state, asset, stake, signer.into(), message.amount)
}
