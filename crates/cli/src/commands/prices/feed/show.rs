//! `lilliput prices feed show`: one feed, its reporters, its prices.

use std::fmt::Write as _;

use lilliput_types::prices::{Feed, FeedId, PriceRecord, Reporter};
use serde_json::json;

use crate::commands::prices::{decimal, node};
use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// How many of the latest prices are shown to people; all are in the JSON.
const SHOWN: usize = 12;

/// Show a feed with its reporters and latest prices.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The feed, like 1.
    feed: FeedId,

    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let feed = client.feed(args.feed)?;
    let now = node::now(&client)?;
    let reporters = node::reporters(&client, feed.id)?;
    let prices = node::prices(&client, feed.id)?;
    let reporting = feed.reporting(now);
    let mut text = head(&feed);
    let _ = match reporting {
        Some(period) => write!(text, "\n  window     period {period} takes reports"),
        None => write!(
            text,
            "\n  window     period {} comes next",
            feed.opening(now)
        ),
    };
    for reporter in &reporters {
        let _ = write!(text, "\n  {}", line(&feed, reporter));
    }
    for record in prices.iter().rev().take(SHOWN) {
        let _ = write!(text, "\n  {}", priced(&feed, record));
    }
    Ok(Outcome::new(
        text,
        json!({
            "feed": feed,
            "reporting": reporting,
            "opening": feed.opening(now),
            "reporters": reporters,
            "prices": prices,
        }),
    ))
}

fn head(feed: &Feed) -> String {
    let terms = &feed.terms;
    format!(
        "feed {}: {} in {}\n  periods    every {} ms, {} ms long windows\n  quorum     {} reports, {}/10000 \
         tolerance\n  staked     {}, lost so far {}\n  priced     {} periods",
        feed.id,
        feed.name,
        feed.unit,
        terms.period_ms,
        terms.window_ms,
        terms.quorum,
        terms.tolerance_bps,
        money(feed.staked, feed.asset),
        money(feed.slashed, feed.asset),
        feed.priced,
    )
}

fn line(feed: &Feed, reporter: &Reporter) -> String {
    format!(
        "{}  staked {}, right {}, lost {} in {} slashes",
        reporter.account,
        money(reporter.stake, feed.asset),
        reporter.right,
        money(reporter.slashed, feed.asset),
        reporter.slashes
    )
}

fn priced(feed: &Feed, record: &PriceRecord) -> String {
    let price = record.price;
    let price = price.map_or("-".to_owned(), |price| decimal::show(price, feed.decimals));
    let reports: Vec<String> = record
        .reports
        .iter()
        .map(|report| decimal::show(report.price, feed.decimals))
        .collect();
    format!(
        "{:<8} {price:>14}  of {}",
        record.period,
        reports.join(", ")
    )
}
