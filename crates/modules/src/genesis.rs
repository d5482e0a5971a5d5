//! The document a chain begins with.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};
use lilliput_ledger::{Failure, State, StateReader, StoreError, read};
use lilliput_types::bank::{Asset, BankEvent};
use lilliput_types::{Address, Amount, AssetId, ChainId, Holder, Symbol, Text, ValidatorSet};
use serde::{Deserialize, Serialize};

use crate::bank;
use crate::params::Params;
use crate::refuse::refuse;

/// Everything a chain begins with; its hash is the chain's id.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Genesis {
    /// For people.
    pub name: Text<64>,
    /// Tells chains apart that begin alike; 32 random bytes in hexadecimal.
    pub seed: Digest,
    /// The rules' numbers.
    pub params: Params,
    /// Assets known by their symbol alone.
    pub assets: Vec<GenesisAsset>,
    /// Who holds what.
    pub accounts: Vec<GenesisAccount>,
    /// Who makes blocks.
    pub validators: ValidatorSet,
}

/// An asset of the genesis.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisAsset {
    /// Its name.
    pub symbol: Symbol,
    /// For people.
    pub name: Text<64>,
    /// Where people put the decimal point; at most 18.
    pub decimals: u8,
    /// Who may mint more, if anyone.
    pub authority: Option<Address>,
    /// The supply is never above this.
    pub supply_max: Option<Amount>,
}

/// A balance of the genesis.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GenesisAccount {
    /// Whose.
    pub address: Address,
    /// Of what.
    pub asset: AssetId,
    /// How much.
    pub amount: Amount,
}

const PARAMS_KEY: &str = "params";

impl Genesis {
    /// The chain's id.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        ChainId(Digest::of_value(Label::Chain, self))
    }

    /// Writes the state of height 0.
    pub(crate) fn write(&self, state: &mut State<'_>) -> Result<(), Failure> {
        state.write(PARAMS_KEY, &self.params);
        for asset in &self.assets {
            let id = AssetId::Genesis(asset.symbol);
            if asset.decimals > bank::DECIMALS_MAX || bank::state::asset(state, id)?.is_some() {
                return refuse(
                    "genesis.asset",
                    format!("asset {id} is wrong or stands twice"),
                );
            }
            let record = Asset {
                id,
                name: asset.name.clone(),
                decimals: asset.decimals,
                authority: asset.authority,
                supply: Amount::ZERO,
                supply_max: asset.supply_max,
            };
            bank::state::write_asset(state, &record);
            let authority = asset.authority;
            state.emit(BankEvent::AssetCreated {
                asset: id,
                authority,
            });
        }
        for needed in [self.params.fee_asset, self.params.settlement_asset] {
            if bank::state::asset(state, needed)?.is_none() {
                return refuse("genesis.params", format!("there is no asset {needed}"));
            }
        }
        for account in &self.accounts {
            let holder = Holder::Account(account.address);
            bank::issue(state, account.asset, holder, account.amount)?;
        }
        Ok(())
    }
}

/// The rules' numbers, as the genesis set them.
///
/// # Errors
/// When the database fails.
pub fn params(state: &dyn StateReader) -> Result<Params, StoreError> {
    read(state, PARAMS_KEY)?.ok_or_else(|| StoreError::Corrupt {
        key: PARAMS_KEY.to_owned(),
        reason: "missing".to_owned(),
    })
}
