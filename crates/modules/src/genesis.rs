//! The document a chain begins with.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label, PublicKey};
use lilliput_ledger::{Failure, State, StateReader, StoreError, read};
use lilliput_types::bank::{Asset, BankEvent};
use lilliput_types::{
    Address, Amount, AssetId, BasisPoints, BoundError, ChainId, Holder, List, ParseError, Symbol,
    Text, Validator, ValidatorSet,
};
use serde::{Deserialize, Serialize};

use crate::params::Params;
use crate::refuse::refuse;
use crate::{bank, subnet};

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

/// Why a genesis can't be written down.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GenesisError {
    /// A symbol isn't well-formed.
    #[error(transparent)]
    Symbol(#[from] ParseError),
    /// A name or list is too long.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

const PARAMS_KEY: &str = "params";

impl Genesis {
    /// A network of play money: `LIL` for fees, `USDX` for prices, the same amount of both for each
    /// account, one validator.
    ///
    /// # Errors
    /// When a symbol or name of ours isn't well-formed, which a test rules out.
    pub fn play(
        seed: Digest,
        validator: PublicKey,
        accounts: &[Address],
        amount: Amount,
    ) -> Result<Self, GenesisError> {
        let (lil, usdx): (Symbol, Symbol) = ("LIL".parse()?, "USDX".parse()?);
        let asset = |symbol, name: &str| -> Result<GenesisAsset, GenesisError> {
            Ok(GenesisAsset {
                symbol,
                name: Text::new(name)?,
                decimals: 6,
                authority: None,
                supply_max: None,
            })
        };
        let held = |symbol| {
            accounts.iter().map(move |address| GenesisAccount {
                address: *address,
                asset: AssetId::Genesis(symbol),
                amount,
            })
        };
        let one = Validator {
            key: validator,
            seats: 1,
        };
        Ok(Self {
            name: Text::new("lilliput play network")?,
            seed,
            params: Params::standard(AssetId::Genesis(lil), AssetId::Genesis(usdx)),
            assets: vec![
                asset(lil, "Network token (play money)")?,
                asset(usdx, "Dollar-priced token (play money)")?,
            ],
            accounts: held(lil).chain(held(usdx)).collect(),
            validators: ValidatorSet {
                validators: List::new(vec![one])?,
            },
        })
    }

    /// The chain's id.
    #[must_use]
    pub fn chain(&self) -> ChainId {
        ChainId(Digest::of_value(Label::Chain, self))
    }

    /// Writes the state of height 0.
    pub(crate) fn write(&self, state: &mut State<'_>) -> Result<(), Failure> {
        let whole = BasisPoints::WHOLE;
        if self.params.bond_to_buyer_bps > whole || self.params.bond_share_bps > whole {
            return refuse("genesis.params", "a share of the bond is above the whole");
        }
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
        subnet::check_terms(&self.params.subnets)?;
        let (fee, settlement) = (self.params.fee_asset, self.params.settlement_asset);
        for needed in [fee, settlement, self.params.subnets.asset] {
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
