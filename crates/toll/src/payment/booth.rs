//! The 402 answer, and one payment for one request.

use std::collections::HashSet;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::{Map, Value, json};

use crate::error::TollError;
use crate::payment::offer::{OfferKey, OfferToken, Offered};
use crate::payment::price::{Currency, Price};
use crate::payment::rail::{Claim, NotTaken, Payment, Rail, Verdict};
use crate::payment::receipt::{Receipt, ReceiptKey, extension};
use crate::payment::record::{PaymentId, Record, RecordState};
use crate::payment::store::{Store, StoreError};
use crate::payment::x402::{
    PAYMENT_REQUIRED, PAYMENT_RESPONSE, PaymentPayload, PaymentRequired, Requirements, Resource,
    Settlement, VERSION, from_header, to_header,
};

/// For how long a payment is remembered after it can't be settled any more, in seconds.
const REMEMBERED: u64 = 30 * 24 * 3600;
/// How much time a payment must have left to be settled in, in seconds.
const SETTLE_MARGIN: u64 = 6;
/// The furthest end of a payment, in seconds from now.
const VALID_MAX: u64 = 24 * 3600;
/// How long is waited before the outcome of a payment is asked for again, in seconds.
const ASK_AGAIN: u64 = 2;
/// The most payments that are settled at once; further ones are told to come back.
const UNDER_WAY_MAX: usize = 256;
/// The longest address of a request that can be paid for.
const URL_LEN_MAX: usize = 4 << 10;

/// How a gate takes payments.
#[derive(Debug)]
pub struct BoothConfig {
    /// What prices are in.
    pub currency: Currency,
    /// The ways to pay, best first.
    pub rails: Vec<Rail>,
    /// What offers are made with; the same after a restart, so that offers made before still count.
    pub offer_key: OfferKey,
    /// For how long an offer counts, in seconds.
    pub offer_lifetime: u64,
    /// What receipts are signed with.
    pub receipt_key: ReceiptKey,
}

/// What a request costs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Charge {
    /// The request's method.
    pub method: String,
    /// Its whole address, as the gate knows it.
    pub url: String,
    /// The price.
    pub price: Price,
    /// For people.
    pub description: Option<String>,
    /// Where work is taken instead of money.
    pub work: Option<String>,
}

/// The answer that says how to pay: status 402, these headers, this body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Required {
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// JSON, the same as the header says.
    pub body: String,
}

/// A payment that bought its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// Its name: for [`Booth::release`], should the request fail.
    pub id: PaymentId,
    /// Who paid.
    pub payer: String,
    /// The header `PAYMENT-RESPONSE`.
    pub header: String,
}

/// What becomes of a request that came with a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Serve it, once, with the header.
    Paid(Granted),
    /// It was served before: status 409 with the header, which holds the same receipt.
    AlreadyServed(Granted),
    /// Not served.
    Refused(Refused),
    /// The same payment is being settled in this moment: status 409, ask again.
    InProgress,
    /// Whether the money moved can't be known yet: status 503. Not served, not charged again; ask again with
    /// the same payment.
    Unknown {
        /// When to ask again, in seconds from now.
        retry_after: u64,
        /// Why.
        reason: String,
    },
    /// The payment wasn't looked at, as who settles it is away: status 503. Nothing was charged.
    Unavailable(String),
}

/// A payment that buys nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// 400 when it can't be read, 402 otherwise.
    pub status: u16,
    /// Why, for people.
    pub reason: String,
    /// The header `PAYMENT-RESPONSE`.
    pub header: String,
}

/// Where payments are taken. All requests of a gate share one.
#[derive(Debug)]
pub struct Booth {
    pub(super) config: BoothConfig,
    pub(super) store: Store,
    under_way: Mutex<HashSet<PaymentId>>,
}

/// A payment that is looked at; no other thread looks at it meanwhile.
struct Turn<'a> {
    booth: &'a Booth,
    id: PaymentId,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.booth.under_way().remove(&self.id);
    }
}

impl Booth {
    /// Opens the store of payments, which no other process may have.
    ///
    /// # Errors
    /// When it can't be opened.
    pub fn open(config: BoothConfig, file: &Path) -> Result<Self, TollError> {
        Ok(Self {
            config,
            store: Store::open(file)?,
            under_way: Mutex::default(),
        })
    }

