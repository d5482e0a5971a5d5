//! `lilliput bid`: what a provider says to orders.

mod auto;

use std::str::FromStr;

use anyhow::anyhow;
use clap::Subcommand;
use lilliput_client::Sender;
use lilliput_crypto::{Digest, random_bytes};
use lilliput_market::check_bid;
use lilliput_types::market::{
    BidTerms, Dimension, GroupOrder, MakeBid, MarketMessage, OfferLine, Order, OrderId, Rate,
    Reason, Retract, RevealBid, SayNo, SealBid, seal_bid,
};
use lilliput_types::{DurationMs, List, Text};
use serde_json::json;

use crate::failure::{Failure, OrExit, Result};
use crate::market::{self, SealedBids, rate};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Bids on orders for compute: list what is open, bid openly or sealed, or say why not.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the orders that take bids.
    Orders(OrdersArgs),
    /// Bid in the open, or replace such a bid.
    Place(BidArgs),
    /// Bid sealed: only a commitment is sent; show it with `lilliput bid reveal` when bidding is over.
    Seal(BidArgs),
    /// Show what was sealed; who doesn't loses the bond.
    Reveal(OneArgs),
    /// Take an open bid back.
    Retract(OneArgs),
    /// Say why you don't bid; the buyer sees it.
    Decline(DeclineArgs),
    Auto(auto::Args),
}

#[derive(clap::Args)]
struct OrdersArgs {
    #[command(flatten)]
    node: NodeArgs,
}

/// A number of a unit with something said of it.
#[derive(Clone)]
struct Of<T> {
    unit: u16,
    what: T,
}

impl<T: FromStr> FromStr for Of<T> {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let expected = || format!("{text:?} isn't UNIT=VALUE, like 0=5000");
        let (unit, what) = text.split_once('=').ok_or_else(expected)?;
        Ok(Self {
            unit: unit.parse().map_err(|_| expected())?,
            what: what.parse().map_err(|_| expected())?,
        })
    }
}

#[derive(clap::Args)]
struct BidArgs {
    /// The order, like 1.
    order: OrderId,

    /// What one replica of a unit costs, in smallest units per hour: UNIT=RATE; units count from 0.
    #[arg(long, value_name = "UNIT=RATE", required = true)]
    rate: Vec<Of<Rate>>,

    /// How many replicas of a unit, where the group may be split; all if not said.
    #[arg(long, value_name = "UNIT=COUNT")]
    count: Vec<Of<u32>>,

    /// The GPU that a replica gets, like 0=vendor/nvidia/model/h100/ram/80Gi.
    #[arg(long, value_name = "UNIT=GPU")]
    gpu: Vec<Of<String>>,

    /// The notice that you grant; what the order demands if not said.
    #[arg(long, value_name = "SPAN", value_parser = span)]
    notice: Option<DurationMs>,

    /// The pool in which a spot lease would run.
    #[arg(long)]
    pool: Option<u16>,

