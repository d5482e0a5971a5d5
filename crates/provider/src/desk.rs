//! A provider's desk in the market: looks at open orders, bids by its prices or says why not, shows what it sealed.
//!
//! Nothing is remembered between two looks but sealed bids: what is reserved is computed from the ledger each time, from the
//! leases that it must serve and the bids that wait. So a provider that comes back after a loss is reconciled by its first look,
//! and room is free the moment an order or lease closes.

use std::path::PathBuf;

use lilliput_client::market::OrderBook;
use lilliput_client::{Client, ClientError, Sender};
use lilliput_crypto::{Digest, RandomError, random_bytes};
use lilliput_market::provide::{Answer, Machine, PriceList, Provide, Room, answer};
use lilliput_types::market::{
    Audit, Bid, BidState, BidTerms, Book, Dimension, GroupOrder, Lease, LeaseId, MakeBid,
    MarketMessage, MarketProvider, Order, OrderId, OrderState, Purchase, Rate, Reason, RevealBid,
    SayNo, SealBid, seal_bid,
};
use lilliput_types::{DurationMs, List, Message, Text};
use serde::Deserialize;

use crate::script::{self, ScriptError};

/// The most open orders of one look, and the most leases of a provider.
const LOOKED_AT_MAX: usize = 20_000;

/// What a desk goes by; a JSON file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeskConfig {
    /// What there is to sell.
    pub machines: Vec<Machine>,
    /// What it costs.
    pub prices: PriceList,
    /// Below this no GPU's hour is sold; `lilliput provider economics` computes it.
    #[serde(default)]
    pub gpu_floor: Rate,
    /// The most notice that is granted.
    #[serde(default)]
    pub notice_max_ms: u64,
    /// Where spot leases run.
    #[serde(default)]
    pub spot: Option<SpotConfig>,
    /// A program that is asked for the rates of each bid.
    #[serde(default)]
    pub script: Option<PathBuf>,
}

/// Where spot leases run.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpotConfig {
    /// The pool, which must be open.
    pub pool: u16,
    /// The part of the price that waiting costs, in 10,000ths.
    pub waiting_bps: u16,
}

/// What a desk did with an order or lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeskReport {
    /// Bid in the open.
    Bid(OrderId, Rate),
    /// Bid sealed.
    Sealed(OrderId, Rate),
    /// Showed what it had sealed.
    Revealed(OrderId),
    /// Said why not.
    Declined(OrderId, Vec<Reason>),
    /// A lease that it must serve but has no room for.
    NoRoom(LeaseId),
    /// Something failed; the rest went on.
    Trouble(OrderId, String),
    /// Said that its leases run.
    Beat(u32),
}

/// Why a desk can't work.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The node.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// No salt.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// The price script.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// Sealed bids can't be kept.
    #[error("failed to keep a sealed bid: {0}")]
    Keep(String),
    /// More than is ever listed.
    #[error("the node's list doesn't end")]
    Endless,
}

/// Where sealed bids are kept until they are shown.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    /// Writes one down, before its seal is sent.
    pub keep: &'a dyn Fn(OrderId, &BidTerms, Digest) -> Result<(), String>,
    /// Finds one again.
    pub open: &'a dyn Fn(OrderId) -> Option<(BidTerms, Digest)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Key {
    Lease(LeaseId),
    Order(OrderId),
}

/// One look at the market.
///
/// # Errors
/// When the node is away; what concerns one order is reported and doesn't end the look.
pub fn look(
    sender: &Sender,
    config: &DeskConfig,
    secrets: Secrets<'_>,
) -> Result<Vec<DeskReport>, DeskError> {
    let client = sender.client();
    let (provider, audits) = profile(sender)?;
    let mut reports = Vec::new();
    let mut room = Room::new(config.machines.clone());
    let leases = all(|from| client.served_leases(sender.address(), from))?;
    reserve_leases(client, &mut room, &leases, &mut reports)?;
    let mut desk = Desk {
        sender,
        config,
        secrets,
        provider,
        audits,
        room,
    };
    let open = all(|from| client.open_orders(from))?;
    let mut books = Vec::new();
    for order in open.iter().filter(|order| order.owner != sender.address()) {
        books.push(client.order_book(order.id)?);
    }
    // First what was bid before: its room is taken.
    for book in &books {
        desk.reserve_bid(book);
    }
    for book in &books {
        match desk.see_to(book) {
            Ok(Some(report)) => reports.push(report),
            Ok(None) => {}
            Err(DeskError::Client(error @ ClientError::Unreachable { .. })) => {
                return Err(error.into());
            }
            Err(error) => reports.push(DeskReport::Trouble(book.order.id, error.to_string())),
        }
    }
    if !leases.is_empty() {
        sender.send(vec![Message::Market(MarketMessage::Beat)], Vec::new())?;
        let count = u32::try_from(leases.len()).unwrap_or(u32::MAX);
        reports.push(DeskReport::Beat(count));
    }
    Ok(reports)
}

