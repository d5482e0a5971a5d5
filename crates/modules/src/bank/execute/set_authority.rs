//! Handing an asset's authority on, or giving it up for good.

use lilliput_ledger::{Failure, State};
use lilliput_types::Address;
use lilliput_types::bank::{BankEvent, SetAuthority};

use crate::bank::state::write_asset;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &SetAuthority,
) -> Result<(), Failure> {
    let mut record = super::with_authority(state, signer, message.asset)?;
    record.authority = message.authority;
    write_asset(state, &record);
    state.emit(BankEvent::AuthorityChanged {
        asset: message.asset,
        authority: message.authority,
    });
    Ok(())
}
