//! The study this model comes from: its inputs, what it prints, and where it contradicts itself.
//!
//! Facts with attribution, in our words. The inputs are a scenario file like any user's (`data/study.toml`).

mod printed;

#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::document::read_scenarios;
use crate::scenario::Scenario;

pub(crate) use printed::decimals;
pub use printed::{Printed, printed_outputs, printed_tam};

/// The study's own name, for attribution.
pub const ATTRIBUTION: &str =
    "VanEck Research, 29.1.2024, after Morgan Stanley, Bloomberg Intelligence and McKinsey";

/// What the numbers are not.
pub const DISCLAIMER: &str = "A calculation on assumptions, not a prediction and no investment advice. The study's figures are its authors' opinion of \
February 2024; they may hold positions in what they describe. What comes true may differ without limit.";

/// What the study doesn't say about other years.
pub const PATHS_NOTE: &str = "The study gives figures for 2030 only. Values for other years follow paths that are assumptions of this program: the \
market grows by 4.5 % a year, adoption follows a logistic curve from 1 % in 2023 towards 90 %, crypto shares spread after Bass from 2020.";

/// Where the study contradicts itself, and what this program does about it.
pub const CONTRADICTIONS: [&str; 5] = [
    "The text calls the base market 5.85 billion dollars; table and arithmetic mean 5.85 trillion. We compute with trillions.",
    "The text takes identity as 3.5 % of the software market of 125.5 billion, but prints 8.78 billion, which is 3.5 % of all AI spending (251 billion). We compute with all AI spending.",
    "The printed markets of the base and bull scenarios (5,851 and 8,494) are rounded: three printed base outputs and several bull ones miss with them. We compute with 5,850.8 and 8,494.4, the simplest values that give every printed output.",
    "The security share follows from 58.75 / 660 = 8.9015 %, printed as 8.9 %. Unrounded, the bull security segment would be 75.61 in place of 75.60. We compute with the rounded share.",
    "The four segment shares sum to 81.3 %; the study doesn't say what the other 18.7 % of AI spending is. We leave it out, as it does.",
];

static STUDY: LazyLock<Vec<Scenario>> = LazyLock::new(|| {
    // The file is part of the program and a test reads it, so that it can't be wrong here.
    read_scenarios("study.toml", include_str!("../data/study.toml"), &[]).unwrap_or_default()
});

/// The study's three scenarios: bear, base, bull.
#[must_use]
pub fn study() -> &'static [Scenario] {
    &STUDY
}