/// Who isn't known to the market yet has said nothing.
fn profile(sender: &Sender) -> Result<(MarketProvider, Vec<Audit>), DeskError> {
    match sender.client().market_provider(sender.address()) {
        Ok(profile) => Ok((profile.provider, profile.audits)),
        Err(ClientError::Refused { status: 404, .. }) => {
            let now = sender.client().status()?.time;
            Ok((MarketProvider::new(sender.address(), now), Vec::new()))
        }
        Err(error) => Err(error.into()),
    }
}

fn reserve_leases(
    client: &Client,
    room: &mut Room<Key>,
    leases: &[Lease],
    reports: &mut Vec<DeskReport>,
) -> Result<(), DeskError> {
    for lease in leases {
        let group = client.order_book(lease.order)?.order.group;
        let key = Key::Lease(lease.id);
        if room.reserve(key, &group.units, &lease.lines).is_err() {
            reports.push(DeskReport::NoRoom(lease.id));
        }
    }
    Ok(())
}

fn all<T>(
    page: impl Fn(Option<&str>) -> Result<lilliput_client::api::Page<T>, ClientError>,
) -> Result<Vec<T>, DeskError> {
    let mut items = Vec::new();
    let mut next: Option<String> = None;
    while items.len() <= LOOKED_AT_MAX {
        let found = page(next.as_deref())?;
        items.extend(found.items);
        match found.next {
            Some(more) => next = Some(more),
            None => return Ok(items),
        }
    }
    Err(DeskError::Endless)
}

struct Desk<'a> {
    sender: &'a Sender,
    config: &'a DeskConfig,
    secrets: Secrets<'a>,
    provider: MarketProvider,
    audits: Vec<Audit>,
    room: Room<Key>,
}

