//! `lilliput prices feed list`: all feeds.

use std::fmt::Write as _;

use serde_json::json;

use crate::commands::prices::decimal;
use crate::failure::Result;
use crate::node::NodeArgs;
use crate::outcome::Outcome;
use crate::receipt::money;

/// List the feeds with their latest prices.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    node: NodeArgs,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let client = args.node.client()?;
    let feeds = client.feeds(None)?.items;
    let mut text = String::new();
    if feeds.is_empty() {
        text.push_str("no feeds yet; open one with `lilliput prices feed open`\n");
    }
    for feed in &feeds {
        let price = feed.latest.map_or("no price yet".to_owned(), |(_, price)| {
            format!("{} {}", decimal::show(price, feed.decimals), feed.unit)
        });
        let _ = writeln!(
            text,
            "{:<6} {:<20} {price:<24} {} reporters with {}, {} open contests",
            feed.id.to_string(),
            feed.name.as_str(),
            feed.active,
            money(feed.staked, feed.asset),
            feed.contests
        );
    }
    Ok(Outcome::new(text.trim_end(), json!({ "feeds": feeds })))
}