    /// What prices are in.
    #[must_use]
    pub const fn currency(&self) -> Currency {
        self.config.currency
    }

    /// The key that receipts are checked with.
    #[must_use]
    pub fn receipt_key(&self) -> lilliput_crypto::PublicKey {
        self.config.receipt_key.public_key()
    }

    /// The answer that says how to pay. Stores nothing.
    ///
    /// # Errors
    /// When a price is above all amounts, or there is no randomness.
    pub fn required(&self, charge: &Charge, why: &str, now: u64) -> Result<Required, TollError> {
        let until = now.saturating_add(self.config.offer_lifetime);
        let accepts = self.config.rails.iter().map(|rail| {
            let mut requirements = self.requirements(rail, charge)?;
            let offer = self
                .config
                .offer_key
                .make(&offered(&requirements, charge), until)?;
            let offer = Value::String(offer.to_string());
            requirements.extra.insert("offer".to_owned(), offer);
            Ok(requirements)
        });
        let accepts: Result<Vec<Requirements>, TollError> = accepts.collect();
        let mut extensions = Map::new();
        if let Some(work) = &charge.work {
            let work = json!({ "info": { "url": work }, "schema": { "type": "object" } });
            extensions.insert("lilliput-work".to_owned(), work);
        }
        let required = PaymentRequired {
            x402_version: VERSION,
            error: Some(why.to_owned()),
            resource: Resource {
                url: charge.url.clone(),
                description: charge.description.clone(),
                mime_type: None,
            },
            accepts: accepts?,
            extensions,
        };
        let price = charge.price.in_currency(self.config.currency);
        let mut headers = vec![
            (PAYMENT_REQUIRED, to_header(&required)),
            ("crawler-price", price),
            ("cache-control", "no-store".to_owned()),
        ];
        if let Some(work) = charge.work.as_deref().and_then(link) {
            headers.push(("link", work));
        }
        let body = serde_json::to_string(&required).unwrap_or_default();
        Ok(Required { headers, body })
    }

    /// Takes the payment that came with a request. Blocks while it is settled.
    ///
    /// # Errors
    /// When the store fails: nothing is served then.
    pub fn pay(&self, charge: &Charge, header: &str, now: u64) -> Result<Answer, TollError> {
        let Some(payload) = from_header::<PaymentPayload>(header) else {
            return Ok(refused(400, "payment-signature is no x402 payment", ""));
        };
        if payload.x402_version != VERSION || charge.url.len() > URL_LEN_MAX {
            return Ok(refused(400, "the payment is not of x402 version 2", ""));
        }
        let accepted = &payload.accepted;
        let network = accepted.network.clone();
        let Some((rail, requirements)) = self.understood(accepted) else {
            return Ok(refused(
                402,
                "it accepts other terms than are offered",
                &network,
            ));
        };
        // The cheapest question first: a stranger's offer costs us one hash.
        let token = match self.offer(&requirements, charge) {
            Ok(token) => token,
            Err(reason) => return Ok(refused(402, &reason, &network)),
        };
        let claim = match rail.settle.check(&requirements, &payload.payload) {
            Ok(claim) => claim,
            Err(reason) => return Ok(refused(402, &reason, &network)),
        };
        let Some(_turn) = self.take_turn(claim.id) else {
            return Ok(Answer::InProgress);
        };
        if let Some(record) = self.store.payment(claim.id)? {
            return self.again(rail, &record, charge, now);
        }
        if self.under_way().len() > UNDER_WAY_MAX {
            return Ok(Answer::Unavailable("too many payments at once".to_owned()));
        }
        if let Err(reason) = check_times(&token, &claim, now) {
            return Ok(refused(402, &reason, &network));
        }
        self.first(rail, charge, &claim, &requirements, &payload, now)
    }

    /// Gives a payment back for one more try, because its request couldn't be served.
    ///
    /// # Errors
    /// When the store fails.
    pub fn release(&self, id: PaymentId) -> Result<(), TollError> {
        self.store.write(move |tables| {
            if let Some(mut record) = tables.payment(id)?
                && record.state == RecordState::Granted
            {
                record.state = RecordState::Settled;
                tables.put(&record, false, forget_at(&record))?;
            }
            Ok(())
        })?;
        Ok(())
    }