impl Desk<'_> {
    fn own_bid<'b>(&self, book: &'b OrderBook) -> Option<&'b Bid> {
        let own = self.sender.address();
        book.bids.iter().find(|bid| bid.provider == own)
    }

    fn reserve_bid(&mut self, book: &OrderBook) {
        let Some(bid) = self.own_bid(book).filter(|bid| bid.state == BidState::Live) else {
            return;
        };
        let id = book.order.id;
        let terms = bid.terms.clone();
        let terms = terms.or_else(|| (self.secrets.open)(id).map(|(terms, _)| terms));
        if let Some(terms) = terms {
            let units = &book.order.group.units;
            // Without room the bid stands all the same; the lease will be reported.
            let _ = self.room.reserve(Key::Order(id), units, &terms.offers);
        }
    }

    fn see_to(&mut self, book: &OrderBook) -> Result<Option<DeskReport>, DeskError> {
        let order = &book.order;
        let own = self.sender.address();
        if let Some(bid) = self.own_bid(book) {
            let waits = bid.terms.is_none() && bid.state == BidState::Live;
            return match order.state {
                OrderState::Revealing { .. } if waits => self.reveal(order.id),
                _ => Ok(None),
            };
        }
        let declined = book.declines.iter().any(|decline| decline.provider == own);
        if declined || !matches!(order.state, OrderState::Bidding { .. }) {
            return Ok(None);
        }
        let config = self.config;
        let provide = Provide {
            provider: &self.provider,
            audits: &self.audits,
            prices: &config.prices,
            gpu_floor: config.gpu_floor,
            notice_max_ms: DurationMs(config.notice_max_ms),
            spot: config.spot.map(|spot| (spot.pool, spot.waiting_bps)),
        };
        let key = Key::Order(order.id);
        let said = answer(&provide, &mut self.room, key, &order.group);
        let said = match (said, &config.script) {
            (Answer::Bid(bid), Some(path)) => {
                let rates = script::ask(path, order.id, &order.group, &bid);
                let rates = rates.inspect_err(|_| {
                    self.room.free(&key);
                })?;
                repriced(&order.group, &bid, &rates, config.gpu_floor)
            }
            (said, _) => said,
        };
        match said {
            Answer::Bid(terms) => self.bid(order, terms).map(Some),
            Answer::Decline(reasons) => {
                self.room.free(&key);
                self.decline(order.id, reasons).map(Some)
            }
        }
    }

    fn bid(&mut self, order: &Order, terms: BidTerms) -> Result<DeskReport, DeskError> {
        let rate = terms.total().unwrap_or_default();
        let id = order.id;
        if let Book::Open { .. } = order.group.terms.book {
            self.send(MarketMessage::Bid(MakeBid { order: id, terms }))?;
            return Ok(DeskReport::Bid(id, rate));
        }
        let salt = Digest(random_bytes()?);
        let (chain, account) = (self.sender.chain(), self.sender.address());
        let sealed = seal_bid(chain, id, account, &terms, salt);
        (self.secrets.keep)(id, &terms, salt).map_err(DeskError::Keep)?;
        self.send(MarketMessage::Seal(SealBid { order: id, sealed }))?;
        Ok(DeskReport::Sealed(id, rate))
    }

    fn reveal(&self, order: OrderId) -> Result<Option<DeskReport>, DeskError> {
        let Some((terms, salt)) = (self.secrets.open)(order) else {
            let lost = "the sealed bid isn't kept here: its bond will be lost";
            return Ok(Some(DeskReport::Trouble(order, lost.to_owned())));
        };
        let reveal = RevealBid { order, terms, salt };
        self.send(MarketMessage::Reveal(reveal))?;
        Ok(Some(DeskReport::Revealed(order)))
    }

    fn decline(&self, order: OrderId, mut reasons: Vec<Reason>) -> Result<DeskReport, DeskError> {
        reasons.truncate(lilliput_types::market::REASONS_MAX as usize);
        let listed = List::new(reasons.clone()).unwrap_or_default();
        let no = SayNo {
            order,
            reasons: listed,
        };
        self.send(MarketMessage::Decline(no))?;
        Ok(DeskReport::Declined(order, reasons))
    }

    fn send(&self, message: MarketMessage) -> Result<(), DeskError> {
        self.sender
            .send(vec![Message::Market(message)], Vec::new())?;
        Ok(())
    }
}

/// A bid at the script's rates, never below the floor; above a ceiling it is none.
fn repriced(group: &GroupOrder, bid: &BidTerms, rates: &[Rate], gpu_floor: Rate) -> Answer {
    let mut lines = bid.offers.to_vec();
    for (line, rate) in lines.iter_mut().zip(rates) {
        let Some(unit) = group.units.get(usize::from(line.unit)) else {
            continue;
        };
        let floor = gpu_floor.0.saturating_mul(u64::from(unit.need.gpus));
        line.rate = Rate(rate.0.max(floor));
        if line.rate > unit.rate_max {
            return Answer::Decline(vec![dear(Some(line.unit), unit.rate_max, line.rate)]);
        }
    }
    let mut bid = BidTerms {
        offers: List::new(lines).unwrap_or_default(),
        ..bid.clone()
    };
    let total = bid.total().unwrap_or_default();
    bid.waiting_rate = bid.waiting_rate.min(total);
    match group.terms.purchase {
        Purchase::Spot { bid: most } if total > most => {
            Answer::Decline(vec![dear(None, most, total)])
        }
        Purchase::OnDemand | Purchase::Spot { .. } | Purchase::Reserved { .. } => Answer::Bid(bid),
    }
}

fn dear(unit: Option<u16>, most: Rate, rate: Rate) -> Reason {
    Reason {
        dimension: Dimension::Price,
        unit,
        wanted: Text::shortened(&format!("at most {most} an hour")),
        has: Text::shortened(&format!("at least {rate}")),
    }
}
