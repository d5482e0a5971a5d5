//! `lilliput price`: what classes of resources cost.

use std::fmt::Write as _;

use clap::Subcommand;
use lilliput_market::{Habits, order_of};
use lilliput_types::market::Rate;
use lilliput_types::{Amount, AssetId, DurationMs};
use serde_json::json;

use crate::commands::deploy::SdlFile;
use crate::failure::{OrExit, Result};
use crate::market::rate;
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// What compute costs here: index, history and depth by class, and what a file's orders would pay.
///
/// A class is `gpu/MODEL`, per GPU; or `cpu/compute`, `cpu/general`, `cpu/memory` by memory per core, per core. Spot trades
/// stand under `spot/…`. Prices are per hour.
#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every class that was traded, with its index: turnover by volume of the last 24 hours of trade.
    Index(IndexArgs),
    /// A class hour by hour: first, highest, lowest, last.
    History(ClassArgs),
    /// What open orders ask for in a class, by ceiling.
    Depth(ClassArgs),
    /// A file's ceilings beside the index.
    Quote(QuoteArgs),
}

#[derive(clap::Args)]
struct IndexArgs {
    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct ClassArgs {
    /// The class, like gpu/h100.
    class: String,

    #[command(flatten)]
    node: NodeArgs,
}

#[derive(clap::Args)]
struct QuoteArgs {
    #[command(flatten)]
    file: SdlFile,

    #[command(flatten)]
    node: NodeArgs,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    match &args.command {
        Command::Index(args) => index(args),
        Command::History(args) => history(args),
        Command::Depth(args) => depth(args),
        Command::Quote(args) => quote(args),
    }
}

fn shown(price: Option<Rate>, asset: AssetId) -> String {
    price.map_or("no trade yet".to_owned(), |price| rate(price, asset))
}

fn index(args: &IndexArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let asset = client.status()?.settlement_asset;
    let prices = client.class_prices()?;
    let mut text = String::new();
    for price in &prices {
        // Writing to a String can't fail.
        let _ = writeln!(text, "{:<20} {}", price.class, shown(price.index, asset));
    }
    if prices.is_empty() {
        text.push_str("no trade yet");
    }
    Ok(Outcome::new(text.trim_end(), json!({ "classes": prices })))
}

fn history(args: &ClassArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let asset = client.status()?.settlement_asset;
    let history = client.class_history(&args.class)?;
    let mut text = format!("{}: {}", history.class, shown(history.index, asset));
    for hour in &history.hours {
        let _ = write!(
            text,
            "\nhour {}: first {}, highest {}, lowest {}, last {}, {} trades",
            hour.hour, hour.first, hour.highest, hour.lowest, hour.last, hour.trades
        );
    }
    Ok(Outcome::new(text, json!(history)))
}

fn depth(args: &ClassArgs) -> Result<Outcome> {
    let client = args.node.client()?;
    let asset = client.status()?.settlement_asset;
    let history = client.class_history(&args.class)?;
    let mut text = format!("open orders for {}", history.class);
    if history.depth.is_empty() {
        text.push_str(": none");
    }
    for level in &history.depth {
        let _ = write!(
            text,
            "\nup to {}: {} in {} units",
            rate(level.rate_max, asset),
            thousandths(level.volume_milli),
            level.units
        );
    }
    Ok(Outcome::new(text, json!(history)))
}

fn thousandths(milli: u64) -> String {
    let (whole, rest) = (milli / 1_000, milli % 1_000);
    if rest == 0 {
        return whole.to_string();
    }
    format!("{whole}.{rest:03}")
        .trim_end_matches('0')
        .to_owned()
}

fn quote(args: &QuoteArgs) -> Result<Outcome> {
    let sdl = args.file.read()?;
    let habits = Habits {
        bidding_ms: DurationMs(30_000),
        reveal_ms: DurationMs(30_000),
        choose_ms: DurationMs(600_000),
        bond: Amount(100_000),
    };
    let groups = order_of(&sdl, &habits).or_bad_input("this network's market can't take it")?;
    let client = args.node.client()?;
    let asset = client.status()?.settlement_asset;
    let prices = client.class_prices()?;
    let (mut text, mut lines) = (String::new(), Vec::new());
    for group in &groups {
        for (place, unit) in group.units.iter().enumerate() {
            let model = unit.need.gpu_models.first().map(|model| model.as_str());
            let (class, things_milli) = unit.need.class(model);
            let index = prices.iter().find(|price| price.class == class);
            let index = index.and_then(|price| price.index);
            let usual = index.map(|index| {
                let usual = u128::from(index.0) * u128::from(things_milli) / 1_000;
                Rate(u64::try_from(usual).unwrap_or(u64::MAX))
            });
            let _ = writeln!(
                text,
                "{} unit {place} ({class}): at most {} a replica, usually {}",
                group.name,
                rate(unit.rate_max, asset),
                shown(usual, asset)
            );
            lines.push(json!({
                "group": group.name, "unit": place, "class": class,
                "rate_max": unit.rate_max, "usual": usual, "count": unit.count,
            }));
        }
    }
    Ok(Outcome::new(text.trim_end(), json!({ "units": lines })))
}
