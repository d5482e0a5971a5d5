//! Watches the ledger for a provider: which leases it has, that it is still heard of, and what replicated jobs came to.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use lilliput_client::{ClientError, Sender};
use lilliput_crypto::Label;
use lilliput_types::Message;
use lilliput_types::market::{
    self, CommitResult, Deployment, DeploymentId, LeaseLevel, MarketMessage, Order, OrderId,
    OrderState, ShowResult, seal_result,
};
use lilliput_workload::{Digest, State};

use crate::desk::{Desk, Reconciled};
use crate::error::GatewayError;
use crate::lease::{Lease, LeaseState};
use crate::token::LeaseId;

/// Leases that one provider serves at most.
const LEASES_MAX: usize = 4096;

/// How often what is done.
#[derive(Clone, Copy, Debug)]
pub struct WatchConfig {
    /// How often leases are looked at.
    pub poll: Duration,
    /// How often the ledger hears that the provider is there; it is lost after three minutes of silence.
    pub beat: Duration,
}

impl Default for WatchConfig {
    fn default() -> Self {
        Self {
            poll: Duration::from_millis(200),
            beat: Duration::from_secs(45),
        }
    }
}

/// What a watch tells whoever started it.
#[derive(Debug)]
pub enum Watched {
    /// Workloads were started or stopped, or couldn't be.
    Changed(Reconciled),
    /// A replicated result was sealed or shown.
    Result {
        /// Of which lease.
        lease: market::LeaseId,
        /// Whether it is in the open now.
        shown: bool,
    },
    /// Something that may pass by itself: the node or the runtime is away, say. What runs keeps running.
    Trouble(String),
}

/// Watches until told to stop. Whatever goes wrong is told and tried again.
pub fn watch(
    sender: &Sender,
    desk: &Desk,
    config: WatchConfig,
    stop: &AtomicBool,
    tell: &dyn Fn(Watched),
) {
    let mut watcher = Watcher {
        sender,
        desk,
        orders: BTreeMap::new(),
        deployments: BTreeMap::new(),
        last: Vec::new(),
    };
    let mut beaten: Option<Instant> = None;
    while !stop.load(Ordering::Acquire) {
        if let Err(reason) = watcher.round(tell) {
            tell(Watched::Trouble(reason));
        }
        let serves = !watcher.last.is_empty();
        if serves && beaten.is_none_or(|beaten| beaten.elapsed() >= config.beat) {
            match sender.send(vec![Message::Market(MarketMessage::Beat)], Vec::new()) {
                Ok(_) => beaten = Some(Instant::now()),
                Err(error) => tell(Watched::Trouble(error.to_string())),
            }
        }
        std::thread::sleep(config.poll);
    }
}

struct Watcher<'a> {
    sender: &'a Sender,
    desk: &'a Desk,
    /// What never changes of these is looked up once.
    orders: BTreeMap<OrderId, Order>,
    deployments: BTreeMap<DeploymentId, Deployment>,
    last: Vec<Lease>,
}

