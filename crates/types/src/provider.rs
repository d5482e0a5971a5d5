//! Providers: who serves which model, at what price, with what stake.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Address, Amount, Height, ModelId, Text};

/// What an account may ask as a provider.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderMessage {
    /// Become a provider, or change the endpoint.
    Register(Register),
    /// Add to the stake that bonds are drawn from.
    Deposit(Deposit),
    /// Take back stake that no job binds.
    Withdraw(Withdraw),
    /// Serve a model at a price, or change the price.
    Offer(MakeOffer),
    /// Serve a model no longer; jobs already accepted stand.
    WithdrawOffer(WithdrawOffer),
}

/// See [`ProviderMessage::Register`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Where buyers send their inputs: an `http://` or `https://` URL.
    pub endpoint: Text<256>,
}

/// See [`ProviderMessage::Deposit`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deposit {
    /// How much of the settlement asset.
    pub amount: Amount,
}

/// See [`ProviderMessage::Withdraw`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Withdraw {
    /// How much of the settlement asset.
    pub amount: Amount,
}

/// See [`ProviderMessage::Offer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MakeOffer {
    /// Which model.
    pub model: ModelId,
    /// What the provider gets for an answer.
    pub price: Amount,
}

/// See [`ProviderMessage::WithdrawOffer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawOffer {
    /// Which model.
    pub model: ModelId,
}

/// What changed among the providers. Stake that moves is seen in the bank's events.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderEvent {
    /// A new provider, or a new endpoint.
    Registered {
        /// Who.
        provider: Address,
        /// Where.
        endpoint: Text<256>,
    },
    /// A new offer, or a new price.
    Offered {
        /// Who.
        provider: Address,
        /// Which model.
        model: ModelId,
        /// What the provider gets for an answer.
        price: Amount,
    },
    /// An offer is gone.
    OfferWithdrawn {
        /// Whose.
        provider: Address,
        /// Of which model.
        model: ModelId,
    },
}

/// A provider as the state holds it. Its stake is the balance of its stake holder.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// Who.
    pub address: Address,
    /// Where buyers send their inputs.
    pub endpoint: Text<256>,
    /// Since when.
    pub registered_at: Height,
    /// Jobs answered and paid.
    pub jobs_paid: u64,
    /// Jobs lost with their bond.
    pub jobs_failed: u64,
}

/// An offer as the state holds it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Offer {
    /// Whose.
    pub provider: Address,
    /// Of which model.
    pub model: ModelId,
    /// What the provider gets for an answer.
    pub price: Amount,
}
