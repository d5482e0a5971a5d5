//! The database: state, tree, blocks and blobs in one file, changed in one commit a block.

mod snapshot;
mod tables;

use std::path::{Path, PathBuf};

use lilliput_crypto::Digest;
use lilliput_types::{Blob, BlobId, Block, BlockEvents, Height, SignedHeader, codec};
use redb::{Database, Durability, ReadableDatabase, ReadableTable, WriteTransaction};

pub use snapshot::{ProvenValue, Snapshot, TransactionLocation};

use crate::error::{OpenError, StoreError};
use crate::pipeline::Changes;
use crate::tree::{self, TreeUpdate};
use tables::{
    BLOBS, BLOCK_INDEX, EVENTS, FORMAT, FORMAT_KEY, HEADERS, SECTIONS, STATE, TRANSACTION_INDEX,
    TRANSACTIONS, TREE, blob_value,
};

/// Name of the database in the data folder.
const FILE_NAME: &str = "ledger.redb";
/// How much the database keeps in memory.
const CACHE_BYTES: usize = 64 << 20;

/// The database of one data folder, which no other process can open meanwhile.
pub struct Store {
    database: Database,
    folder: PathBuf,
}

/// A state root and what it takes to store it.
pub(crate) struct Prepared {
    pub(crate) root: Digest,
    update: TreeUpdate,
}

impl Store {
    /// Opens the database of a data folder, or makes both.
    ///
    /// # Errors
    /// When another process has it, or it is of another format or damaged.
    pub fn open(folder: &Path) -> Result<Self, OpenError> {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::Folder {
            folder: folder.display().to_string(),
            source,
        })?;
        let database = Database::builder()
            .set_cache_size(CACHE_BYTES)
            .create(folder.join(FILE_NAME))
            .map_err(|error| match error {
                redb::DatabaseError::DatabaseAlreadyOpen => OpenError::Locked {
                    folder: folder.display().to_string(),
                },
                other => OpenError::Store(other.into()),
            })?;
        let store = Self {
            database,
            folder: folder.to_owned(),
        };
        store.prepare_tables()?;
        Ok(store)
    }

    /// The data folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// A view of the newest block that later blocks don't change.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        Ok(Snapshot::new(self.database.begin_read()?))
    }

    /// The state root that these changes lead to at a height.
    pub(crate) fn prepare(
        &self,
        height: Height,
        changes: &Changes,
    ) -> Result<Prepared, StoreError> {
        let transaction = self.database.begin_read()?;
        let table = transaction.open_table(TREE)?;
        let update = tree::update(&table, height.0, &changes.writes)?;
        Ok(Prepared {
            root: update.root,
            update,
        })
    }

    /// Stores a block and all that it changed; when this returns, it is on disk.
    pub(crate) fn commit(
        &self,
        block: &Block,
        events: &BlockEvents,
        changes: &Changes,
        prepared: &Prepared,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin_write()?;
        transaction.set_durability(Durability::Immediate)?;
        write_state(&transaction, changes)?;
        write_tree(&transaction, &prepared.update)?;
        write_block(&transaction, block, events)?;
        write_blobs(&transaction, block, &changes.pinned)?;
        transaction.commit()?;
        Ok(())
    }

    /// Forgets the blobs that no block from `keep_from` on brought and the state doesn't rely on.
    /// Headers go on committing to them. At most `blocks_max` blocks are looked at; the number of
    /// blobs removed is returned.
    ///
    /// # Errors
    /// When the database fails.
    pub fn prune_blobs(&self, keep_from: Height, blocks_max: u32) -> Result<u64, StoreError> {
        let transaction = self.database.begin_write()?;
        let mut removed = 0;
        {
            let mut sections = transaction.open_table(SECTIONS)?;
            let mut blobs = transaction.open_table(BLOBS)?;
            for _ in 0..blocks_max {
                let Some((height, ids)) = tables::first_section(&sections, keep_from)? else {
                    break;
                };
                for id in ids {
                    let spent = blobs
                        .get(id.as_bytes())?
                        .is_some_and(|value| tables::blob_last_used(value.value()) <= height);
                    if spent {
                        blobs.remove(id.as_bytes())?;
                        removed += 1;
                    }
                }
                sections.remove(height.0)?;
            }
        }
        transaction.commit()?;
        Ok(removed)
    }

    fn prepare_tables(&self) -> Result<(), OpenError> {
        let transaction = self.database.begin_write().map_err(StoreError::from)?;
        let got = tables::create(&transaction)?;
        if got != FORMAT {
            let expected = FORMAT;
            return Err(OpenError::Format { expected, got });
        }
        transaction.commit().map_err(StoreError::from)?;
        Ok(())
    }
}

