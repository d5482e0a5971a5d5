//! The four segments that revenue is booked to.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};

use crate::text_form::{ParseError, json_as_text};

/// A segment of the forecast, and the ledger's fee account of the same name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, BorshSerialize, BorshDeserialize)]
pub enum Segment {
    /// Models and what improves them.
    Software,
    /// Compute and storage sold.
    Iaas,
    /// Identities and access.
    Identity,
    /// The network itself: transfers, proof checks.
    Security,
}

impl Segment {
    /// All four, in the order of the forecast.
    pub const ALL: [Self; 4] = [Self::Software, Self::Iaas, Self::Identity, Self::Security];

    /// The name in text and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Iaas => "iaas",
            Self::Identity => "identity",
            Self::Security => "security",
        }
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Segment {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let found = Self::ALL
            .into_iter()
            .find(|segment| segment.as_str() == text);
        found.ok_or_else(|| {
            ParseError::new("a segment (software, iaas, identity or security)", text)
        })
    }
}

json_as_text!(Segment);