    /// What a spot lease costs while it waits, in smallest units per hour.
    #[arg(long, default_value = "0")]
    waiting_rate: Rate,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct OneArgs {
    /// The order, like 1.
    order: OrderId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

#[derive(clap::Args)]
struct DeclineArgs {
    /// The order, like 1.
    order: OrderId,

    /// In what, like `price:at most 900:at least 1200`: dimension, what is wanted, what you have.
    #[arg(long, value_name = "DIMENSION:WANTED:HAS", required = true, value_parser = reason)]
    reason: Vec<Reason>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

fn reason(text: &str) -> std::result::Result<Reason, String> {
    let mut parts = text.splitn(3, ':');
    let (Some(dimension), Some(wanted), Some(has)) = (parts.next(), parts.next(), parts.next())
    else {
        return Err("expected DIMENSION:WANTED:HAS".to_owned());
    };
    let name = serde_json::Value::from(dimension);
    let dimension: Dimension = serde_json::from_value(name).map_err(|error| error.to_string())?;
    Ok(Reason {
        dimension,
        unit: None,
        wanted: Text::new(wanted).map_err(|error| error.to_string())?,
        has: Text::new(has).map_err(|error| error.to_string())?,
    })
}

pub(crate) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    match &args.command {
        Command::Orders(args) => orders(args),
        Command::Place(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let terms = terms(args, &sender)?;
            let order = args.order;
            market::send(&sender, MarketMessage::Bid(MakeBid { order, terms }))
        }
        Command::Seal(args) => seal(args, session),
        Command::Auto(args) => auto::run(args, session),
        Command::Reveal(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let kept = SealedBids::new(&session.data()?, sender.chain(), sender.address());
            let (terms, salt) = kept.open(args.order)?;
            let order = args.order;
            let reveal = RevealBid { order, terms, salt };
            market::send(&sender, MarketMessage::Reveal(reveal))
        }
        Command::Retract(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let order = args.order;
            market::send(&sender, MarketMessage::Retract(Retract { order }))
        }
        Command::Decline(args) => {
            let sender = args.signer.sender(session, &args.node)?;
            let order = args.order;
            let reasons = List::new(args.reason.clone()).or_bad_input("--reason")?;
            market::send(&sender, MarketMessage::Decline(SayNo { order, reasons }))
        }
    }
}

fn seal(args: &BidArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let terms = terms(args, &sender)?;
    let (chain, account) = (sender.chain(), sender.address());
    let salt = Digest(random_bytes()?);
    let sealed = seal_bid(chain, args.order, account, &terms, salt);
    SealedBids::new(&session.data()?, chain, account).keep(args.order, terms, salt)?;
    let order = args.order;
    market::send(&sender, MarketMessage::Seal(SealBid { order, sealed }))
}

/// The bid that the arguments say, checked as the ledger will.
fn terms(args: &BidArgs, sender: &Sender) -> Result<BidTerms> {
    let group = sender.client().order_book(args.order)?.order.group;
    let mut rates = args.rate.clone();
    rates.sort_by_key(|of| of.unit);
    let mut lines = Vec::new();
    for Of { unit, what } in &rates {
        let asked = group.units.get(usize::from(*unit)).ok_or_else(|| {
            Failure::bad_input(anyhow!(
                "order {} has units 0 to {}, not {unit}",
                args.order,
                group.units.len().saturating_sub(1)
            ))
        })?;
        let count = args.count.iter().find(|of| of.unit == *unit);
        let gpu = args.gpu.iter().find(|of| of.unit == *unit);
        let gpu = gpu.map(|of| Text::new(of.what.clone())).transpose();
        lines.push(OfferLine {
            unit: *unit,
            count: count.map_or(asked.count, |of| of.what),
            rate: *what,
            gpu: gpu.or_bad_input("--gpu")?,
        });
    }
    let terms = BidTerms {
        offers: List::new(lines).or_bad_input("--rate")?,
        notice_ms: args.notice.unwrap_or(group.terms.notice_ms),
        pool: args.pool,
        waiting_rate: args.waiting_rate,
    };
    check_bid(&group, &terms).or_bad_input("the bid")?;
    Ok(terms)
}

fn orders(args: &OrdersArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let asset = client.status()?.settlement_asset;
    let mut open: Vec<Order> = Vec::new();
    let mut from: Option<String> = None;
    loop {
        let page = client.open_orders(from.as_deref())?;
        open.extend(page.items);
        match page.next {
            Some(next) if from.as_ref() != Some(&next) => from = Some(next),
            Some(_) | None => break,
        }
    }
    let lines: Vec<String> = open
        .iter()
        .map(|order| {
            format!(
                "order {}: {}, at most {}, {} bids",
                order.id,
                asked(&order.group),
                rate(order.group.ceiling().unwrap_or_default(), asset),
                order.bids
            )
        })
        .collect();
    let text = if lines.is_empty() {
        "no open orders".to_owned()
    } else {
        lines.join("\n")
    };
    Ok(Outcome::new(text, json!({ "orders": open })))
}

/// The units of a group, for people.
fn asked(group: &GroupOrder) -> String {
    let units = group.units.iter().map(|unit| {
        let need = &unit.need;
        let gpu = match need.gpus {
            0 => String::new(),
            count => format!(", {count} GPU"),
        };
        format!(
            "{} x {}.{:03} cores, {} MiB{gpu}",
            unit.count,
            need.cpu_milli / 1_000,
            need.cpu_milli % 1_000,
            need.memory >> 20
        )
    });
    units.collect::<Vec<_>>().join(" and ")
}