    /// Asks what became of payments that aren't known, at most so many; gives how many are known now. Blocks.
    ///
    /// # Errors
    /// When the store fails.
    pub fn resolve(&self, now: u64, limit: usize) -> Result<usize, TollError> {
        let mut known = 0;
        for id in self.store.open_payments(limit)? {
            let Some(_turn) = self.take_turn(id) else {
                continue;
            };
            let Some(record) = self.store.payment(id)? else {
                continue;
            };
            let required = serde_json::from_str(&record.requirements).ok();
            let rail = required.and_then(|required| self.understood(&required));
            let Some((rail, _)) = rail else { continue };
            if let RecordState::Settled | RecordState::Failed { .. } =
                self.ask(rail, &record, now)?.state
            {
                known += 1;
            }
        }
        Ok(known)
    }

    /// Forgets payments that can't be settled any more and are old enough, at most so many.
    ///
    /// # Errors
    /// When the store fails.
    pub fn forget(&self, now: u64, limit: usize) -> Result<usize, TollError> {
        Ok(self.store.write(move |tables| tables.forget(now, limit))?)
    }

    /// Says what became of a payment that no one can be asked about: the gate's owner looked it up.
    ///
    /// # Errors
    /// When the store fails.
    pub fn decide(&self, id: PaymentId, paid: Option<&str>, now: u64) -> Result<bool, TollError> {
        let Some(_turn) = self.take_turn(id) else {
            return Ok(false);
        };
        let Some(record) = self.store.payment(id)? else {
            return Ok(false);
        };
        if !matches!(
            record.state,
            RecordState::Unknown { .. } | RecordState::Settling
        ) {
            return Ok(false);
        }
        let verdict = match paid {
            Some(transaction) => Verdict::Paid {
                transaction: transaction.to_owned(),
            },
            None => Verdict::NotPaid {
                reason: "the gate's owner found that it was not paid".to_owned(),
            },
        };
        self.conclude(record, verdict, false, now)?;
        Ok(true)
    }

    /// A payment as it stands.
    ///
    /// # Errors
    /// When the store fails.
    pub fn payment(&self, id: PaymentId) -> Result<Option<Record>, TollError> {
        Ok(self.store.payment(id)?)
    }

    /// Payments whose outcome isn't known.
    ///
    /// # Errors
    /// When the store fails.
    pub fn unknown(&self, limit: usize) -> Result<Vec<PaymentId>, TollError> {
        Ok(self.store.open_payments(limit)?)
    }

    fn requirements(&self, rail: &Rail, charge: &Charge) -> Result<Requirements, TollError> {
        let amount = charge.price.amount(rail.terms.units_per_currency);
        let amount = amount.ok_or(TollError::Price(charge.price.0))?;
        Ok(requirements(
            rail,
            amount.to_string(),
            self.config.offer_lifetime,
        ))
    }

    /// The way to pay that a client chose, with our own words for its terms and its own amount and offer.
    fn understood(&self, accepted: &Requirements) -> Option<(&Rail, Requirements)> {
        let same = |ours: &str, theirs: &str| ours.eq_ignore_ascii_case(theirs);
        let rail = self.config.rails.iter().find(|rail| {
            rail.terms.network == accepted.network
                && same(&rail.terms.asset, &accepted.asset)
                && same(&rail.terms.pay_to, &accepted.pay_to)
        })?;
        let offer = accepted.extra.get("offer")?.clone();
        let amount: u128 = accepted.amount.parse().ok()?;
        let lifetime = self.config.offer_lifetime;
        let mut requirements = requirements(rail, amount.to_string(), lifetime);
        if requirements.scheme != accepted.scheme || requirements.amount != accepted.amount {
            return None;
        }
        requirements.extra.insert("offer".to_owned(), offer);
        Some((rail, requirements))
    }

    /// The offer that a payment is made for, which must be ours and for this request.
    fn offer(&self, requirements: &Requirements, charge: &Charge) -> Result<OfferToken, String> {
        let token = requirements.extra.get("offer").and_then(Value::as_str);
        let token = token.and_then(OfferToken::read);
        let token = token.ok_or("it has no offer; take one from payment-required")?;
        if !self
            .config
            .offer_key
            .made(&token, &offered(requirements, charge))
        {
            return Err("its offer is not for this request; ask for one anew".to_owned());
        }
        Ok(token)
    }

