//! `lilliput deploy create|close|list|show|choose`: from a file to leases.

use std::fmt::Write as _;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::anyhow;
use lilliput_client::Sender;
use lilliput_client::market::OrderBook;
use lilliput_crypto::{Digest, Label};
use lilliput_market::{Habits, order_of};
use lilliput_sdl::Sdl;
use lilliput_types::market::{
    Award, CloseDeployment, CloseOrder, Create, Deployment, DeploymentId, GroupOrder, MarketEvent,
    MarketMessage, OrderId, OrderState, PlaceOrder, Purchase,
};
use lilliput_types::{Address, Amount, AssetId, DurationMs, List};
use serde_json::{Value, json};

use super::SdlFile;
use crate::failure::{Failure, OrExit, Result};
use crate::market::{self, rate};
use crate::node::{KeyArgs, NodeArgs, address};
use crate::outcome::Outcome;
use crate::receipt::money;
use crate::session::Session;
use crate::span::span;

/// How long `--wait` looks at an order that doesn't move.
const PATIENCE: Duration = Duration::from_secs(600);
const POLL: Duration = Duration::from_millis(100);

/// Order what a file asks for: one order for each placement, with its deposit.
#[derive(clap::Args)]
pub(super) struct CreateArgs {
    #[command(flatten)]
    file: SdlFile,

    /// For how long the deposit pays at the file's prices; a reservation is paid for its time.
    #[arg(long, value_name = "SPAN", default_value = "24h", value_parser = span)]
    deposit_for: DurationMs,

    /// For how long bids come in, where the file doesn't say (`lilliput/bidding`).
    #[arg(long, value_name = "SPAN", default_value = "30s", value_parser = span)]
    bidding: DurationMs,

    /// For how long sealed bids may be shown.
    #[arg(long, value_name = "SPAN", default_value = "30s", value_parser = span)]
    reveal: DurationMs,

    /// For how long you may choose, where the file says `lilliput/choice: manual`.
    #[arg(long, value_name = "SPAN", default_value = "10m", value_parser = span)]
    choose: DurationMs,

    /// What each bid locks, in the smallest unit.
    #[arg(long, default_value = "100000")]
    bond: Amount,

    /// Wait until bidding is over, and say what came of it.
    #[arg(long)]
    wait: bool,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Close what is left of a deployment, or one of its orders that isn't leased yet.
#[derive(clap::Args)]
pub(super) struct CloseArgs {
    /// The deployment, like 1.
    deployment: DeploymentId,

    /// Only this order.
    #[arg(long)]
    order: Option<OrderId>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// List an account's deployments.
#[derive(clap::Args)]
pub(super) struct ListArgs {
    /// Whose: an address, or the name of one of your keys.
    #[arg(default_value = "default")]
    account: String,

    #[command(flatten)]
    node: NodeArgs,
}

/// Show a deployment: orders, bids, who didn't bid and why, leases.
#[derive(clap::Args)]
pub(super) struct ShowArgs {
    /// The deployment, like 1.
    deployment: DeploymentId,

    #[command(flatten)]
    node: NodeArgs,
}

/// Choose among the bids on an order that says `lilliput/choice: manual`.
#[derive(clap::Args)]
pub(super) struct ChooseArgs {
    /// The order, like 1.
    order: OrderId,

