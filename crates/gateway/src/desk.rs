//! Leases, manifests and the runtime brought together. What the desk knows by itself (manifests) lies in its folder; leases come from whoever
//! watches the ledger; what runs says the runtime. [`Desk::reconcile`] makes the three agree, after every change and every
//! restart.

mod folder;
mod route;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use lilliput_types::Address;
use lilliput_workload::{Client, Name, State, Status};

use crate::error::GatewayError;
use crate::lease::{Lease, LeaseState};
use crate::manifest::{Planned, plan};
use crate::token::LeaseId;
use folder::Folder;
pub(crate) use route::Route;

/// What begins the names of workloads that belong to leases.
const OURS: &str = "w";

/// A provider's leases and what they run.
pub struct Desk {
    provider: Address,
    /// Host names of workloads are labels below it.
    domain: String,
    runtime: Client,
    folder: Folder,
    /// Held while leases and the runtime are made to agree.
    books: Mutex<Books>,
    routes: RwLock<BTreeMap<String, Arc<Route>>>,
}

#[derive(Default)]
struct Books {
    leases: BTreeMap<LeaseId, Lease>,
    plans: BTreeMap<LeaseId, Vec<Planned>>,
}

/// What [`Desk::reconcile`] did and couldn't do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Workloads that were started.
    pub started: Vec<Name>,
    /// Workloads that were stopped or removed.
    pub stopped: Vec<Name>,
    /// What didn't work, and why.
    pub trouble: Vec<String>,
}

impl Desk {
    /// Opens the desk of a provider; manifests of earlier leases are read again.
    ///
    /// # Errors
    /// When its folder can't be used.
    pub fn open(
        provider: Address,
        domain: &str,
        runtime: Client,
        folder: &Path,
    ) -> Result<Self, GatewayError> {
        Ok(Self {
            provider,
            domain: domain.to_ascii_lowercase(),
            runtime,
            folder: Folder::open(folder)?,
            books: Mutex::new(Books::default()),
            routes: RwLock::new(BTreeMap::new()),
        })
    }

    /// The provider's account.
    #[must_use]
    pub const fn provider(&self) -> Address {
        self.provider
    }

    /// The domain below which workloads are reached.
    #[must_use]
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The runtime.
    #[must_use]
    pub const fn runtime(&self) -> &Client {
        &self.runtime
    }

    /// Says which leases there are now. What isn't among them has ended: its workloads and their files are removed.
    ///
    /// # Errors
    /// When the runtime doesn't answer; then nothing has changed.
    pub fn reconcile(&self, leases: Vec<Lease>) -> Result<Reconciled, GatewayError> {
        let mut books = self.books();
        books.leases = leases.into_iter().map(|lease| (lease.id, lease)).collect();
        let Books { leases, plans } = &mut *books;
        plans.retain(|id, _| leases.contains_key(id));
        let mut done = Reconciled::default();
        for (id, lease) in &*leases {
            if plans.contains_key(id) {
                continue;
            }
            match self.folder.read(*id) {
                Ok(Some(manifest)) => match plan(lease, &manifest) {
                    Ok(planned) => {
                        plans.insert(*id, planned);
                    }
                    Err(error) => done.trouble.push(format!("lease {id}: {error}")),
                },
                Ok(None) => {}
                Err(error) => done.trouble.push(format!("lease {id}: {error}")),
            }
        }
        self.folder.keep_only(&leases.keys().copied().collect());
        self.settle(&books, &mut done)?;
        Ok(done)
    }

    /// Takes the manifest of a lease and starts what it says.
    ///
    /// # Errors
    /// When it isn't the lease's, or can't be run.
    pub fn send_manifest(&self, id: LeaseId, bytes: &[u8]) -> Result<Reconciled, GatewayError> {
        let mut books = self.books();
        let lease = books.leases.get(&id).ok_or(NO_LEASE)?;
        let planned = plan(lease, bytes)?;
        for blob in planned.iter().flat_map(|planned| {
            let inputs = planned
                .workload
                .files
                .values()
                .chain(&planned.workload.stdin);
            inputs.chain([&planned.workload.component])
        }) {
            if !self.runtime.has(*blob)? {
                let reason = format!("the blob {blob} isn't here: upload it first");
                return Err(GatewayError::Conflict(reason));
            }
        }
        self.check_hosts(&books, id, &planned)?;
        self.folder.write(id, bytes)?;
        books.plans.insert(id, planned);
        let mut done = Reconciled::default();
        self.settle(&books, &mut done)?;
        Ok(done)
    }

    /// The manifest that was sent for a lease.
    ///
    /// # Errors
    /// When there is none.
    pub(crate) fn manifest(&self, id: LeaseId) -> Result<Vec<u8>, GatewayError> {
        let found = self.folder.read(id)?;
        found.ok_or(GatewayError::Missing("no manifest was sent for this lease"))
    }

    /// A lease.
    pub(crate) fn lease(&self, id: LeaseId) -> Option<Lease> {
        self.books().leases.get(&id).cloned()
    }

