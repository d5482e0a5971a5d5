//! `lilliput prices feed open`: open a feed.

use lilliput_types::prices::{FeedTerms, OpenFeed, PricesMessage};
use lilliput_types::{Amount, DurationMs, Text};

use crate::commands::prices::{decimal, told};
use crate::failure::{OrExit, Result};
use crate::node::{KeyArgs, NodeArgs};
use crate::outcome::Outcome;
use crate::session::Session;
use crate::span::span;

/// Open a feed for a deposit, which comes back when it is closed; its terms never change.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name, for people.
    #[arg(long)]
    name: String,

    /// What a price is in, like USD.
    #[arg(long, default_value = "USD")]
    unit: String,

    /// How many of a price's digits stand behind the point.
    #[arg(long, default_value = "2")]
    decimals: u8,

    /// In how long the first window opens: a number and s, m, h or d.
    #[arg(long, value_name = "SPAN", default_value = "1m", value_parser = span)]
    first_in: DurationMs,

    /// From one window's opening to the next.
    #[arg(long, value_name = "SPAN", default_value = "1h", value_parser = span)]
    period: DurationMs,

    /// For how long a window takes reports; at most half the period.
    #[arg(long, value_name = "SPAN", default_value = "5m", value_parser = span)]
    window: DurationMs,

    /// How far a report may be off the median, as a part of it.
    #[arg(long, default_value = "0.01", value_parser = decimal::part)]
    tolerance: u16,

    /// The least stake of a reporter, in the smallest unit.
    #[arg(long, default_value = "10000000")]
    stake_min: Amount,

    /// How many reports make a price.
    #[arg(long, default_value = "3")]
    quorum: u16,

    /// How many windows in a row a reporter may be silent.
    #[arg(long, default_value = "5")]
    silence_max: u16,

    /// The part of its stake that a reporter loses each time.
    #[arg(long, default_value = "0.1", value_parser = decimal::part)]
    slash: u16,

    /// For how many periods prices are kept.
    #[arg(long, default_value = "1000")]
    history: u32,

    #[command(flatten)]
    node: NodeArgs,

    #[command(flatten)]
    signer: KeyArgs,
}

pub(super) fn run(args: &Args, session: &Session) -> Result<Outcome> {
    let terms = FeedTerms {
        period_ms: args.period,
        window_ms: args.window,
        tolerance_bps: args.tolerance,
        stake_min: args.stake_min,
        quorum: args.quorum,
        silence_max: args.silence_max,
        slash_bps: args.slash,
        history: args.history,
    };
    let open = OpenFeed {
        name: Text::new(args.name.clone()).or_bad_input("the name")?,
        unit: Text::new(args.unit.clone()).or_bad_input("--unit")?,
        decimals: args.decimals,
        first_in_ms: args.first_in,
        terms,
    };
    let sender = args.signer.sender(session, &args.node)?;
    told::send(&sender, PricesMessage::OpenFeed(open))
}
