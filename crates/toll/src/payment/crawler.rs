//! Prepaid balances of signed bots, and the crawler-price headers.

use http::HeaderMap;

use crate::bot::Bot;
use crate::error::TollError;
use crate::payment::booth::{Booth, Charge};
use crate::payment::price::Price;
use crate::payment::record::PaymentId;
use crate::payment::store::{Change, Moved};

/// For how long a charge is remembered beyond its signature's end, in seconds.
const REMEMBERED: u64 = 24 * 3600;

/// What becomes of a request whose bot says what it pays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CrawlerAnswer {
    /// It doesn't say.
    NotOffered,
    /// Serve it, with the header `crawler-charged`.
    Charged {
        /// Its value.
        header: String,
        /// What is left of the bot's balance.
        left: Price,
    },
    /// Not served; the header `crawler-error` holds the name.
    Refused(CrawlerError),
}

/// Why a bot's offer isn't taken, by the names of the header `crawler-error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrawlerError {
    /// Not signed, or the signature doesn't cover this request and the price's header.
    #[error("StrongAuthRequired")]
    StrongAuthRequired,
    /// Not a price.
    #[error("InvalidCrawlerPriceValue")]
    InvalidCrawlerPriceValue,
    /// Both headers.
    #[error("ConflictingPriceHeaders")]
    ConflictingPriceHeaders,
    /// `crawler-exact-price` is another price.
    #[error("InvalidCrawlerExactPrice")]
    InvalidCrawlerExactPrice,
    /// `crawler-max-price` is below the price.
    #[error("InvalidCrawlerMaxPrice")]
    InvalidCrawlerMaxPrice,
    /// The balance doesn't reach, or this signature paid before.
    #[error("PaymentFailed")]
    PaymentFailed,
}

impl CrawlerError {
    /// The status to answer with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::StrongAuthRequired
            | Self::InvalidCrawlerPriceValue
            | Self::ConflictingPriceHeaders => 400,
            Self::InvalidCrawlerExactPrice | Self::InvalidCrawlerMaxPrice => 402,
            Self::PaymentFailed => 403,
        }
    }
}

const EXACT: &str = "crawler-exact-price";
const MOST: &str = "crawler-max-price";

impl Booth {
    /// Charges a bot that says what it pays, once for each signature. Blocks until it is on disk.
    ///
    /// # Errors
    /// When the store fails: nothing is served then.
    pub fn charge_crawler(
        &self,
        charge: &Charge,
        bot: Option<&Bot>,
        headers: &HeaderMap,
    ) -> Result<CrawlerAnswer, TollError> {
        let refused = |error| Ok(CrawlerAnswer::Refused(error));
        let (name, exact) = match (headers.contains_key(EXACT), headers.contains_key(MOST)) {
            (false, false) => return Ok(CrawlerAnswer::NotOffered),
            (true, true) => return refused(CrawlerError::ConflictingPriceHeaders),
            (true, false) => (EXACT, true),
            (false, true) => (MOST, false),
        };
        let mut values = headers.get_all(name).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        let price = value.and_then(|text| Price::read(text, self.currency()));
        let (Some(price), None) = (price, values.next()) else {
            return refused(CrawlerError::InvalidCrawlerPriceValue);
        };
        // Without both, whoever sees one signed request could spend the bot's money on others.
        let bot = bot.filter(|bot| bot.covers_field(name) && bot.covers_request());
        let Some(bot) = bot else {
            return refused(CrawlerError::StrongAuthRequired);
        };
        if exact && price != charge.price {
            return refused(CrawlerError::InvalidCrawlerExactPrice);
        }
        if price < charge.price {
            return refused(CrawlerError::InvalidCrawlerMaxPrice);
        }
        let (id, signature) = (bot.id(), bot.signature);
        let (amount, end) = (charge.price.0, bot.expires.saturating_add(REMEMBERED));
        let moved = self
            .store
            .write(move |tables| tables.move_balance(&id, signature, Change::Out(amount), end))?;
        match moved {
            Moved::To(left) => Ok(CrawlerAnswer::Charged {
                header: charge.price.in_currency(self.currency()),
                left: Price(left),
            }),
            Moved::Before(_) | Moved::OutOfReach(_) => refused(CrawlerError::PaymentFailed),
        }
    }

    /// Gives back what a signature was charged, because its request couldn't be served; once.
    ///
    /// # Errors
    /// When the store fails.
    pub fn refund_crawler(&self, bot: &Bot, price: Price) -> Result<Price, TollError> {
        let name = PaymentId::of(&[b"refund", &bot.signature]).0;
        let (id, end) = (bot.id(), bot.expires.saturating_add(REMEMBERED));
        self.add(&id, name, price, end)
    }

    /// Adds to a bot's balance, once for each payment. The payment's request must have been for just this.
    ///
    /// # Errors
    /// When the store fails.
    pub fn credit(&self, bot: &str, price: Price, payment: PaymentId) -> Result<Price, TollError> {
        let name = PaymentId::of(&[b"credit", &payment.0]).0;
        self.add(bot, name, price, u64::MAX)
    }

    /// What a bot has left.
    ///
    /// # Errors
    /// When the store fails.
    pub fn balance(&self, bot: &str) -> Result<Price, TollError> {
        Ok(Price(self.store.balance(bot)?))
    }

    fn add(&self, bot: &str, name: [u8; 32], price: Price, end: u64) -> Result<Price, TollError> {
        let bot = bot.to_owned();
        let moved = self
            .store
            .write(move |tables| tables.move_balance(&bot, name, Change::In(price.0), end))?;
        match moved {
            Moved::To(left) | Moved::Before(left) | Moved::OutOfReach(left) => Ok(Price(left)),
        }
    }
}