    /// The leases of a deployment.
    pub(crate) fn leases_of(&self, dseq: u64) -> Vec<Lease> {
        let books = self.books();
        let leases = books.leases.values().filter(|lease| lease.id.dseq == dseq);
        leases.cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.books().leases.len()
    }

    /// The services of a lease.
    pub(crate) fn planned(&self, id: LeaseId) -> Vec<Planned> {
        self.books().plans.get(&id).cloned().unwrap_or_default()
    }

    /// The service that a host name leads to.
    pub(crate) fn route(&self, host: &str) -> Option<Arc<Route>> {
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner);
        routes.get(host).cloned()
    }

    /// Host names of a service: its own label, and what its manifest asks for.
    pub(crate) fn hosts(&self, planned: &Planned) -> Vec<String> {
        let own = format!("{}.{}", planned.workload.name, self.domain);
        let asked = planned.hosts.iter().map(|host| host.to_ascii_lowercase());
        std::iter::once(own).chain(asked).collect()
    }

    /// Whether the names that a manifest asks for are free.
    fn check_hosts(
        &self,
        books: &Books,
        id: LeaseId,
        planned: &[Planned],
    ) -> Result<(), GatewayError> {
        let others = books.plans.iter().filter(|(other, _)| **other != id);
        let taken: BTreeSet<String> = others
            .flat_map(|(_, planned)| planned.iter().flat_map(|planned| self.hosts(planned)))
            .collect();
        for host in planned.iter().flat_map(|planned| &planned.hosts) {
            let host = host.to_ascii_lowercase();
            let below = host.ends_with(&format!(".{}", self.domain)) || host == self.domain;
            if below || taken.contains(&host) {
                let reason = format!("the host name {host} is taken here");
                return Err(GatewayError::Conflict(reason));
            }
        }
        Ok(())
    }

    /// Starts what should run and doesn't, stops what runs and shouldn't, and points host names at it.
    fn settle(&self, books: &Books, done: &mut Reconciled) -> Result<(), GatewayError> {
        let running: BTreeMap<Name, Status> = self
            .runtime
            .list()?
            .into_iter()
            .map(|status| (status.name.clone(), status))
            .collect();
        let mut wanted = BTreeSet::new();
        for (id, planned) in &books.plans {
            let active = books
                .leases
                .get(id)
                .is_some_and(|lease| lease.state == LeaseState::Active);
            for planned in planned {
                wanted.insert(planned.workload.name.clone());
                let status = running.get(&planned.workload.name);
                self.settle_one(planned, status, active, done);
            }
        }
        for name in running
            .keys()
            .filter(|name| name.as_str().starts_with(OURS))
        {
            if !wanted.contains(name) {
                note(done, name, self.runtime.remove(name));
            }
        }
        self.point(books);
        Ok(())
    }

    fn settle_one(
        &self,
        planned: &Planned,
        status: Option<&Status>,
        active: bool,
        done: &mut Reconciled,
    ) {
        let name = &planned.workload.name;
        let stopped = status.is_some_and(was_stopped);
        match (active, status) {
            (true, Some(_)) if !stopped => {}
            (true, _) => {
                // What was paused goes on with its files: the runtime keeps them under the name.
                let started = if stopped {
                    self.runtime.resume(name)
                } else {
                    self.runtime.start(&planned.workload)
                };
                match started {
                    Ok(_) => done.started.push(name.clone()),
                    Err(error) => done.trouble.push(format!("{name}: {error}")),
                }
            }
            (false, Some(status)) if status.state != State::Ended => {
                note(done, name, self.runtime.stop(name).map(drop));
            }
            (false, _) => {}
        }
    }

    fn point(&self, books: &Books) {
        let mut new = BTreeMap::new();
        let mut routes = self.routes.write().unwrap_or_else(PoisonError::into_inner);
        for planned in books.plans.values().flatten() {
            let name = &planned.workload.name;
            for host in self.hosts(planned) {
                // A route that stays keeps its connections' room.
                let old = routes.get(&host).filter(|route| route.name() == name);
                let route = old
                    .cloned()
                    .unwrap_or_else(|| Arc::new(Route::new(name.clone())));
                new.insert(host, route);
            }
        }
        *routes = new;
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        // Leases and plans are told anew by the next reconciliation.
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// No such lease; what isn't there and what isn't the asker's look the same.
pub(crate) const NO_LEASE: GatewayError = GatewayError::Missing("no such lease here");

fn was_stopped(status: &Status) -> bool {
    use lilliput_workload::Outcome;
    let report = status.report.as_ref();
    status.state == State::Ended && report.is_some_and(|report| report.outcome == Outcome::Stopped)
}

fn note(done: &mut Reconciled, name: &Name, result: Result<(), lilliput_workload::WorkloadError>) {
    match result {
        Ok(()) => done.stopped.push(name.clone()),
        Err(error) => done.trouble.push(format!("{name}: {error}")),
    }
}