fn write_state(transaction: &WriteTransaction, changes: &Changes) -> Result<(), StoreError> {
    let mut state = transaction.open_table(STATE)?;
    for (key, value) in &changes.writes {
        match value {
            Some(value) => state.insert(key.as_str(), value.as_slice())?,
            None => state.remove(key.as_str())?,
        };
    }
    Ok(())
}

fn write_tree(transaction: &WriteTransaction, update: &TreeUpdate) -> Result<(), StoreError> {
    let mut tree = transaction.open_table(TREE)?;
    for (key, node) in &update.new {
        tree.insert(key.as_slice(), node.as_slice())?;
    }
    for key in &update.stale {
        tree.remove(key.as_slice())?;
    }
    Ok(())
}

fn write_block(
    transaction: &WriteTransaction,
    block: &Block,
    events: &BlockEvents,
) -> Result<(), StoreError> {
    let SignedHeader { header, .. } = &block.header;
    let height = header.height.0;
    let put = |table, bytes: Vec<u8>| -> Result<(), StoreError> {
        transaction
            .open_table(table)?
            .insert(height, bytes.as_slice())?;
        Ok(())
    };
    put(HEADERS, codec::encode(&block.header))?;
    put(TRANSACTIONS, codec::encode(&block.transactions))?;
    put(EVENTS, codec::encode(events))?;
    transaction
        .open_table(BLOCK_INDEX)?
        .insert(header.id().as_bytes(), height)?;
    let mut index = transaction.open_table(TRANSACTION_INDEX)?;
    for (place, signed) in (0_u32..).zip(block.transactions.iter()) {
        index.insert(signed.transaction.id().as_bytes(), (height, place))?;
    }
    Ok(())
}

fn write_blobs(
    transaction: &WriteTransaction,
    block: &Block,
    pinned: &[Blob],
) -> Result<(), StoreError> {
    let height = block.header.header.height;
    let mut blobs = transaction.open_table(BLOBS)?;
    for blob in pinned {
        let value = blob_value(Height(u64::MAX), blob.as_bytes());
        blobs.insert(blob.id().as_bytes(), value.as_slice())?;
    }
    let mut ids: Vec<BlobId> = Vec::new();
    for blob in block.blobs.iter() {
        let id = blob.id();
        ids.push(id);
        let kept_longer = blobs
            .get(id.as_bytes())?
            .is_some_and(|value| tables::blob_last_used(value.value()) > height);
        if !kept_longer {
            let value = blob_value(height, blob.as_bytes());
            blobs.insert(id.as_bytes(), value.as_slice())?;
        }
    }
    if !ids.is_empty() {
        let section = codec::encode(&ids);
        transaction
            .open_table(SECTIONS)?
            .insert(height.0, section.as_slice())?;
    }
    Ok(())
}

/// Reads the format of a new or old database.
fn read_format(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
) -> Result<Option<u32>, StoreError> {
    let found = meta.get(FORMAT_KEY)?;
    let format = found.map(|bytes| codec::decode(bytes.value(), 4));
    format.transpose().map_err(|error| StoreError::Corrupt {
        key: FORMAT_KEY.to_owned(),
        reason: error.to_string(),
    })
}
