//! Forecast beside actual: revenue that a ledger counted, and what the scenarios' paths say for the same period.
//!
//! The caller counts and tells how units become dollars; this module compares and says whether the money was real.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::ForecastError;
use crate::number::grouped;
use crate::program::Model;
use crate::report::escape;
use crate::scenario::{OutputKey, Scenario, SegmentName, Year};
use crate::text::Table;

const DAYS_PER_YEAR: f64 = 365.25;

/// How the ledger's units become dollars.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conversion {
    pub dollars_per_unit: f64,
    /// Where the rate comes from, to be shown.
    pub stated: String,
    /// Whether the units are play money.
    pub is_test_money: bool,
}

/// One segment of the comparison, in dollars over the period.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ActualRow {
    pub segment: String,
    pub actual_dollars: f64,
    pub forecast_dollars: BTreeMap<String, f64>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    pub year: u16,
    pub days: f64,
    pub conversion: Conversion,
    /// The segments, then the total.
    pub rows: Vec<ActualRow>,
}

/// Compares revenue by segment, in the ledger's units over `days` days of `year`, with the scenarios.
pub fn beside_actual(
    scenarios: &[Scenario],
    revenue_units: &BTreeMap<SegmentName, f64>,
    year: Year,
    days: f64,
    conversion: &Conversion,
) -> Result<Comparison, ForecastError> {
    if !(days > 0.0 && days <= 366.0) {
        return Err(ForecastError::Range {
            what: "the period",
            expected: "above 0 and at most 366 days",
            got: days,
        });
    }
    let rate = conversion.dollars_per_unit;
    if !(rate.is_finite() && rate >= 0.0) {
        return Err(ForecastError::Range {
            what: "the conversion",
            expected: "a finite amount of dollars, 0 or more",
            got: rate,
        });
    }
    let mut segments: Vec<SegmentName> = revenue_units.keys().cloned().collect();
    for segment in scenarios.iter().flat_map(|scenario| &scenario.segments) {
        if !segments.contains(segment) {
            segments.push(segment.clone());
        }
    }
    let models: Vec<(&str, Model)> = scenarios
        .iter()
        .map(|scenario| (scenario.name.as_str(), Model::in_year(scenario, year)))
        .collect();
    let forecast = |key: &OutputKey| -> BTreeMap<String, f64> {
        let dollars = |model: &Model| {
            model.value_at_medians(key).unwrap_or_default() * 1e9 * days / DAYS_PER_YEAR
        };
        models
            .iter()
            .map(|(name, model)| ((*name).to_owned(), dollars(model)))
            .collect()
    };
    let mut rows: Vec<ActualRow> = segments
        .iter()
        .map(|segment| ActualRow {
            segment: segment.to_string(),
            actual_dollars: revenue_units.get(segment).copied().unwrap_or_default() * rate,
            forecast_dollars: forecast(&OutputKey::CryptoRevenue(segment.clone())),
        })
        .collect();
    let total = rows.iter().map(|row| row.actual_dollars).sum();
    rows.push(ActualRow {
        segment: "total".to_owned(),
        actual_dollars: total,
        forecast_dollars: forecast(&OutputKey::Total),
    });
    Ok(Comparison {
        year: year.number(),
        days,
        conversion: conversion.clone(),
        rows,
    })
}

impl Comparison {
    /// Which money this is, in one sentence.
    #[must_use]
    pub fn label(&self) -> String {
        let kind = if self.conversion.is_test_money {
            "TEST MONEY, worth nothing; "
        } else {
            ""
        };
        format!(
            "{kind}1 unit counted as {} dollars ({}); {:.1} days of {}",
            self.conversion.dollars_per_unit, self.conversion.stated, self.days, self.year
        )
    }

    fn cells(&self) -> (Vec<String>, Vec<Vec<String>>) {
        let names: Vec<&String> = self
            .rows
            .first()
            .map(|row| row.forecast_dollars.keys().collect())
            .unwrap_or_default();
        let header = ["US dollars".to_owned(), "actual".to_owned()]
            .into_iter()
            .chain(names.iter().map(|name| format!("{name} forecast")))
            .collect();
        let rows = self.rows.iter().map(|row| {
            let forecasts = row
                .forecast_dollars
                .values()
                .map(|dollars| grouped(*dollars, 0));
            [row.segment.clone(), grouped(row.actual_dollars, 2)]
                .into_iter()
                .chain(forecasts)
                .collect()
        });
        (header, rows.collect())
    }

    #[must_use]
    pub fn text(&self) -> String {
        let (header, rows) = self.cells();
        let mut table = Table::new(1);
        table.row(header);
        table.line();
        for row in rows {
            table.row(row);
        }
        format!("{}\n{}", table.render(), self.label())
    }

    /// A table for a page that the caller frames.
    #[must_use]
    pub fn html(&self) -> String {
        let (header, rows) = self.cells();
        let line = |tag: &str, cells: &[String]| {
            let cells: Vec<String> = cells
                .iter()
                .map(|cell| format!("<{tag}>{}</{tag}>", escape(cell)))
                .collect();
            format!("<tr>{}</tr>", cells.concat())
        };
        let body: Vec<String> = rows.iter().map(|row| line("td", row)).collect();
        format!(
            "<p>{}</p>\n<table>\n<thead>{}</thead>\n<tbody>\n{}\n</tbody>\n</table>\n",
            escape(&self.label()),
            line("th", &header),
            body.join("\n")
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{Conversion, beside_actual};
    use crate::scenario::{SegmentName, Year};
    use crate::study::study;

    fn conversion(dollars_per_unit: f64) -> Conversion {
        Conversion {
            dollars_per_unit,
            stated: "<fixed>".to_owned(),
            is_test_money: true,
        }
    }

    #[test]
    fn actual_revenue_stands_beside_the_same_period_of_the_forecast() {
        let segment = |name| SegmentName::parse(name).unwrap();
        let actual = BTreeMap::from([(segment("iaas"), 500.0), (segment("software"), 1_500.0)]);
        let result = beside_actual(
            study(),
            &actual,
            Year::new(2030).unwrap(),
            365.25,
            &conversion(0.5),
        )
        .unwrap();
        let total = result.rows.last().unwrap();
        assert_eq!(
            (total.segment.as_str(), total.actual_dollars),
            ("total", 1_000.0)
        );
        assert!((total.forecast_dollars["base"] / 1e9 - 10.168).abs() < 1e-3);
        assert_eq!(result.rows.len(), 5);
        assert!(result.text().contains("TEST MONEY") && result.html().contains("&lt;fixed&gt;"));
    }

    #[test]
    fn impossible_periods_and_rates_are_refused() {
        let compare = |days, rate| {
            beside_actual(
                study(),
                &BTreeMap::new(),
                Year::new(2026).unwrap(),
                days,
                &conversion(rate),
            )
        };
        assert!(
            compare(0.0, 1.0).is_err()
                && compare(400.0, 1.0).is_err()
                && compare(1.0, f64::NAN).is_err()
                && compare(1.0, -1.0).is_err()
        );
    }
}
