//! The ledger's solo engine, opened again when its disk failed.
//!
//! A database that met a full disk refuses everything from then on. What is on disk is whole, so
//! the engine is closed and opened: reading goes on, and writing as soon as there is room.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::{SystemTime, UNIX_EPOCH};

use lilliput_crypto::SecretKey;
use lilliput_ledger::{OpenError, Solo, SoloConfig};
use lilliput_modules::{Genesis, Network, Verifier};

use crate::error::NodeError;

/// The engine and what it takes to open it again.
pub(crate) struct Engine {
    folder: PathBuf,
    genesis: Genesis,
    validator: SecretKey,
    /// Empty while the database can't be opened.
    solo: RwLock<Option<Solo<Network>>>,
    /// Counts the openings, so that of many who saw one failure only the first opens again.
    openings: AtomicU64,
}

impl Engine {
    pub(crate) fn open(
        folder: PathBuf,
        genesis: Genesis,
        validator: SecretKey,
    ) -> Result<Self, OpenError> {
        let engine = Self {
            folder,
            genesis,
            validator,
            solo: RwLock::new(None),
            openings: AtomicU64::new(0),
        };
        let solo = engine.open_solo()?;
        *engine.solo.write().unwrap_or_else(PoisonError::into_inner) = Some(solo);
        Ok(engine)
    }

    /// The document the chain began with.
    pub(crate) const fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Does something with the engine. Blocks; never call it on an async thread.
    pub(crate) fn with<T, E: Into<NodeError>>(
        &self,
        work: impl FnOnce(&Solo<Network>) -> Result<T, E>,
    ) -> Result<T, NodeError> {
        let seen = self.openings.load(Ordering::Acquire);
        let solo = self.solo.read().unwrap_or_else(PoisonError::into_inner);
        let result = match solo.as_ref() {
            Some(solo) => work(solo).map_err(Into::into),
            None => Err(NodeError::Closed("its database failed".to_owned())),
        };
        drop(solo);
        if let Err(error) = &result
            && (error.is_database() || matches!(error, NodeError::Closed(_)))
        {
            self.reopen(seen);
        }
        result
    }

    /// Closes and opens, unless someone has done so since.
    fn reopen(&self, seen: u64) {
        let mut solo = self.solo.write().unwrap_or_else(PoisonError::into_inner);
        if self.openings.load(Ordering::Acquire) != seen {
            return;
        }
        // The old one goes first: two can't have one file.
        *solo = None;
        *solo = self.open_solo().ok();
        self.openings.fetch_add(1, Ordering::AcqRel);
    }

    fn open_solo(&self) -> Result<Solo<Network>, OpenError> {
        Solo::open(SoloConfig {
            folder: self.folder.clone(),
            machine: Network::new(self.genesis.clone(), Box::new(Verifier::default())),
            validator: self.validator.clone(),
            clock_ms: Box::new(clock_ms),
        })
    }
}

/// Milliseconds since 1970 on the machine's clock.
pub(crate) fn clock_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| {
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}
