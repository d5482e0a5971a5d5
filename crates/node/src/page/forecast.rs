//! The forecast: what this ledger earned beside the scenarios, and sliders for the main inputs.

use std::collections::BTreeMap;

use lilliput_forecast::{Conversion, SegmentName, Year, beside_actual, sliders_html, study};
use lilliput_types::Height;
use maud::{Markup, PreEscaped, html};

use super::shell::{self, Place};
use crate::error::NodeError;
use crate::node::Node;

/// The settlement asset has six decimals.
const UNITS_PER_TOKEN: f64 = 1e6;
const MS_PER_DAY: f64 = 86_400_000.0;
/// The year of the paths that actual revenue is laid beside.
const COMPARED_YEAR: u16 = 2026;
/// The scenario that the sliders begin with.
const BASE: &str = "base";

pub(super) fn page(node: &Node) -> Result<Markup, NodeError> {
    let bad = |error: lilliput_forecast::ForecastError| NodeError::BadRequest(error.to_string());
    let status = node.status()?;
    let begin = node.block(Height(0))?.header.header.time;
    let first = node
        .block(Height(1))
        .map_or(begin, |block| block.header.header.time);
    let days = (status.time.0.saturating_sub(first.0).max(1)) as f64 / MS_PER_DAY;
    let mut revenue = BTreeMap::new();
    for row in node.revenue()? {
        let units = row.participants.0.saturating_add(row.network.0);
        if row.asset == status.settlement_asset
            && let Some(segment) = SegmentName::parse(row.segment.as_str())
        {
            revenue.insert(segment, units as f64 / UNITS_PER_TOKEN);
        }
    }
    let conversion = Conversion {
        dollars_per_unit: 1.0,
        stated: format!("{} counted as one dollar each", status.settlement_asset),
        is_test_money: true,
    };
    let year = Year::new(COMPARED_YEAR).unwrap_or(Year::FIRST);
    let compared =
        beside_actual(study(), &revenue, year, days.min(366.0), &conversion).map_err(bad)?;
    let base = study().iter().find(|scenario| scenario.name == BASE);
    Ok(shell::page(
        "Forecast",
        Place::Forecast,
        true,
        &html! {
            h1 { "Forecast beside actual" }
            p.lead {
                "Revenue of crypto-AI in 2030 after a study by VanEck (26 February 2024), and what this network's ledger "
                "earned in play money. " code { "lilliput forecast" } " has the inputs, their sources, uncertainty and reports. "
                "No investment advice."
            }
            section.card { h2 { "What if" } @if let Some(base) = base { (PreEscaped(sliders_html(base))) script src="/page/sliders.js" {} } }
            section.card { h2 { "Actual" } (PreEscaped(compared.html())) }
        },
    ))
}
