//! Who came through, and by what.

use std::net::IpAddr;
use std::sync::Arc;

use crate::config::Addresses;
use crate::policy::{Class, Decision};
use crate::price::Price;

/// What a visitor brought that let it pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Brought {
    /// Nothing; the policy asked for nothing, or it didn't pass.
    #[default]
    Nothing,
    /// A session of a human.
    Human,
    /// A session that was worked for.
    Work,
    /// A session that was waited for.
    Wait,
    /// A payment.
    Payment,
    /// A single-use token.
    Token,
}

impl Brought {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Nothing,
        Self::Human,
        Self::Work,
        Self::Wait,
        Self::Payment,
        Self::Token,
    ];

    /// Its name in logs and metrics.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Human => "human",
            Self::Work => "work",
            Self::Wait => "wait",
            Self::Payment => "payment",
            Self::Token => "token",
        }
    }

    /// Its place in [`Brought::ALL`].
    pub(crate) fn place(self) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Human => 1,
            Self::Work => 2,
            Self::Wait => 3,
            Self::Payment => 4,
            Self::Token => 5,
        }
    }

    /// Whether a human came with it.
    pub(crate) fn is_human(self) -> bool {
        matches!(self, Self::Human | Self::Token)
    }
}

/// One request, as counters, page and log know it.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    pub(crate) time_ms: u64,
    /// What was done.
    pub(crate) decision: Decision,
    /// What the policy said of a visitor who brings nothing.
    pub(crate) judged: Decision,
    pub(crate) rule: Arc<str>,
    pub(crate) class: Class,
    pub(crate) agent: Option<String>,
    pub(crate) signed: bool,
    pub(crate) brought: Brought,
    pub(crate) fee: Price,
    pub(crate) weight: i64,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) from: String,
    pub(crate) status: u16,
    pub(crate) micros: u64,
    /// Where it was only watched: it passed whatever was decided.
    pub(crate) observed: bool,
}

/// As much of an address as is kept.
pub(crate) fn kept(address: IpAddr, addresses: Addresses) -> String {
    match (addresses, address) {
        (Addresses::None, _) => String::new(),
        (Addresses::Full, address) => address.to_string(),
        (Addresses::Network, IpAddr::V4(four)) => {
            let [a, b, c, _] = four.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        (Addresses::Network, IpAddr::V6(six)) => {
            let [a, b, c, ..] = six.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}
