//! How a site is paid: on the ledger, or in a token of an EVM network by a facilitator.

use lilliput_toll::payment::EvmAddress;
use lilliput_types::{Address, AssetId};

/// The ways to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pay {
    /// On the ledger.
    pub ledger: Option<OnLedger>,
    /// By a facilitator.
    pub facilitator: Option<Facilitated>,
}

/// Payments on the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnLedger {
    /// The site's account.
    pub to: Address,
    /// The asset.
    pub asset: AssetId,
    /// Smallest units of the asset in one dollar.
    pub units: u128,
}

/// Payments in a token, by a facilitator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facilitated {
    /// The facilitator's address.
    pub url: String,
    /// The network's number.
    pub chain_id: u64,
    /// The token's contract.
    pub token: EvmAddress,
    /// The name in its signing domain.
    pub token_name: String,
    /// The version in its signing domain.
    pub token_version: String,
    /// The site's account.
    pub to: EvmAddress,
    /// Smallest units of the token in one dollar.
    pub units: u128,
    /// A node of the network that the facilitator's word is checked with.
    pub rpc: Option<String>,
}