    /// Whose bid is taken; several where the group may be split or is replicated.
    #[arg(long, value_name = "ADDRESS", required = true)]
    provider: Vec<Address>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn create(args: &CreateArgs, session: &Session) -> Result<Outcome> {
    let sdl = args.file.read()?;
    let habits = Habits {
        bidding_ms: args.bidding,
        reveal_ms: args.reveal,
        choose_ms: args.choose,
        bond: args.bond,
    };
    let groups = order_of(&sdl, &habits).or_bad_input("this network's market can't take it")?;
    let orders: Vec<PlaceOrder> = groups
        .into_iter()
        .map(|group| {
            let deposit = deposit(&group, args.deposit_for)?;
            Ok(PlaceOrder { group, deposit })
        })
        .collect::<Result<_>>()?;
    let create = Create {
        manifest: manifest_hash(&sdl)?,
        orders: List::new(orders).or_bad_input("the orders")?,
    };
    let sender = args.signer.sender(session, &args.node)?;
    let (mut text, mut json, events) = market::send_all(&sender, MarketMessage::Create(create))?;
    let ids = events.iter().filter_map(|event| match event {
        MarketEvent::Ordered { order, .. } => Some(*order),
        _ => None,
    });
    let ids: Vec<OrderId> = ids.collect();
    if args.wait {
        let books = wait(&sender, &ids, session)?;
        let asset = sender.client().status()?.settlement_asset;
        for book in &books {
            told_order(&mut text, book, asset);
        }
        json["orders"] = json!(books);
    }
    json["order_ids"] = json!(ids);
    Ok(Outcome::new(text, json))
}

/// What providers are told, as its canonical JSON.
fn manifest_hash(sdl: &Sdl) -> Result<Digest> {
    let manifest = serde_json::to_vec(&sdl.manifest()).or_failed("failed to write JSON")?;
    Ok(Digest::of(Label::Blob, &manifest))
}

fn deposit(group: &GroupOrder, span: DurationMs) -> Result<Amount> {
    let reserved = matches!(group.terms.purchase, Purchase::Reserved { .. });
    let span_ms = if reserved { 0 } else { span.0 };
    let deposit = group.deposit_min(span_ms);
    deposit.ok_or_else(|| Failure::bad_input(anyhow!("the prices of {} are too high", group.name)))
}

/// Until no order takes bids any more.
fn wait(sender: &Sender, orders: &[OrderId], session: &Session) -> Result<Vec<OrderBook>> {
    let progress = session.progress("waiting for bids");
    let begun = Instant::now();
    loop {
        let books: Vec<OrderBook> = orders
            .iter()
            .map(|id| sender.client().order_book(*id))
            .collect::<std::result::Result<_, _>>()?;
        let bids: usize = books.iter().map(|book| book.bids.len()).sum();
        let waiting = books.iter().any(|book| {
            matches!(
                book.order.state,
                OrderState::Bidding { .. } | OrderState::Revealing { .. }
            )
        });
        if !waiting {
            return Ok(books);
        }
        if begun.elapsed() > PATIENCE {
            return Err(
                Failure::failed(anyhow!("bidding takes longer than ten minutes"))
                    .hint("look again with `lilliput deploy show`"),
            );
        }
        progress.now(format!("{bids} bids so far"));
        sleep(POLL);
    }
}

pub(super) fn close(args: &CloseArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let message = match args.order {
        Some(order) => MarketMessage::CloseOrder(CloseOrder { order }),
        None => MarketMessage::CloseDeployment(CloseDeployment {
            deployment: args.deployment,
        }),
    };
    market::send(&sender, message)
}

pub(super) fn choose(args: &ChooseArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let award = Award {
        order: args.order,
        providers: List::new(args.provider.clone()).or_bad_input("--provider")?,
    };
    market::send(&sender, MarketMessage::Award(award))
}

pub(super) fn list(args: &ListArgs, session: &Session) -> Result<Outcome> {
    let owner = address(session, &args.account)?;
    let client = args.node.client()?;
    let mut all: Vec<Deployment> = Vec::new();
    let mut from: Option<String> = None;
    loop {
        let page = client.deployments(owner, from.as_deref())?;
        all.extend(page.items);
        match page.next {
            Some(next) if from.as_ref() != Some(&next) => from = Some(next),
            Some(_) | None => break,
        }
    }
    let mut text = String::new();
    if all.is_empty() {
        text.push_str("no deployments yet; make one with `lilliput deploy create FILE`");
    }
    for deployment in &all {
        let orders: Vec<String> = deployment.orders.iter().map(ToString::to_string).collect();
        let _ = writeln!(
            text,
            "deployment {}, orders {}",
            deployment.id,
            orders.join(", ")
        );
    }
    Ok(Outcome::new(text.trim_end(), json!({ "deployments": all })))
}

pub(super) fn show(args: &ShowArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let deployment = client.deployment(args.deployment)?;
    let asset = client.status()?.settlement_asset;
    let books: Vec<OrderBook> = deployment
        .orders
        .iter()
        .map(|id| client.order_book(*id))
        .collect::<std::result::Result<_, _>>()?;
    let mut text = format!("deployment {} of {}", deployment.id, deployment.owner);
    let mut leases: Vec<Value> = Vec::new();
    for book in &books {
        told_order(&mut text, book, asset);
        for id in book.order.leases.iter() {
            let standing = client.lease(*id)?;
            let _ = write!(text, "\n    {}", crate::commands::lease::line(&standing));
            leases.push(json!(standing));
        }
    }
    let json = json!({ "deployment": deployment, "orders": books, "leases": leases });
    Ok(Outcome::new(text, json))
}

/// An order with its bids, and why others didn't bid.
fn told_order(text: &mut String, book: &OrderBook, asset: AssetId) {
    let order = &book.order;
    let state = match order.state {
        OrderState::Bidding { .. } => "takes bids".to_owned(),
        OrderState::Revealing { .. } => "waits for sealed bids to be shown".to_owned(),
        OrderState::Choosing { .. } => {
            format!(
                "waits for your choice: `lilliput deploy choose {}`",
                order.id
            )
        }
        OrderState::Leased => "is leased".to_owned(),
        OrderState::Judging { .. } => "waits for results to be shown".to_owned(),
        OrderState::Closed { end } => format!("is over: {end:?}").to_lowercase(),
    };
    // Writing to a String can't fail.
    let _ = write!(
        text,
        "\n  order {} ({}) {state}",
        order.id, order.group.name
    );
    if let Some(result) = order.result {
        let _ = write!(text, "\n    result {result}");
    }
    for bid in &book.bids {
        let what = match bid.terms.as_ref().and_then(|terms| terms.total()) {
            Some(total) => rate(total, asset),
            None => "sealed".to_owned(),
        };
        let state = format!("{:?}", bid.state).to_lowercase();
        let _ = write!(text, "\n    bid of {}: {what}, {state}", bid.provider);
    }
    for decline in &book.declines {
        let _ = write!(text, "\n    {} doesn't bid:", decline.provider);
        for reason in decline.reasons.iter() {
            let unit = reason
                .unit
                .map_or("the group".to_owned(), |unit| format!("unit {unit}"));
            let _ = write!(
                text,
                "\n      {} of {unit}: wanted {}, has {}",
                format!("{:?}", reason.dimension).to_lowercase(),
                reason.wanted,
                reason.has
            );
        }
    }
    if !order.deposit.is_zero() {
        let _ = write!(text, "\n    deposit {}", money(order.deposit, asset));
    }
}
