//! Burn and mint: buyers burn tokens worth a dollar price, providers are paid in new tokens.
//!
//! The equilibrium of Samani and Jain ("On Medium-of-Exchange Token Valuations", 2017, and Helium's and Render's use of
//! it): the burn follows dollars, the mint follows a schedule, and the price moves until both agree. Where providers
//! are owed dollars at settlement, as in Akash's burn-mint proposal (AEP-76), falling prices mint more tokens than were
//! burned, so a breaker stops settlement when what was burned no longer covers what is owed.

use serde::Serialize;

use super::within;
use crate::error::ForecastError;

/// The tokens that are worth `dollars` at `price` dollars a token.
pub fn tokens_for(dollars: f64, price: f64) -> Result<f64, ForecastError> {
    within("the amount", "from 0 to 1e15 dollars", 0.0..=1e15, dollars)?;
    within(
        "the token's price",
        "from 1e-9 to 1e9 dollars",
        1e-9..=1e9,
        price,
    )?;
    Ok(dollars / price)
}

/// A mint that shrinks by the same part each period.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EmissionSchedule {
    pub first_tokens: f64,
    /// The part by which each period's mint is less than the one before.
    pub decay: f64,
}

impl EmissionSchedule {
    /// New tokens in a period, counted from 0.
    #[must_use]
    pub fn tokens(&self, period: u32) -> f64 {
        self.first_tokens * libm::pow(1.0 - self.decay, f64::from(period))
    }

    /// The price at which so many dollars of use burn exactly what the period mints: above it supply grows.
    pub fn equilibrium_price(&self, dollars: f64, period: u32) -> Result<f64, ForecastError> {
        within(
            "the first mint",
            "above 0 and at most 1e15 tokens",
            1e-9..=1e15,
            self.first_tokens,
        )?;
        within("the decay", "from 0 to 99 %", 0.0..=0.99, self.decay)?;
        within("the amount", "from 0 to 1e15 dollars", 0.0..=1e15, dollars)?;
        Ok(dollars / self.tokens(period))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Breaker {
    Normal,
    Warning,
    /// Nothing is settled until the ratio recovers.
    Halted,
}

/// Tokens burned and not yet minted again, and the dollars owed against them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BurnAndMint {
    pub burned_tokens: f64,
    pub owed_dollars: f64,
    pub warning_ratio: f64,
    pub halt_ratio: f64,
}

impl BurnAndMint {
    pub fn new(warning_ratio: f64, halt_ratio: f64) -> Result<Self, ForecastError> {
        within("the halting ratio", "from 0 to 10", 0.0..=10.0, halt_ratio)?;
        within(
            "the warning ratio",
            "from the halting ratio to 10",
            halt_ratio..=10.0,
            warning_ratio,
        )?;
        Ok(Self {
            burned_tokens: 0.0,
            owed_dollars: 0.0,
            warning_ratio,
            halt_ratio,
        })
    }

    /// A buyer burns tokens worth `dollars`, which providers will be owed; gives the tokens.
    pub fn burn(&mut self, dollars: f64, price: f64) -> Result<f64, ForecastError> {
        let tokens = tokens_for(dollars, price)?;
        self.burned_tokens += tokens;
        self.owed_dollars += dollars;
        Ok(tokens)
    }

    /// What was burned, at today's price, over what is owed; infinite if nothing is.
    #[must_use]
    pub fn collateral_ratio(&self, price: f64) -> f64 {
        if self.owed_dollars > 0.0 {
            self.burned_tokens * price / self.owed_dollars
        } else {
            f64::INFINITY
        }
    }

    #[must_use]
    pub fn breaker(&self, price: f64) -> Breaker {
        match self.collateral_ratio(price) {
            ratio if ratio < self.halt_ratio => Breaker::Halted,
            ratio if ratio < self.warning_ratio => Breaker::Warning,
            _ => Breaker::Normal,
        }
    }

    /// Providers are paid `dollars` in new tokens at today's price, unless the breaker has tripped; gives the tokens.
    pub fn settle(&mut self, dollars: f64, price: f64) -> Result<f64, ForecastError> {
        let tokens = tokens_for(dollars, price)?;
        within(
            "the amount settled",
            "at most what is owed",
            0.0..=self.owed_dollars,
            dollars,
        )?;
        if self.breaker(price) == Breaker::Halted {
            return Err(ForecastError::BreakerTripped {
                ratio: self.collateral_ratio(price),
                halt_ratio: self.halt_ratio,
            });
        }
        self.owed_dollars -= dollars;
        // What the price's fall costs beyond the collateral comes from new supply.
        self.burned_tokens = (self.burned_tokens - tokens).max(0.0);
        Ok(tokens)
    }
}
