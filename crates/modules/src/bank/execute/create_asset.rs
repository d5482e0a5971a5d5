//! Creating an asset under the signer's address.

use lilliput_ledger::{Failure, Refusal, State};
use lilliput_types::bank::{Asset, BankEvent, CreateAsset};
use lilliput_types::{Address, Amount, AssetId};

use crate::bank::{DECIMALS_MAX, state as keys};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &CreateAsset) -> Result<(), Refusal> {
    if message.decimals > DECIMALS_MAX {
        return Err(refusal(
            "bank.decimals",
            format!("{} decimals, at most {DECIMALS_MAX}", message.decimals),
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &CreateAsset,
) -> Result<(), Failure> {
    let id = AssetId::Created {
        creator: signer,
        symbol: message.symbol,
    };
    if keys::asset(state, id)?.is_some() {
        return refuse("bank.asset_exists", format!("{id} exists already"));
    }
    let record = Asset {
        id,
        name: message.name.clone(),
        decimals: message.decimals,
        authority: Some(signer),
        supply: Amount::ZERO,
        supply_max: message.supply_max,
    };
    keys::write_asset(state, &record);
    state.emit(BankEvent::AssetCreated {
        asset: id,
        authority: Some(signer),
    });
    Ok(())
}
