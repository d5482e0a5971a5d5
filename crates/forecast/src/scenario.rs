//! A scenario: what is put in, from where, and how it moves over the years. Built by reading a file; see `document`.

mod key;
mod path;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use key::{InputKey, OutputKey, SegmentName, ShareKind};
pub use path::{Path, Year};

use crate::distribution::Distribution;
use crate::error::{ForecastError, nearest};
use crate::formula::Formula;
use crate::number::Unit;

/// How much of an input is the study's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The study says so.
    Stated,
    /// Calculated from what the study says.
    Derived,
    /// Our reading, needed to arrive at what the study prints.
    Inferred,
    /// The study uses it without saying where it comes from, and it can't be worked out.
    NotDerivable,
    /// An assumption of this program that the study doesn't make.
    Assumed,
    /// From the user's own file.
    Own,
}

impl Status {
    pub const ALL: [Self; 6] = [
        Self::Stated,
        Self::Derived,
        Self::Inferred,
        Self::NotDerivable,
        Self::Assumed,
        Self::Own,
    ];

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Stated => "stated",
            Self::Derived => "derived",
            Self::Inferred => "inferred by us",
            Self::NotDerivable => "not derivable",
            Self::Assumed => "assumed by us",
            Self::Own => "own",
        }
    }
}

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub file: Arc<str>,
    pub line: usize,
}

/// Where a value comes from.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    pub status: Status,
    pub source: String,
    pub note: String,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Definition {
    Distribution(Distribution),
    Formula {
        text: String,
        formula: Formula,
    },
    /// A quantity that is named although nobody knows it.
    Unknown,
}

/// One input or derived quantity.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    pub unit: Unit,
    /// As it stands in the file, to be shown beside the value.
    pub written: String,
    pub definition: Definition,
    pub attribution: Attribution,
}

/// Two inputs that move together.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation {
    pub between: [String; 2],
    /// Of the normal variables that the Gaussian copula puts behind the two inputs.
    pub coefficient: f64,
    pub origin: Origin,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub name: String,
    pub title: String,
    /// The scenario that supplied what the file didn't say.
    pub extends: Option<String>,
    /// The year the inputs are for.
    pub year: Year,
    /// In the order in which they appeared.
    pub segments: Vec<SegmentName>,
    pub inputs: BTreeMap<InputKey, Input>,
    pub quantities: BTreeMap<String, Input>,
    pub correlations: Vec<Correlation>,
    pub paths: BTreeMap<InputKey, Path>,
    pub origin: Origin,
}

impl Scenario {
    /// The input or the derived quantity of that name.
    #[must_use]
    pub fn lookup(&self, name: &str) -> Option<&Input> {
        match InputKey::parse(name) {
            Some(key) => self.inputs.get(&key),
            None => self.quantities.get(name),
        }
    }

    /// The result of that name, as `total` or `crypto_revenue.iaas`.
    pub fn output(&self, name: &str) -> Result<OutputKey, ForecastError> {
        let known = self.result_keys();
        OutputKey::parse(name)
            .filter(|key| known.contains(key))
            .ok_or_else(|| {
                let names: Vec<String> = known.iter().map(ToString::to_string).collect();
                ForecastError::UnknownOutput {
                    got: name.to_owned(),
                    nearest: nearest(name, names.iter().map(String::as_str)),
                }
            })
    }

    /// All results in the order in which the model arrives at them.
    #[must_use]
    pub fn result_keys(&self) -> Vec<OutputKey> {
        let mut keys = vec![OutputKey::EnterpriseTam, OutputKey::AiSpend];
        keys.extend(self.segments.iter().cloned().map(OutputKey::SegmentRevenue));
        keys.extend(self.segments.iter().cloned().map(OutputKey::CryptoRevenue));
        keys.push(OutputKey::Total);
        keys
    }

    /// The keys of all inputs in the order in which the model uses them.
    #[must_use]
    pub fn input_keys(&self) -> Vec<InputKey> {
        let mut keys = vec![
            InputKey::ProductivityTam,
            InputKey::Adoption,
            InputKey::ValueCapture,
        ];
        for kind in [ShareKind::Segment, ShareKind::Crypto] {
            keys.extend(
                self.segments
                    .iter()
                    .map(|segment| InputKey::Share(kind, segment.clone())),
            );
        }
        keys
    }
}
