//! Every number the study prints, as text: to be met digit for digit.

use crate::number::grouped;
use crate::scenario::OutputKey;

/// One printed result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Printed {
    pub scenario: &'static str,
    pub output: OutputKey,
    pub text: &'static str,
}

impl Printed {
    /// `value` rounded as the study rounds this result.
    #[must_use]
    pub fn round(&self, value: f64) -> String {
        let decimals = self
            .text
            .split_once('.')
            .map_or(0, |(_, decimals)| decimals.len());
        grouped(value, decimals)
    }
}

/// The market the study prints for a scenario, in billions of dollars.
#[must_use]
pub fn printed_tam(scenario: &str) -> Option<&'static str> {
    match scenario {
        "bear" => Some("2,930"),
        "base" => Some("5,851"),
        "bull" => Some("8,494"),
        _ => None,
    }
}

const SCENARIOS: [&str; 3] = ["bear", "base", "bull"];
const ROWS: [(&str, [&str; 3]); 11] = [
    ("enterprise_tam", ["293", "1,931", "4,247"]),
    ("ai_spend", ["17.58", "251.00", "849.44"]),
    ("segment_revenue.software", ["8.79", "125.50", "424.72"]),
    ("segment_revenue.iaas", ["3.32", "47.44", "160.54"]),
    ("segment_revenue.identity", ["0.62", "8.78", "29.73"]),
    ("segment_revenue.security", ["1.56", "22.34", "75.60"]),
    ("crypto_revenue.software", ["0.22", "6.27", "31.85"]),
    ("crypto_revenue.iaas", ["0.07", "1.90", "9.63"]),
    ("crypto_revenue.identity", ["0.03", "0.88", "4.46"]),
    ("crypto_revenue.security", ["0.04", "1.12", "5.67"]),
    ("total", ["0.36", "10.17", "51.62"]),
];

/// All 33 results.
#[must_use]
pub fn printed_outputs() -> Vec<Printed> {
    let mut outputs = Vec::new();
    for (name, texts) in ROWS {
        for (scenario, text) in SCENARIOS.into_iter().zip(texts) {
            if let Some(output) = OutputKey::parse(name) {
                outputs.push(Printed {
                    scenario,
                    output,
                    text,
                });
            }
        }
    }
    outputs
}

/// The decimals the study uses for a result, for scenarios of one's own as well.
pub(crate) fn decimals(output: &OutputKey) -> usize {
    match output {
        OutputKey::EnterpriseTam => 0,
        _ => 2,
    }
}
