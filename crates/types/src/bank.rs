//! Assets and their movement.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, AssetId, Holder, Segment, Symbol, Text, TimeMs, TollNonce};

/// What an account may ask of the bank.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankMessage {
    /// Create an asset, of which the signer is the authority.
    CreateAsset(CreateAsset),
    /// Bring more of an asset into being; its authority only.
    Mint(Mint),
    /// Destroy some of what the signer holds.
    Burn(Burn),
    /// Pay another account.
    Transfer(Transfer),
    /// Hand an asset's authority on, or give it up for good; its authority only.
    SetAuthority(SetAuthority),
    /// Pay for a request at a gate, once.
    Toll(Toll),
}

/// See [`BankMessage::CreateAsset`]. An item that exists once is an asset of no decimals whose
/// largest supply is one.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CreateAsset {
    /// Its name among the signer's assets.
    pub symbol: Symbol,
    /// For people.
    pub name: Text<64>,
    /// Where people put the decimal point; at most 18.
    pub decimals: u8,
    /// The supply is never above this.
    pub supply_max: Option<Amount>,
}

/// See [`BankMessage::Mint`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mint {
    /// What to mint.
    pub asset: AssetId,
    /// For whom.
    pub to: Address,
    /// How much.
    pub amount: Amount,
}

/// See [`BankMessage::Burn`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Burn {
    /// What to destroy.
    pub asset: AssetId,
    /// How much.
    pub amount: Amount,
}

/// See [`BankMessage::Transfer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// What to pay with.
    pub asset: AssetId,
    /// Whom.
    pub to: Address,
    /// How much.
    pub amount: Amount,
}

/// See [`BankMessage::SetAuthority`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAuthority {
    /// Of which asset.
    pub asset: AssetId,
    /// The new authority; none closes the supply for good.
    pub authority: Option<Address>,
}

/// See [`BankMessage::Toll`]: a payment for access, which is revenue of the segment identity. The payee
/// takes a nonce once, so that who signs twice by mistake pays once.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Toll {
    /// What to pay with.
    pub asset: AssetId,
    /// The gate's account.
    pub to: Address,
    /// How much.
    pub amount: Amount,
    /// Names what is paid for; the gate makes it.
    pub nonce: TollNonce,
    /// The last network time at which it may be paid; for as long the ledger remembers it.
    pub valid_until: TimeMs,
}

/// What changed in the bank.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankEvent {
    /// A new asset.
    AssetCreated {
        /// Which.
        asset: AssetId,
        /// Who may mint it.
        authority: Option<Address>,
    },
    /// The supply grew.
    Minted {
        /// Of which asset.
        asset: AssetId,
        /// For whom.
        to: Holder,
        /// By how much.
        amount: Amount,
    },
    /// The supply shrank.
    Burned {
        /// Of which asset.
        asset: AssetId,
        /// Whose.
        from: Holder,
        /// By how much.
        amount: Amount,
    },
    /// A balance moved.
    Moved {
        /// Of which asset.
        asset: AssetId,
        /// From whom.
        from: Holder,
        /// To whom.
        to: Holder,
        /// How much.
        amount: Amount,
    },
    /// Another account may mint now, or none.
    AuthorityChanged {
        /// Of which asset.
        asset: AssetId,
        /// The new authority.
        authority: Option<Address>,
    },
    /// Revenue was booked to a segment.
    Booked {
        /// Which segment.
        segment: Segment,
        /// In which asset.
        asset: AssetId,
        /// How much.
        amount: Amount,
        /// Who received it.
        to: Holder,
    },
    /// A toll was paid.
    TollPaid {
        /// To whom.
        to: Address,
        /// What for.
        nonce: TollNonce,
        /// By whom.
        from: Address,
        /// In which asset.
        asset: AssetId,
        /// How much.
        amount: Amount,
    },
}

/// An asset as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asset {
    /// Which.
    pub id: AssetId,
    /// For people.
    pub name: Text<64>,
    /// Where people put the decimal point.
    pub decimals: u8,
    /// Who may mint.
    pub authority: Option<Address>,
    /// How much exists.
    pub supply: Amount,
    /// How much may ever exist at once.
    pub supply_max: Option<Amount>,
}

/// Revenue of one segment in one asset since the genesis, as the state holds it.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    BorshSerialize,
    BorshDeserialize,
    Serialize,
    Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Revenue {
    /// What participants earned: providers, model owners.
    pub participants: Amount,
    /// What the network took as fees.
    pub network: Amount,
    /// How many payments these were.
    pub payments: u64,
}