    fn first(
        &self,
        rail: &Rail,
        charge: &Charge,
        claim: &Claim,
        requirements: &Requirements,
        payload: &PaymentPayload,
        now: u64,
    ) -> Result<Answer, TollError> {
        let mut payment = Payment {
            claim,
            requirements,
            payload,
            mark: 0,
        };
        payment.mark = match rail.settle.confirm(&payment) {
            Ok(mark) => mark,
            Err(NotTaken::Unavailable(reason)) => return Ok(Answer::Unavailable(reason)),
            Err(NotTaken::Refused(reason)) => {
                return Ok(refused(402, &reason, &requirements.network));
            }
        };
        let record = Record {
            id: claim.id,
            state: RecordState::Settling,
            method: charge.method.clone(),
            url: charge.url.clone(),
            price: charge.price.0,
            network: requirements.network.clone(),
            payer: claim.payer.clone(),
            valid_from: claim.valid_from,
            valid_until: claim.valid_until,
            mark: payment.mark,
            reserved_at: now,
            asked_at: now,
            transaction: String::new(),
            receipt: String::new(),
            requirements: serde_json::to_string(requirements).unwrap_or_default(),
            payload: serde_json::to_string(payload).unwrap_or_default(),
        };
        // On disk before anyone is asked to move money: a crash leaves a payment that is asked about.
        let reserved = record.clone();
        self.store
            .write(move |tables| tables.put(&reserved, true, forget_at(&reserved)))?;
        let verdict = rail.settle.settle(&payment, now);
        let record = self.conclude(record, verdict, true, now)?;
        Ok(answer(&record))
    }

    /// A payment that was seen before.
    fn again(
        &self,
        rail: &Rail,
        record: &Record,
        charge: &Charge,
        now: u64,
    ) -> Result<Answer, TollError> {
        if record.method != charge.method || record.url != charge.url {
            let reason = "the payment was made for another request";
            return Ok(refused(402, reason, &record.network));
        }
        match &record.state {
            RecordState::Granted => Ok(Answer::AlreadyServed(granted(record))),
            RecordState::Failed { .. } => Ok(answer(record)),
            RecordState::Settled => self.grant(record.clone()),
            RecordState::Settling | RecordState::Unknown { .. } => {
                if matches!(record.state, RecordState::Unknown { .. })
                    && now < record.asked_at.saturating_add(ASK_AGAIN)
                {
                    return Ok(answer(record));
                }
                let record = self.ask(rail, record, now)?;
                match record.state {
                    RecordState::Settled => self.grant(record),
                    _ => Ok(answer(&record)),
                }
            }
        }
    }

    /// Serves a payment that was settled before.
    fn grant(&self, mut record: Record) -> Result<Answer, TollError> {
        record.state = RecordState::Granted;
        let stored = record.clone();
        self.store
            .write(move |tables| tables.put(&stored, false, forget_at(&stored)))?;
        Ok(answer(&record))
    }

    /// Asks what became of a payment.
    fn ask(&self, rail: &Rail, record: &Record, now: u64) -> Result<Record, TollError> {
        let requirements = serde_json::from_str(&record.requirements);
        let payload = serde_json::from_str(&record.payload);
        let (Ok(requirements), Ok(payload)) = (requirements, payload) else {
            return Err(StoreError::Damaged(record.id.to_string()).into());
        };
        let payment = Payment {
            claim: &record.claim(),
            requirements: &requirements,
            payload: &payload,
            mark: record.mark,
        };
        let verdict = rail.settle.look_up(&payment, now);
        self.conclude(record.clone(), verdict, false, now)
    }

    /// Stores what became of a payment.
    fn conclude(
        &self,
        mut record: Record,
        verdict: Verdict,
        serve: bool,
        now: u64,
    ) -> Result<Record, TollError> {
        record.asked_at = now;
        record.state = match verdict {
            Verdict::Paid { transaction } => {
                record.transaction = transaction;
                record.receipt = self.receipt(&record, now);
                if serve {
                    RecordState::Granted
                } else {
                    RecordState::Settled
                }
            }
            Verdict::NotPaid { reason } => RecordState::Failed {
                reason: short(&reason),
            },
            Verdict::Unknown { reason } => RecordState::Unknown {
                reason: short(&reason),
            },
        };
        let open = matches!(record.state, RecordState::Unknown { .. });
        let stored = record.clone();
        self.store
            .write(move |tables| tables.put(&stored, open, forget_at(&stored)))?;
        Ok(record)
    }

