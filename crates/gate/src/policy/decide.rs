//! From facts to a verdict.

use std::sync::Arc;

use super::agents::Class;
use super::exempt::Exemption;
use super::expression::Context;
use super::rule::{Action, Policy, Reach, Threshold};
use crate::price::Price;
use crate::request::Facts;

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decision {
    /// It goes on to the site.
    Pass,
    /// It is asked for work, or for a token of a human.
    Challenge,
    /// It is asked for money.
    Pay,
    /// It is refused.
    Deny,
}

impl Decision {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pass, Self::Challenge, Self::Pay, Self::Deny];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Challenge => "challenge",
            Self::Pay => "pay",
            Self::Deny => "deny",
        }
    }

    /// Its place in [`Decision::ALL`].
    #[must_use]
    pub fn place(self) -> usize {
        match self {
            Self::Pass => 0,
            Self::Challenge => 1,
            Self::Pay => 2,
            Self::Deny => 3,
        }
    }
}

/// A decision and where it comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What is done.
    pub decision: Decision,
    /// The rule or threshold that decided, or the exemption, or `nothing-fits`.
    pub rule: Arc<str>,
    /// What the visitor is.
    pub class: Class,
    /// What is asked, when the decision is to pay.
    pub price: Option<Price>,
    /// What it would be asked if it were charged: what counters count.
    pub fee: Price,
    /// The sum of what the rules weighed.
    pub weight: i64,
    /// Bits of work on top of what the load asks for.
    pub extra_bits: i8,
}

/// A rule that fitted, for whoever wants to know why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    /// Its name.
    pub rule: Arc<str>,
    /// What it does.
    pub action: Action,
}

impl Policy {
    /// What is done with a request that brings nothing.
    #[must_use]
    pub fn decide(&self, facts: &Facts<'_>) -> Verdict {
        self.decide_noting(facts, |_| {})
    }

    /// The same, and every rule that fitted on the way.
    #[must_use]
    pub fn explain(&self, facts: &Facts<'_>) -> (Verdict, Vec<Fitted>) {
        let mut fitted = Vec::new();
        let verdict = self.decide_noting(facts, |one| fitted.push(one));
        (verdict, fitted)
    }

    fn decide_noting(&self, facts: &Facts<'_>, mut note: impl FnMut(Fitted)) -> Verdict {
        let mut weight = 0_i64;
        for rule in &self.rules {
            if !rule.fits(facts) {
                continue;
            }
            note(Fitted {
                rule: Arc::clone(&rule.name),
                action: rule.action,
            });
            match rule.action {
                Action::Weigh { weight: more } => weight = weight.saturating_add(i64::from(more)),
                action => return self.verdict(facts, &rule.name, action, weight),
            }
        }
        match self
            .thresholds
            .iter()
            .find(|threshold| threshold.reached(facts, weight))
        {
            Some(threshold) => {
                note(Fitted {
                    rule: Arc::clone(&threshold.name),
                    action: threshold.action,
                });
                self.verdict(facts, &threshold.name, threshold.action, weight)
            }
            None => self.verdict(facts, &self.nothing_fits, Action::Allow, weight),
        }
    }

    fn verdict(&self, facts: &Facts<'_>, rule: &Arc<str>, action: Action, weight: i64) -> Verdict {
        let fee = match action {
            Action::Pay { price: Some(price) } => price,
            _ => self.prices.of(facts.class),
        };
        let mut verdict = Verdict {
            decision: Decision::Pass,
            rule: Arc::clone(rule),
            class: facts.class,
            price: None,
            fee,
            weight,
            extra_bits: 0,
        };
        match action {
            Action::Deny => verdict.decision = Decision::Deny,
            Action::Challenge { extra_bits } => {
                verdict.decision = Decision::Challenge;
                verdict.extra_bits = extra_bits;
            }
            Action::Pay { .. } if !fee.is_zero() => {
                verdict.decision = Decision::Pay;
                verdict.price = Some(fee);
            }
            Action::Allow | Action::Pay { .. } | Action::Weigh { .. } => {}
        }
        if matches!(verdict.decision, Decision::Challenge | Decision::Pay)
            && let Some(exemption) = self.exempt.of(facts)
        {
            verdict.decision = Decision::Pass;
            verdict.price = None;
            verdict.extra_bits = 0;
            verdict.rule = Exemption::rule(exemption);
        }
        verdict
    }
}

impl Threshold {
    fn reached(&self, facts: &Facts<'_>, weight: i64) -> bool {
        match &self.when {
            Reach::AtLeast(least) => weight >= *least,
            Reach::When(condition) => {
                let context = Context {
                    facts,
                    path: "",
                    weight,
                };
                condition.holds(context) == Some(true)
            }
        }
    }
}
