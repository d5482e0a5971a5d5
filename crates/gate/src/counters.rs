//! What the gate has seen, in numbers: by class, decision, route, rule; and the last visits.
//!
//! Each worker counts for itself; whoever asks gets the sum. Nothing here grows without a bound:
//! routes beyond the bound are counted together.

mod route;
mod sum;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

pub(crate) use route::route;
pub(crate) use sum::{Minute, RouteCount, Totals};

use lilliput_pass::session::Way;

use crate::policy::{Class, Decision};
use crate::visitor::{Brought, Visit};

/// Most routes that are told apart.
pub(crate) const ROUTES_MAX: usize = 100;
/// Where the others are counted.
pub(crate) const OTHER_ROUTES: &str = "(others)";
/// Most visits that are kept, for each worker.
const RECENT_MAX: usize = 200;
/// Minutes that are kept.
pub(crate) const MINUTES: usize = 60;
/// Upper bounds of the classes of added time, in microseconds.
pub(crate) const LATENCY_MICROS: [u64; 10] =
    [50, 100, 200, 300, 500, 1_000, 2_000, 5_000, 20_000, 100_000];

/// Counters of all workers.
pub(crate) struct Counters {
    workers: Vec<Mutex<Own>>,
    refused_connections: AtomicU64,
    refused_requests: AtomicU64,
    upstream_failures: AtomicU64,
    /// Sessions that were opened, by the way they were earned.
    opened: [AtomicU64; 4],
}

#[derive(Default)]
struct Own {
    totals: Totals,
    recent: VecDeque<Arc<Visit>>,
}

impl Counters {
    pub(crate) fn new(workers: usize) -> Self {
        Self {
            workers: (0..workers.max(1)).map(|_| Mutex::default()).collect(),
            refused_connections: AtomicU64::new(0),
            refused_requests: AtomicU64::new(0),
            upstream_failures: AtomicU64::new(0),
            opened: [const { AtomicU64::new(0) }; 4],
        }
    }

    pub(crate) fn count(&self, worker: usize, visit: &Arc<Visit>) {
        let Some(own) = self.workers.get(worker % self.workers.len()) else {
            return;
        };
        let mut own = own.lock().unwrap_or_else(PoisonError::into_inner);
        own.totals.add(visit);
        if own.recent.len() >= RECENT_MAX {
            own.recent.pop_front();
        }
        own.recent.push_back(Arc::clone(visit));
    }

    pub(crate) fn refused_connection(&self) {
        self.refused_connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn refused_request(&self) {
        self.refused_requests.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn upstream_failed(&self) {
        self.upstream_failures.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn opened(&self, way: Way) {
        self.opened[place(way)].fetch_add(1, Ordering::Relaxed);
    }

    /// Sessions that were opened: by humans, by work, by waiting, by payment.
    pub(crate) fn sessions(&self) -> [u64; 4] {
        [Way::Human, Way::Work, Way::Wait, Way::Paid]
            .map(|way| self.opened[place(way)].load(Ordering::Relaxed))
    }

    /// Connections, requests and answers of the site that failed.
    pub(crate) fn refusals(&self) -> [u64; 3] {
        [
            &self.refused_connections,
            &self.refused_requests,
            &self.upstream_failures,
        ]
        .map(|count| count.load(Ordering::Relaxed))
    }

    /// The sum over all workers.
    pub(crate) fn totals(&self) -> Totals {
        let mut all = Totals::default();
        for own in &self.workers {
            all.merge(&own.lock().unwrap_or_else(PoisonError::into_inner).totals);
        }
        all
    }

    /// The last visits, latest first.
    pub(crate) fn recent(&self, most: usize) -> Vec<Arc<Visit>> {
        let mut all: Vec<Arc<Visit>> = Vec::new();
        for own in &self.workers {
            all.extend(
                own.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .recent
                    .iter()
                    .cloned(),
            );
        }
        all.sort_by_key(|visit| std::cmp::Reverse(visit.time_ms));
        all.truncate(most);
        all
    }
}

fn place(way: Way) -> usize {
    match way {
        Way::Human => 0,
        Way::Work => 1,
        Way::Wait => 2,
        Way::Paid => 3,
    }
}

/// Who a visit is counted as: humans with a pass, those nobody says to be programs and who worked or
/// waited, and all others by class.
pub(crate) const KINDS: [&str; 6] = ["human", "worked", "search", "agent", "training", "unknown"];
/// Kinds from here on are counted with the fee they would pay.
pub(crate) const FIRST_CHARGED: usize = 2;

/// The place of a visit in [`KINDS`].
pub(crate) fn kind(class: Class, brought: Brought) -> usize {
    match (class, brought) {
        (_, Brought::Human | Brought::Token) => 0,
        (Class::Unknown, Brought::Work | Brought::Wait) => 1,
        (class, _) => FIRST_CHARGED + class.place(),
    }
}

pub(crate) type ByDecision = [u64; Decision::ALL.len()];
pub(crate) type ByRule = BTreeMap<Arc<str>, ByDecision>;
