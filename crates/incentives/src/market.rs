//! A constant-product market of a subnet's token against the network token, in whole units.
//!
//! All divisions are floored and what is left stays in the market: the product of the reserves never falls, so that no
//! sequence of purchases and sales takes out more than it brought.

/// The largest reserve: products of two stay within 128 bits.
pub const RESERVE_MAX: u128 = 1 << 63;
/// Fraction bits of a price.
pub const PRICE_BITS: u32 = 32;
/// The largest price that is told: what lies above counts as this.
const PRICE_MAX: u128 = 1 << 64;
/// The smoothed price moves by one part in so many an epoch.
const SMOOTHING: u128 = 8;

/// What lies in a market.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reserves {
    /// Network tokens.
    pub network: u128,
    /// Tokens of the subnet.
    pub tokens: u128,
}

impl Reserves {
    /// What a payment in network tokens buys, and the market afterwards; none where nothing, or too much, would move.
    #[must_use]
    pub fn buy(self, paid: u128) -> Option<(u128, Self)> {
        let (got, network, tokens) = swap(self.network, self.tokens, paid)?;
        Some((got, Self { network, tokens }))
    }

    /// What tokens fetch in network tokens, and the market afterwards; none where nothing, or too much, would move.
    #[must_use]
    pub fn sell(self, tokens: u128) -> Option<(u128, Self)> {
        let (got, tokens, network) = swap(self.tokens, self.network, tokens)?;
        Some((got, Self { network, tokens }))
    }

    /// Network tokens for one token, with 32 fraction bits.
    #[must_use]
    pub fn price(self) -> u128 {
        let price = (self.network.min(RESERVE_MAX) << PRICE_BITS).checked_div(self.tokens);
        price.unwrap_or(PRICE_MAX).min(PRICE_MAX)
    }
}

/// Brings `paid` into the first reserve and takes what it is worth out of the second, floored.
fn swap(into: u128, from: u128, paid: u128) -> Option<(u128, u128, u128)> {
    let grown = into.checked_add(paid).filter(|sum| *sum <= RESERVE_MAX)?;
    if from > RESERVE_MAX {
        return None;
    }
    let got = from.checked_mul(paid)?.checked_div(grown)?;
    if got == 0 {
        return None;
    }
    Some((got, grown, from - got))
}

/// The smoothed price after an epoch with this average price.
#[must_use]
pub fn smoothed(before: u128, average: u128) -> u128 {
    (before.min(PRICE_MAX) * (SMOOTHING - 1) + average.min(PRICE_MAX)) / SMOOTHING
}

/// What stake counts as beside that of other subnets: its worth at the smoothed price, and never more than the network tokens
/// that lie in the market, which somebody paid.
#[must_use]
pub fn weight(stake: u128, price: u128, network: u128) -> u128 {
    let worth = (stake.min(RESERVE_MAX) * price.min(PRICE_MAX - 1)) >> PRICE_BITS;
    worth.min(network)
}
