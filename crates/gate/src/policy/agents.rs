//! Programs that say who they are: the list in `data/agents.toml`.

use std::net::IpAddr;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::network::Network;

/// What a program that isn't a browser fetches pages for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// An index that sends people back.
    Search,
    /// One page, for a person who asked.
    Agent,
    /// A model, or a data set that is sold.
    Training,
    /// Not known.
    #[default]
    Unknown,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Search, Self::Agent, Self::Training, Self::Unknown];

    /// Its name in policies, metrics and logs.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Agent => "agent",
            Self::Training => "training",
            Self::Unknown => "unknown",
        }
    }

    /// Its place in [`Class::ALL`].
    #[must_use]
    pub fn place(self) -> usize {
        match self {
            Self::Search => 0,
            Self::Agent => 1,
            Self::Training => 2,
            Self::Unknown => 3,
        }
    }
}

/// A program that is known.
#[derive(Debug)]
pub struct Agent {
    /// Its name.
    pub name: String,
    /// Who runs it.
    pub operator: String,
    /// What for.
    pub class: Class,
    /// Where that is written.
    pub source: String,
    token: String,
    networks: Vec<Network>,
    domains: Vec<String>,
}

impl Agent {
    /// Whether its operator says that it comes from this address.
    #[must_use]
    pub fn comes_from(&self, address: IpAddr) -> bool {
        self.networks.iter().any(|network| network.holds(address))
    }

    /// Whether a signature's agent, `https://HOST`, is of its operator.
    #[must_use]
    pub fn signs_as(&self, signer: &str) -> bool {
        let host = signer.split_once("://").map_or(signer, |(_, rest)| rest);
        let host = host
            .split(['/', ':', '?'])
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        self.domains.iter().any(|domain| {
            host == *domain
                || host
                    .strip_suffix(domain.as_str())
                    .is_some_and(|rest| rest.ends_with('.'))
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    agent: Vec<ListedAgent>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedAgent {
    name: String,
    token: String,
    operator: String,
    class: Class,
    source: String,
    #[serde(default)]
    networks: Vec<String>,
    #[serde(default)]
    domains: Vec<String>,
}

static KNOWN: LazyLock<Vec<Agent>> = LazyLock::new(|| {
    let listed: Listed = toml::from_str(include_str!("../../data/agents.toml"))
        .expect("the list is part of the program and read by a test");
    let mut known: Vec<Agent> = listed
        .agent
        .into_iter()
        .map(|listed| Agent {
            networks: listed
                .networks
                .iter()
                .map(|text| {
                    text.parse()
                        .expect("the list's networks are read by a test")
                })
                .collect(),
            name: listed.name,
            operator: listed.operator,
            class: listed.class,
            source: listed.source,
            token: listed.token,
            domains: listed.domains,
        })
        .collect();
    // `claude-user` before `claude`, should both be listed.
    known.sort_by_key(|agent| std::cmp::Reverse(agent.token.len()));
    known
});

/// All that are known.
#[must_use]
pub fn known() -> &'static [Agent] {
    &KNOWN
}

/// The agent that a `User-Agent` header names.
#[must_use]
pub fn named_in(user_agent: &str) -> Option<&'static Agent> {
    // A browser's header is long and names none: one pass for the letters all tokens share.
    let lower = user_agent.to_ascii_lowercase();
    KNOWN.iter().find(|agent| lower.contains(&agent.token))
}

/// The agent of this name.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Agent> {
    KNOWN
        .iter()
        .find(|agent| agent.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests;
