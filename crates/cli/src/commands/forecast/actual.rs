//! `lilliput forecast actual`: what a ledger earned, beside the scenarios.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_forecast::{Conversion, SegmentName, Year, beside_actual};
use lilliput_types::Height;

use super::file::{parse_year, scenarios};
use crate::failure::{Failure, OrExit, Result};
use crate::node::NodeArgs;
use crate::outcome::Outcome;

/// The settlement asset's smallest units in one dollar token: it has six decimals.
const UNITS_PER_TOKEN: f64 = 1e6;
const MS_PER_DAY: f64 = 86_400_000.0;
/// A chain younger than this has no revenue worth comparing.
const PERIOD_MS_MIN: u64 = 1;

/// What a network's ledger has earned by segment since it began, beside the scenarios' paths for as long a time.
#[derive(clap::Args)]
pub(crate) struct ActualArgs {
    #[command(flatten)]
    node: NodeArgs,

    /// The scenario file [default: the study's].
    file: Option<PathBuf>,

    /// Dollars for each token of the settlement asset; a play network's tokens are worth nothing, so that this says
    /// what they would be.
    #[arg(long, default_value_t = 1.0)]
    dollars_per_token: f64,

    /// The year of the scenarios' paths.
    #[arg(long, value_parser = parse_year, default_value = "2026")]
    year: Year,
}

pub(super) fn run(args: &ActualArgs) -> Result<Outcome> {
    let scenarios = scenarios(args.file.as_ref())?;
    let client = args.node.client()?;
    let status = client.status()?;
    let begin = client.block(Height(1))?.header.header.time;
    let period_ms = status.time.0.saturating_sub(begin.0).max(PERIOD_MS_MIN);
    let mut revenue = BTreeMap::new();
    for row in client.revenue()? {
        if row.asset == status.settlement_asset {
            let segment = SegmentName::parse(row.segment.as_str())
                .ok_or_else(|| Failure::failed(anyhow!("no segment {}", row.segment)))?;
            let units = row.participants.plus(row.network)?;
            revenue.insert(segment, units.0 as f64 / UNITS_PER_TOKEN);
        }
    }
    let conversion = Conversion {
        dollars_per_unit: args.dollars_per_token,
        stated: format!(
            "{} counted as {} dollars each, as asked",
            status.settlement_asset, args.dollars_per_token
        ),
        is_test_money: true,
    };
    let days = period_ms as f64 / MS_PER_DAY;
    let comparison = beside_actual(&scenarios, &revenue, args.year, days, &conversion)
        .or_bad_input("failed to compare")?;
    let json = serde_json::to_value(&comparison)?;
    Ok(Outcome::new(comparison.text(), json))
}
