//! `lilliput prices feed stake|report|leave|close`.

use anyhow::anyhow;
use lilliput_types::prices::{CloseFeed, Feed, FeedId, Leave, PricesMessage, Report, Stake};
use lilliput_types::{Amount, TimeMs};

use crate::commands::prices::{decimal, node, told};
use crate::failure::{Failure, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;

/// Lock stake to report prices, or add to it.
#[derive(clap::Args)]
pub(crate) struct StakeArgs {
    /// The feed, like 1.
    feed: FeedId,

    /// How much, in the smallest unit.
    #[arg(long)]
    amount: Amount,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Report a price for the period whose window is open.
#[derive(clap::Args)]
pub(crate) struct ReportArgs {
    /// The feed, like 1.
    feed: FeedId,

    /// The price, like 1850.25.
    #[arg(long)]
    price: String,

    /// For which period; the one that takes reports now if not said.
    #[arg(long)]
    period: Option<u64>,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Take your stake back and report no more.
#[derive(clap::Args)]
pub(crate) struct LeaveArgs {
    /// The feed, like 1.
    feed: FeedId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

/// Close a feed that you opened and nobody uses; the deposit comes back.
#[derive(clap::Args)]
pub(crate) struct CloseArgs {
    /// The feed, like 1.
    feed: FeedId,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn stake(args: &StakeArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let (feed, amount) = (args.feed, args.amount);
    told::send(&sender, PricesMessage::Stake(Stake { feed, amount }))
}

pub(super) fn report(args: &ReportArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let feed = sender.client().feed(args.feed)?;
    let price = decimal::parse(&args.price, feed.decimals)
        .map_err(|reason| Failure::bad_input(anyhow!("--price: {reason}")))?;
    let price = u64::try_from(price)
        .map_err(|_| Failure::bad_input(anyhow!("--price {} is negative", args.price)))?;
    let period = match args.period {
        Some(period) => period,
        None => {
            let now = node::now(sender.client())?;
            feed.reporting(now).ok_or_else(|| no_window(&feed, now))?
        }
    };
    let report = Report {
        feed: args.feed,
        period,
        price,
    };
    told::send(&sender, PricesMessage::Report(report))
}

fn no_window(feed: &Feed, now: TimeMs) -> Failure {
    let next = feed.opening(now);
    let wait_ms = feed.opens(next).0.saturating_sub(now.0);
    Failure::bad_input(anyhow!("no window of feed {} is open", feed.id))
        .hint(format!("that of period {next} opens in {wait_ms} ms"))
}

pub(super) fn leave(args: &LeaveArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    told::send(&sender, PricesMessage::Leave(Leave { feed: args.feed }))
}

pub(super) fn close(args: &CloseArgs, session: &Session) -> Result<Outcome> {
    let sender = args.signer.sender(session, &args.node)?;
    let close = CloseFeed { feed: args.feed };
    told::send(&sender, PricesMessage::CloseFeed(close))
}
