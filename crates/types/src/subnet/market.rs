//! A subnet's token and its market against the network token.

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Serialize};

use crate::{Amount, TimeMs};

/// The market of a subnet's token. Prices have 32 fraction bits.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Market {
    /// Network tokens in the market.
    pub network: Amount,
    /// The subnet's tokens in the market.
    pub tokens: Amount,
    /// Price times milliseconds, summed over the present epoch
    pub price_sum: Amount,
    /// from when
    pub summed_from: TimeMs,
    /// until then.
    pub summed_until: TimeMs,
    /// The smoothed price: what the subnet's part of all emission follows.
    pub price_smoothed: Amount,
}

/// What an epoch did to a subnet's market.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct EpochMarket {
    /// Network tokens in the market before.
    pub network: Amount,
    /// The subnet's tokens in the market before.
    pub tokens: Amount,
    /// What was carried from the epoch before, in the subnet's tokens.
    pub carried: Amount,
    /// What the minted network tokens bought: with what was carried, the epoch's emission.
    pub bought: Amount,
    /// The epoch's average price.
    pub price_average: Amount,
    /// The smoothed price before
    pub price_before: Amount,
    /// and with it.
    pub price_smoothed: Amount,
}
