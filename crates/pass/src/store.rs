//! What was spent, remembered until it would have expired anyway.
//!
//! One operation is all there is: [`Store::claim`] puts a value under a key if nothing stands there, and
//! tells what stood there before. It is atomic, and durable before it is answered. Claims of many
//! requests are written together, so that they share the cost of reaching the disk.
//!
//! | module | purpose |
//! |---|---|
//! | `folder` | redb in a folder: one process |
//! | `shared` | Redis: several gates |
//! | `batch` | the thread that writes claims together |

mod batch;
mod folder;
mod shared;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::oneshot;

pub use folder::FOLDER_CACHE_BYTES;

/// Longest value.
pub const VALUE_LEN_MAX: usize = 4096;
/// How far ahead something may expire.
pub const CLAIM_LIFE_MAX_S: u64 = 400 * 24 * 3600;

/// Why a claim was not recorded. Whoever asked must not serve.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The folder can't be used.
    #[error("the store in {path} can't be used: {why}")]
    Folder {
        /// Which folder.
        path: PathBuf,
        /// Why.
        why: Arc<str>,
    },
    /// Another process has the folder.
    #[error("the store in {path} is open in another process, several gates share a Redis instead")]
    Locked {
        /// Which folder.
        path: PathBuf,
    },
    /// Redis doesn't answer, or not as expected.
    #[error("the shared store failed: {why}")]
    Shared {
        /// Why.
        why: Arc<str>,
    },
    /// Redis could forget what it acknowledged.
    #[error(
        "the shared store has {name} {got}, expected {expected}: it could forget what was spent"
    )]
    Forgetful {
        /// Which of its settings.
        name: &'static str,
        /// What it is.
        got: Arc<str>,
        /// What it has to be.
        expected: &'static str,
    },
    /// What the claim is about has expired by the store's clock, and may have been forgotten.
    #[error("this expired by the store's clock, check the clocks and ask for a new one")]
    Late,
    /// A claim that would have to be remembered too long, or a value that is too long.
    #[error("{name} is {got}, at most {limit} is stored")]
    TooMuch {
        /// Of what.
        name: &'static str,
        /// How much.
        got: u64,
        /// The limit.
        limit: u64,
    },
    /// More claims wait than the store bears.
    #[error("more claims wait than the store can write, come back later")]
    Busy,
    /// The store has ended.
    #[error("the store is closed")]
    Closed,
}

/// Under what something is spent: a hash, so that all keys are of one length and none tells what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpendKey([u8; 16]);

impl SpendKey {
    /// The key of something in a domain. Two domains never share keys.
    #[must_use]
    pub fn of(domain: &[u8], bytes: &[u8]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("lilliput pass 2026 spend key");
        hasher.update(&(domain.len() as u64).to_be_bytes());
        hasher.update(domain);
        hasher.update(bytes);
        let mut key = [0; 16];
        key.copy_from_slice(&hasher.finalize().as_bytes()[..16]);
        Self(key)
    }

    pub(crate) fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// Where a store lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine, for one process.
    Folder(PathBuf),
    /// A Redis (7 or later) for several gates, by its `redis://` address.
    Redis(String),
}

/// A store. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    queue: Arc<batch::Queue>,
}

/// A claim on its way. Dropping it doesn't undo the claim.
#[derive(Debug)]
pub struct Pending(oneshot::Receiver<Result<Option<Vec<u8>>, StoreError>>);

impl Pending {
    /// What stood under the key before: nothing means that the claim is the first.
    ///
    /// # Errors
    /// When the claim wasn't recorded.
    pub async fn answer(self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.await.unwrap_or(Err(StoreError::Closed))
    }

    /// The same for a thread that may block: never inside of an async runtime.
    ///
    /// # Errors
    /// When the claim wasn't recorded.
    pub fn wait(self) -> Result<Option<Vec<u8>>, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl Store {
    /// Opens a store and starts the thread that writes to it.
    ///
    /// # Errors
    /// When it can't be opened, or could forget.
    pub fn open(place: &Place) -> Result<Self, StoreError> {
        match place {
            Place::Folder(path) => Self::in_folder(path),
            Place::Redis(address) => Ok(Self::start(batch::Backend::Shared(Box::new(
                shared::Shared::open(address)?,
            )))),
        }
    }

    /// Opens a store in a folder, which is made when it doesn't exist.
    ///
    /// # Errors
    /// When it can't be opened, or another process has it.
    pub fn in_folder(path: &Path) -> Result<Self, StoreError> {
        Ok(Self::start(batch::Backend::Folder(Box::new(
            folder::Folder::open(path)?,
        ))))
    }

    fn start(backend: batch::Backend) -> Self {
        Self {
            queue: Arc::new(batch::Queue::start(backend)),
        }
    }

    /// Puts a value under a key until it expires, if nothing stands there. The same thing has to be
    /// claimed with the same expiry each time: the expiry is part of the key.
    ///
    /// # Errors
    /// When the claim can't be taken in. Whether it was recorded is told by what this returns.
    pub fn claim(
        &self,
        key: SpendKey,
        value: &[u8],
        expires_s: u64,
        now_s: u64,
    ) -> Result<Pending, StoreError> {
        if value.len() > VALUE_LEN_MAX {
            return Err(StoreError::TooMuch {
                name: "bytes of a value",
                got: value.len() as u64,
                limit: VALUE_LEN_MAX as u64,
            });
        }
        let life_s = expires_s.saturating_sub(now_s);
        if life_s > CLAIM_LIFE_MAX_S {
            return Err(StoreError::TooMuch {
                name: "seconds until it expires",
                got: life_s,
                limit: CLAIM_LIFE_MAX_S,
            });
        }
        self.queue.ask(batch::Job {
            key,
            value: Some(value.to_vec()),
            expires_s,
            now_s,
        })
    }

    /// What stands under a key, without claiming it.
    ///
    /// # Errors
    /// When the question can't be taken in.
    pub fn look(&self, key: SpendKey, expires_s: u64, now_s: u64) -> Result<Pending, StoreError> {
        self.queue.ask(batch::Job {
            key,
            value: None,
            expires_s,
            now_s,
        })
    }

    /// Spends something: true when this was the first time.
    ///
    /// # Errors
    /// When it wasn't recorded.
    pub async fn spend(
        &self,
        key: SpendKey,
        expires_s: u64,
        now_s: u64,
    ) -> Result<bool, StoreError> {
        let before = self.claim(key, b"", expires_s, now_s)?.answer().await?;
        Ok(before.is_none())
    }
}
