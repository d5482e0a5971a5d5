//! Numbers that can be added up.

use std::collections::BTreeMap;

use super::{
    ByDecision, ByRule, FIRST_CHARGED, KINDS, LATENCY_MICROS, MINUTES, OTHER_ROUTES, ROUTES_MAX,
    kind, route,
};
use crate::policy::Decision;
use crate::visitor::{Brought, Visit};

/// Most rules that are told apart, more than a policy may have.
const RULES_MAX: usize = 4_100;

/// Requests and fees of one kind of visitor on one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct RouteCount {
    pub(crate) requests: u64,
    /// What they would pay, were each charged: in millionths.
    pub(crate) fees: u64,
}

/// Requests of one minute.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Minute {
    /// Minutes since 1970.
    pub(crate) minute: u64,
    /// By kind, of those that passed.
    pub(crate) passed: [u64; KINDS.len()],
    /// All that were held up.
    pub(crate) held: u64,
}

/// Everything that is counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Totals {
    pub(crate) decisions: [ByDecision; KINDS.len()],
    pub(crate) brought: [u64; Brought::ALL.len()],
    pub(crate) signed: u64,
    pub(crate) routes: BTreeMap<String, [RouteCount; KINDS.len()]>,
    pub(crate) rules: ByRule,
    /// Fees of those who paid, in millionths.
    pub(crate) paid: u64,
    /// One more class than bounds.
    pub(crate) latency: [u64; LATENCY_MICROS.len() + 1],
    pub(crate) latency_micros: u64,
    pub(crate) minutes: Vec<Minute>,
}

impl Totals {
    pub(crate) fn add(&mut self, visit: &Visit) {
        let kind = kind(visit.class, visit.brought);
        self.decisions[kind][visit.decision.place()] += 1;
        self.brought[visit.brought.place()] += 1;
        self.signed += u64::from(visit.signed);
        if visit.brought == Brought::Payment {
            self.paid = self.paid.saturating_add(visit.fee.millionths);
        }
        let route = route(&visit.path);
        let count = self.route(route);
        count[kind].requests += 1;
        if kind >= FIRST_CHARGED {
            count[kind].fees = count[kind].fees.saturating_add(visit.fee.millionths);
        }
        if let Some(decisions) = self.rules.get_mut(&visit.rule) {
            decisions[visit.decision.place()] += 1;
        } else if self.rules.len() < RULES_MAX {
            let mut decisions = ByDecision::default();
            decisions[visit.decision.place()] += 1;
            self.rules.insert(visit.rule.clone(), decisions);
        }
        let class = LATENCY_MICROS
            .iter()
            .position(|bound| visit.micros <= *bound);
        self.latency[class.unwrap_or(LATENCY_MICROS.len())] += 1;
        self.latency_micros = self.latency_micros.saturating_add(visit.micros);
        let minute = self.minute(visit.time_ms / 60_000);
        match visit.decision {
            Decision::Pass => minute.passed[kind] += 1,
            Decision::Challenge | Decision::Pay | Decision::Deny => minute.held += 1,
        }
    }

    fn route(&mut self, route: &str) -> &mut [RouteCount; KINDS.len()] {
        let known = self.routes.contains_key(route) || self.routes.len() < ROUTES_MAX;
        let name = if known { route } else { OTHER_ROUTES };
        if !self.routes.contains_key(name) {
            self.routes.insert(name.to_owned(), Default::default());
        }
        self.routes.entry(name.to_owned()).or_default()
    }

    fn minute(&mut self, minute: u64) -> &mut Minute {
        let place = match self
            .minutes
            .iter()
            .rposition(|known| known.minute == minute)
        {
            Some(place) => place,
            None => {
                if self.minutes.len() >= MINUTES {
                    self.minutes.remove(0);
                }
                self.minutes.push(Minute {
                    minute,
                    ..Minute::default()
                });
                self.minutes.len() - 1
            }
        };
        &mut self.minutes[place]
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (kind, decisions) in self.decisions.iter_mut().zip(&other.decisions) {
            add(kind, decisions);
        }
        add(&mut self.brought, &other.brought);
        add(&mut self.latency, &other.latency);
        self.signed += other.signed;
        self.paid = self.paid.saturating_add(other.paid);
        self.latency_micros = self.latency_micros.saturating_add(other.latency_micros);
        for (name, counts) in &other.routes {
            for (own, more) in self.route(name).iter_mut().zip(counts) {
                own.requests += more.requests;
                own.fees = own.fees.saturating_add(more.fees);
            }
        }
        for (rule, decisions) in &other.rules {
            add(self.rules.entry(rule.clone()).or_default(), decisions);
        }
        for more in &other.minutes {
            let minute = self.minute(more.minute);
            add(&mut minute.passed, &more.passed);
            minute.held += more.held;
        }
        self.minutes.sort_by_key(|minute| minute.minute);
    }

    /// Requests of a kind, whatever was decided.
    pub(crate) fn of_kind(&self, kind: usize) -> u64 {
        self.decisions
            .get(kind)
            .map_or(0, |decisions| decisions.iter().sum())
    }
}

fn add(own: &mut [u64], more: &[u64]) {
    for (own, more) in own.iter_mut().zip(more) {
        *own += more;
    }
}