    fn receipt(&self, record: &Record, now: u64) -> String {
        let paid: Option<Requirements> = serde_json::from_str(&record.requirements).ok();
        let (amount, asset, pay_to) = paid
            .map(|paid| (paid.amount, paid.asset, paid.pay_to))
            .unwrap_or_default();
        self.config.receipt_key.sign(&Receipt {
            version: 1,
            network: record.network.clone(),
            resource_url: record.url.clone(),
            method: record.method.clone(),
            payer: record.payer.clone(),
            issued_at: now,
            transaction: record.transaction.clone(),
            amount,
            asset,
            pay_to,
            payment: record.id.to_string(),
        })
    }

    fn take_turn(&self, id: PaymentId) -> Option<Turn<'_>> {
        // Made only for the one who has the turn: dropping it gives the turn back.
        let new = self.under_way().insert(id);
        new.then(|| Turn { booth: self, id })
    }

    fn under_way(&self) -> std::sync::MutexGuard<'_, HashSet<PaymentId>> {
        // Each change of the set is one insertion or removal.
        self.under_way
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

fn requirements(rail: &Rail, amount: String, lifetime: u64) -> Requirements {
    Requirements {
        scheme: "exact".to_owned(),
        network: rail.terms.network.clone(),
        amount,
        asset: rail.terms.asset.clone(),
        pay_to: rail.terms.pay_to.clone(),
        max_timeout_seconds: lifetime,
        extra: rail.terms.extra.clone(),
    }
}

fn offered<'a>(requirements: &'a Requirements, charge: &'a Charge) -> Offered<'a> {
    Offered {
        method: &charge.method,
        url: &charge.url,
        network: &requirements.network,
        asset: &requirements.asset,
        pay_to: &requirements.pay_to,
        amount: &requirements.amount,
    }
}

/// Whether a payment that wasn't seen before comes in time.
fn check_times(token: &OfferToken, claim: &Claim, now: u64) -> Result<(), String> {
    if token.until() < now {
        return Err("its offer has expired; ask for one anew".to_owned());
    }
    if now < claim.valid_from || claim.valid_until < now.saturating_add(SETTLE_MARGIN) {
        return Err("it can't be settled now: too early, or too late".to_owned());
    }
    if claim.valid_until > now.saturating_add(VALID_MAX) {
        return Err(format!("it counts for more than {VALID_MAX} s"));
    }
    Ok(())
}

/// When a payment may be forgotten: no offer that it could be presented with counts then.
fn forget_at(record: &Record) -> u64 {
    record.valid_until.saturating_add(REMEMBERED)
}

fn granted(record: &Record) -> Granted {
    let settlement = Settlement {
        success: true,
        error_reason: None,
        payer: Some(record.payer.clone()),
        transaction: record.transaction.clone(),
        network: record.network.clone(),
        amount: None,
        extensions: Some(extension(&record.receipt)),
    };
    Granted {
        id: record.id,
        payer: record.payer.clone(),
        header: to_header(&settlement),
    }
}

/// What a payment's state means for its request.
fn answer(record: &Record) -> Answer {
    match &record.state {
        RecordState::Granted => Answer::Paid(granted(record)),
        RecordState::Failed { reason } => refused(402, reason, &record.network),
        RecordState::Unknown { reason } => Answer::Unknown {
            retry_after: ASK_AGAIN,
            reason: reason.clone(),
        },
        RecordState::Settling | RecordState::Settled => Answer::InProgress,
    }
}

fn refused(status: u16, reason: &str, network: &str) -> Answer {
    let settlement = Settlement {
        success: false,
        error_reason: Some(short(reason)),
        payer: None,
        transaction: String::new(),
        network: network.to_owned(),
        amount: None,
        extensions: None,
    };
    Answer::Refused(Refused {
        status,
        reason: short(reason),
        header: to_header(&settlement),
    })
}

/// The names of the two headers that a gate reads and writes.
impl Answer {
    /// The header that an answer's `header` belongs into.
    pub const HEADER: &'static str = PAYMENT_RESPONSE;
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

/// A link to where work is taken; none when the address doesn't fit into a header.
fn link(url: &str) -> Option<String> {
    let plain = |byte: u8| (0x21..0x7f).contains(&byte) && byte != b'<' && byte != b'>';
    url.bytes()
        .all(plain)
        .then(|| format!("<{url}>; rel=\"payment\"; title=\"work instead of money\""))
}
