//! A lease as the gateway needs to know it. Whoever watches the ledger says which there are.

use std::collections::BTreeSet;

use lilliput_types::Address;
use lilliput_workload::Digest;
use serde::{Deserialize, Serialize};

use crate::token::LeaseId;

/// A lease of this provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// Which.
    pub id: LeaseId,
    /// Whose.
    pub owner: Address,
    /// Accounts whose tokens count like the owner's.
    #[serde(default)]
    pub delegates: BTreeSet<Address>,
    /// The manifest that the ledger names, by the blob's id.
    pub manifest: Digest,
    /// The group of the manifest that the lease is about.
    pub group: String,
    /// Where it stands.
    pub state: LeaseState,
    /// Memory that it has leased, of all services together.
    pub memory_bytes: u64,
    /// Disk that it has leased.
    pub disk_bytes: u64,
}

/// Where a lease stands, as far as it concerns what runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaseState {
    /// It is paid for: its workloads run.
    Active,
    /// It isn't paid for now: its workloads are stopped, their files stay.
    Paused,
}

impl Lease {
    /// Whether an account's tokens reach this lease.
    #[must_use]
    pub fn is_reached_by(&self, account: &Address) -> bool {
        self.owner == *account || self.delegates.contains(account)
    }
}
