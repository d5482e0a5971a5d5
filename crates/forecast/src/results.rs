//! The model's results for one scenario in one year, everything uncertain at its median.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::program::Model;
use crate::scenario::{OutputKey, Scenario, SegmentName, Year};

/// Billions of US dollars, unrounded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Results {
    pub enterprise_tam: f64,
    pub ai_spend: f64,
    pub segment_revenue: BTreeMap<String, f64>,
    pub crypto_revenue: BTreeMap<String, f64>,
    pub total: f64,
}

impl Results {
    #[must_use]
    pub fn new(scenario: &Scenario, year: Year) -> Self {
        Self::of(scenario, &Model::in_year(scenario, year))
    }

    pub(crate) fn of(scenario: &Scenario, model: &Model) -> Self {
        let value = |key: OutputKey| model.value_at_medians(&key).unwrap_or(f64::NAN);
        let by_segment = |key: fn(SegmentName) -> OutputKey| {
            scenario
                .segments
                .iter()
                .map(|segment| (segment.to_string(), value(key(segment.clone()))))
                .collect()
        };
        Self {
            enterprise_tam: value(OutputKey::EnterpriseTam),
            ai_spend: value(OutputKey::AiSpend),
            segment_revenue: by_segment(OutputKey::SegmentRevenue),
            crypto_revenue: by_segment(OutputKey::CryptoRevenue),
            total: value(OutputKey::Total),
        }
    }
}