impl Watcher<'_> {
    /// If the ledger can't be asked nothing changes: a connection that is lost ends no lease.
    fn round(&mut self, tell: &dyn Fn(Watched)) -> Result<(), String> {
        let served = self.served().map_err(|error| error.to_string())?;
        let mut leases = Vec::new();
        for lease in &served {
            leases.extend(self.lease(lease).map_err(|error| error.to_string())?);
        }
        let done = self.desk.reconcile(leases.clone());
        let done = done.map_err(|error: GatewayError| error.to_string())?;
        if leases != self.last || done != Reconciled::default() {
            tell(Watched::Changed(done));
        }
        self.last = leases;
        for lease in &served {
            self.result(lease, tell)
                .map_err(|error| error.to_string())?;
        }
        Ok(())
    }

    fn served(&self) -> Result<Vec<market::Lease>, ClientError> {
        let mut all = Vec::new();
        let mut from: Option<String> = None;
        loop {
            let page = self
                .sender
                .client()
                .served_leases(self.sender.address(), from.as_deref())?;
            all.extend(page.items);
            from = page.next;
            if from.is_none() || all.len() >= LEASES_MAX {
                return Ok(all);
            }
        }
    }

    /// A lease as the desk knows it; nothing if it is over.
    fn lease(&mut self, lease: &market::Lease) -> Result<Option<Lease>, ClientError> {
        let waits = lease.spot.as_ref().is_some_and(|spot| !spot.running);
        let state = match lease.state {
            market::LeaseState::Closed { .. } => return Ok(None),
            market::LeaseState::Active if !waits => LeaseState::Active,
            market::LeaseState::Active
            | market::LeaseState::Reserved { .. }
            | market::LeaseState::Paused { .. } => LeaseState::Paused,
        };
        let order = self.order(lease.order)?.clone();
        let manifest = self.deployment(lease.deployment)?.manifest;
        let (mut memory_bytes, mut disk_bytes) = (0_u64, 0_u64);
        for line in lease.lines.iter() {
            if let Some(unit) = order.group.units.get(usize::from(line.unit)) {
                let count = u64::from(line.count);
                memory_bytes = memory_bytes.saturating_add(unit.need.memory.saturating_mul(count));
                disk_bytes = disk_bytes.saturating_add(unit.need.disk().saturating_mul(count));
            }
        }
        Ok(Some(Lease {
            id: LeaseId {
                dseq: lease.deployment.0,
                gseq: lease.order.0,
                oseq: lease.id.0,
            },
            owner: lease.owner,
            delegates: Default::default(),
            manifest: Digest(manifest.0),
            group: order.group.name.as_str().to_owned(),
            state,
            memory_bytes,
            disk_bytes,
        }))
    }

    /// Seals the output of a replicated job, and shows it when all have sealed theirs.
    fn result(&mut self, lease: &market::Lease, tell: &dyn Fn(Watched)) -> Result<(), ClientError> {
        let over = matches!(lease.state, market::LeaseState::Closed { .. });
        if over || lease.result.is_some() {
            return Ok(());
        }
        let order = self.order(lease.order)?;
        if !matches!(order.group.terms.level, LeaseLevel::Replicated { .. }) {
            return Ok(());
        }
        let Some(result) = self.output(lease) else {
            return Ok(());
        };
        let salt = self.salt(lease.id);
        let provider = self.sender.address();
        let message = if lease.sealed.is_none() {
            let sealed = seal_result(self.sender.chain(), lease.id, provider, result, salt);
            let lease = lease.id;
            MarketMessage::Commit(CommitResult { lease, sealed })
        } else {
            let now = self.sender.client().order_book(lease.order)?.order;
            if !matches!(now.state, OrderState::Judging { .. }) {
                return Ok(());
            }
            let lease = lease.id;
            MarketMessage::Show(ShowResult {
                lease,
                result,
                salt,
            })
        };
        let shown = matches!(message, MarketMessage::Show(_));
        self.sender
            .send(vec![Message::Market(message)], Vec::new())?;
        let lease = lease.id;
        tell(Watched::Result { lease, shown });
        Ok(())
    }

    /// What the lease's only job came to, when it has.
    fn output(&self, lease: &market::Lease) -> Option<lilliput_crypto::Digest> {
        let id = LeaseId {
            dseq: lease.deployment.0,
            gseq: lease.order.0,
            oseq: lease.id.0,
        };
        let planned = self.desk.planned(id);
        let [only] = planned.as_slice() else {
            return None;
        };
        let status = self.desk.runtime().status(&only.workload.name).ok()?;
        let report = status.report.filter(|_| status.state == State::Ended)?;
        report
            .output
            .map(|output| lilliput_crypto::Digest(output.0))
    }

    /// A salt that nobody else knows and that needs no keeping: the same signature every time.
    fn salt(&self, lease: market::LeaseId) -> lilliput_crypto::Digest {
        let message = [b"lilliput result salt".as_slice(), &lease.0.to_le_bytes()].concat();
        let signature = self.sender.secret().sign(&message);
        lilliput_crypto::Digest::of(Label::SealedResult, &signature.0)
    }

    fn order(&mut self, id: OrderId) -> Result<&Order, ClientError> {
        if !self.orders.contains_key(&id) {
            let order = self.sender.client().order_book(id)?.order;
            self.orders.insert(id, order);
        }
        Ok(&self.orders[&id])
    }

    fn deployment(&mut self, id: DeploymentId) -> Result<&Deployment, ClientError> {
        if !self.deployments.contains_key(&id) {
            let deployment = self.sender.client().deployment(id)?;
            self.deployments.insert(id, deployment);
        }
        Ok(&self.deployments[&id])
    }
}
