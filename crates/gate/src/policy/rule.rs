//! A policy that was read: rules in order, then thresholds of the weight.

use std::sync::Arc;

use regex::Regex;

use super::agents::Class;
use super::exempt::Exempt;
use super::expression::{Condition, Context};
use super::network::Network;
use super::pay::Pay;
use crate::price::Price;
use crate::request::Facts;

/// A policy.
#[derive(Clone, Debug)]
pub struct Policy {
    pub(super) rules: Vec<Rule>,
    /// In the order in which they are looked at: the first that is reached decides.
    pub(super) thresholds: Vec<Threshold>,
    /// The name under which it is said that nothing fitted.
    pub(super) nothing_fits: Arc<str>,
    pub(super) exempt: Exempt,
    /// What is asked by class.
    pub prices: Prices,
    /// What happens with traffic when a store can't be asked.
    pub unsure: Unsure,
    /// How the site is paid.
    pub pay: Option<Pay>,
}

/// What happens with traffic when the gate can't find out whether someone may pass.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unsure {
    /// It passes.
    #[default]
    Open,
    /// It is told to come again later.
    Closed,
}

/// Prices by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices(pub(super) [Price; 4]);

impl Prices {
    /// What a request of this class costs where a rule names no price.
    #[must_use]
    pub fn of(&self, class: Class) -> Price {
        self.0[class.place()]
    }
}

/// What a rule does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Let pass.
    Allow,
    /// Refuse.
    Deny,
    /// Ask for work, or for a token of a human.
    Challenge {
        /// Bits of work on top of what the load asks for.
        extra_bits: i8,
    },
    /// Ask for money, or for more work.
    Pay {
        /// The price, where it isn't that of the class.
        price: Option<Price>,
    },
    /// Add to the weight and go on.
    Weigh {
        /// How much.
        weight: i32,
    },
}

impl Action {
    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Deny => "deny",
            Self::Challenge { .. } => "challenge",
            Self::Pay { .. } => "pay",
            Self::Weigh { .. } => "weigh",
        }
    }
}

/// One rule: it fits when all that it names fits.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    pub(super) name: Arc<str>,
    pub(super) action: Action,
    pub(super) path: Option<Regex>,
    pub(super) methods: Vec<String>,
    pub(super) user_agent: Option<Regex>,
    /// Names in lower case.
    pub(super) headers: Vec<(String, Regex)>,
    pub(super) networks: Vec<Network>,
    pub(super) classes: Vec<Class>,
    pub(super) agents: Vec<String>,
    pub(super) signed: Option<bool>,
    pub(super) verified: Option<bool>,
    pub(super) when: Vec<Condition>,
}

impl Rule {
    /// Whether it fits: on all readings of the path when it lets pass, else on any.
    pub(super) fn fits(&self, facts: &Facts<'_>) -> bool {
        if !self.fits_besides_the_path(facts) {
            return false;
        }
        let fits = |reading: &str| self.fits_path(facts, reading);
        match self.action {
            Action::Allow => facts.path.readings().all(fits),
            Action::Weigh { weight } if weight < 0 => facts.path.readings().all(fits),
            Action::Deny | Action::Challenge { .. } | Action::Pay { .. } | Action::Weigh { .. } => {
                facts.path.readings().any(fits)
            }
        }
    }

    /// The cheap parts first.
    fn fits_besides_the_path(&self, facts: &Facts<'_>) -> bool {
        let within =
            |list: &[String], text: &str| list.is_empty() || list.iter().any(|one| one == text);
        within(&self.methods, facts.method)
            && (self.classes.is_empty() || self.classes.contains(&facts.class))
            && (self.agents.is_empty()
                || facts.agent.is_some_and(|agent| {
                    self.agents
                        .iter()
                        .any(|one| one.eq_ignore_ascii_case(agent))
                }))
            && self
                .signed
                .is_none_or(|wanted| wanted == facts.signed_by.is_some())
            && self.verified.is_none_or(|wanted| wanted == facts.verified)
            && (self.networks.is_empty()
                || self
                    .networks
                    .iter()
                    .any(|network| network.holds(facts.address)))
            && self
                .user_agent
                .as_ref()
                .is_none_or(|regex| regex.is_match(facts.user_agent))
            && self.headers.iter().all(|(name, regex)| {
                facts
                    .headers
                    .get_all(name)
                    .iter()
                    .any(|value| regex.is_match(&String::from_utf8_lossy(value.as_bytes())))
            })
    }

    fn fits_path(&self, facts: &Facts<'_>, reading: &str) -> bool {
        let context = Context {
            facts,
            path: reading,
            weight: 0,
        };
        self.path
            .as_ref()
            .is_none_or(|regex| regex.is_match(reading))
            && self
                .when
                .iter()
                .all(|condition| condition.holds(context) == Some(true))
    }
}

/// What follows from the weight.
#[derive(Clone, Debug)]
pub(crate) struct Threshold {
    pub(super) name: Arc<str>,
    pub(super) action: Action,
    pub(super) when: Reach,
}

/// When a threshold is reached.
#[derive(Clone, Debug)]
pub(crate) enum Reach {
    AtLeast(i64),
    When(Condition),
}
