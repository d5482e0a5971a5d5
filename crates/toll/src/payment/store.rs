//! The payments on disk. Many writers share one commit, so that each waits for one, however many there are.

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use lilliput_types::codec;
use redb::{
    Database, Durability, ReadableDatabase, ReadableTable, Table, TableDefinition, WriteTransaction,
};

use crate::payment::record::{PaymentId, Record};

/// Payments by name.
const PAYMENTS: TableDefinition<'_, [u8; 32], &[u8]> = TableDefinition::new("payments-1");
/// Payments whose outcome isn't known, by name.
const OPEN: TableDefinition<'_, [u8; 32], ()> = TableDefinition::new("open-1");
/// Payments by the second from which on they may be forgotten.
const ENDS: TableDefinition<'_, (u64, [u8; 32]), ()> = TableDefinition::new("ends-1");
/// Balances of bots, in millionths.
const BALANCES: TableDefinition<'_, &str, u64> = TableDefinition::new("balances-1");
/// What moved a balance: a payment in, a signature out; with the amount.
const MOVES: TableDefinition<'_, [u8; 32], u64> = TableDefinition::new("moves-1");
/// The same by the second from which on they may be forgotten.
const MOVE_ENDS: TableDefinition<'_, (u64, [u8; 32]), ()> = TableDefinition::new("move-ends-1");

/// The longest stored payment.
const RECORD_LEN_MAX: usize = 64 << 10;
/// The most writes in one commit.
const BATCH_MAX: usize = 512;
/// The most writes that wait; further ones wait to wait.
const QUEUE_MAX: usize = 4_096;

/// Why the store failed. Nothing is served then.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database failed.
    #[error("the payments' database failed: {0}")]
    Database(String),
    /// Another process has the file.
    #[error("another process has the payments of {0}")]
    Locked(String),
    /// A stored payment can't be read.
    #[error("a stored payment is damaged: {0}")]
    Damaged(String),
    /// The store was closed.
    #[error("the payments' store is closed")]
    Closed,
}

/// What one write sees.
pub(crate) struct Tables<'a> {
    payments: Table<'a, [u8; 32], &'static [u8]>,
    open: Table<'a, [u8; 32], ()>,
    ends: Table<'a, (u64, [u8; 32]), ()>,
    balances: Table<'a, &'static str, u64>,
    moves: Table<'a, [u8; 32], u64>,
    move_ends: Table<'a, (u64, [u8; 32]), ()>,
}

type Finish = Box<dyn FnOnce() + Send>;
type Work = Box<dyn FnOnce(&mut Tables<'_>) -> Result<Finish, StoreError> + Send>;

/// The store. One process at a time has it.
#[derive(Debug)]
pub(crate) struct Store {
    database: Arc<Database>,
    queue: Option<SyncSender<Work>>,
    writer: Option<JoinHandle<()>>,
}

impl Store {
    /// Opens the file, or makes it, readable by its owner alone.
    pub(crate) fn open(file: &Path) -> Result<Self, StoreError> {
        private(file).map_err(|error| StoreError::Database(error.to_string()))?;
        let database = Database::builder()
            .set_cache_size(8 << 20)
            .create(file)
            .map_err(|error| match error {
                redb::DatabaseError::DatabaseAlreadyOpen => {
                    StoreError::Locked(file.display().to_string())
                }
                other => StoreError::Database(other.to_string()),
            })?;
        let database = Arc::new(database);
        commit(&database, Vec::new())?;
        let (queue, works) = sync_channel(QUEUE_MAX);
        let writes = Arc::clone(&database);
        let writer = std::thread::Builder::new()
            .name("toll-store".to_owned())
            .spawn(move || write_all(&writes, &works))
            .map_err(|error| StoreError::Database(error.to_string()))?;
        Ok(Self {
            database,
            queue: Some(queue),
            writer: Some(writer),
        })
    }

    /// Runs a write; when this returns, it is on disk.
    pub(crate) fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Tables<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (done, answer) = sync_channel(1);
        let work: Work = Box::new(move |tables| {
            let value = work(tables)?;
            let finish: Finish = Box::new(move || {
                // Whoever asked may be gone; the write stands all the same.
                let _ = done.send(value);
            });
            Ok(finish)
        });
        let queue = self.queue.as_ref().ok_or(StoreError::Closed)?;
        queue.send(work).map_err(|_| StoreError::Closed)?;
        let unwritten = |_| StoreError::Database("the write was not made".to_owned());
        answer.recv().map_err(unwritten)
    }

    /// A payment.
    pub(crate) fn payment(&self, id: PaymentId) -> Result<Option<Record>, StoreError> {
        let table = self.database.begin_read().map_err(failed)?;
        let table = table.open_table(PAYMENTS).map_err(failed)?;
        let value = table.get(id.0).map_err(failed)?;
        value.map(|value| decode(value.value())).transpose()
    }

    /// The names of payments whose outcome isn't known.
    pub(crate) fn open_payments(&self, limit: usize) -> Result<Vec<PaymentId>, StoreError> {
        let table = self.database.begin_read().map_err(failed)?;
        let table = table.open_table(OPEN).map_err(failed)?;
        let entries = table.iter().map_err(failed)?.take(limit);
        entries
            .map(|entry| entry.map(|(id, _)| PaymentId(id.value())).map_err(failed))
            .collect()
    }

    /// A bot's balance.
    pub(crate) fn balance(&self, bot: &str) -> Result<u64, StoreError> {
        let table = self.database.begin_read().map_err(failed)?;
        let table = table.open_table(BALANCES).map_err(failed)?;
        let value = table.get(bot).map_err(failed)?;
        Ok(value.map(|value| value.value()).unwrap_or_default())
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(writer) = self.writer.take() {
            // It ends by itself, as there is no queue any more; if it panicked, its writes failed already.
            let _ = writer.join();
        }
    }
}

impl Tables<'_> {
    /// A payment, as the writes before this one left it.
    pub(crate) fn payment(&self, id: PaymentId) -> Result<Option<Record>, StoreError> {
        let value = self.payments.get(id.0).map_err(failed)?;
        value.map(|value| decode(value.value())).transpose()
    }

    /// Stores a payment; it may be forgotten from this second on, unless its outcome isn't known then.
    pub(crate) fn put(
        &mut self,
        record: &Record,
        open: bool,
        forget_at: u64,
    ) -> Result<(), StoreError> {
        let bytes = codec::encode(record);
        let id = record.id.0;
        self.payments.insert(id, bytes.as_slice()).map_err(failed)?;
        if open {
            self.open.insert(id, ()).map_err(failed)?;
        } else {
            self.open.remove(id).map_err(failed)?;
        }
        self.ends.insert((forget_at, id), ()).map_err(failed)?;
        Ok(())
    }

    /// Forgets what may be forgotten at this second, at most so many payments and moves each.
    pub(crate) fn forget(&mut self, now: u64, limit: usize) -> Result<usize, StoreError> {
        let mut forgotten = 0;
        let due = due(&self.ends, now, limit)?;
        for (end, id) in due {
            self.ends.remove((end, id)).map_err(failed)?;
            if self.open.get(id).map_err(failed)?.is_none() {
                self.payments.remove(id).map_err(failed)?;
                forgotten += 1;
            }
        }
        for (end, id) in self::due(&self.move_ends, now, limit)? {
            self.move_ends.remove((end, id)).map_err(failed)?;
            self.moves.remove(id).map_err(failed)?;
            forgotten += 1;
        }
        Ok(forgotten)
    }

    /// Moves a bot's balance, once for each name; gives the balance after it, or nothing if it doesn't reach.
    /// A name that moved it before changes nothing.
    pub(crate) fn move_balance(
        &mut self,
        bot: &str,
        name: [u8; 32],
        change: Change,
        forget_at: u64,
    ) -> Result<Moved, StoreError> {
        let held = self.balances.get(bot).map_err(failed)?;
        let held = held.map(|value| value.value()).unwrap_or_default();
        if self.moves.get(name).map_err(failed)?.is_some() {
            return Ok(Moved::Before(held));
        }
        let (amount, left) = match change {
            Change::In(amount) => (amount, held.checked_add(amount)),
            Change::Out(amount) => (amount, held.checked_sub(amount)),
        };
        let Some(left) = left else {
            return Ok(Moved::OutOfReach(held));
        };
        self.balances.insert(bot, left).map_err(failed)?;
        self.moves.insert(name, amount).map_err(failed)?;
        self.move_ends
            .insert((forget_at, name), ())
            .map_err(failed)?;
        Ok(Moved::To(left))
    }
}

/// A change of a balance.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Change {
    In(u64),
    Out(u64),
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moved {
    To(u64),
    Before(u64),
    OutOfReach(u64),
}

fn due(
    table: &Table<'_, (u64, [u8; 32]), ()>,
    now: u64,
    limit: usize,
) -> Result<Vec<(u64, [u8; 32])>, StoreError> {
    let entries = table.range(..(now, [0; 32])).map_err(failed)?.take(limit);
    entries
        .map(|entry| entry.map(|(key, _)| key.value()).map_err(failed))
        .collect()
}

fn decode(bytes: &[u8]) -> Result<Record, StoreError> {
    codec::decode(bytes, RECORD_LEN_MAX).map_err(|error| StoreError::Damaged(error.to_string()))
}

fn failed(error: impl Into<redb::Error>) -> StoreError {
    StoreError::Database(error.into().to_string())
}

/// The writer: takes what waits, commits it together, then tells everyone.
fn write_all(database: &Database, works: &Receiver<Work>) {
    while let Ok(first) = works.recv() {
        let mut batch = vec![first];
        while batch.len() < BATCH_MAX
            && let Ok(next) = works.try_recv()
        {
            batch.push(next);
        }
        // When it fails, every caller of this batch sees its channel close: none was written.
        let _ = commit(database, batch);
    }
}

fn commit(database: &Database, batch: Vec<Work>) -> Result<(), StoreError> {
    let mut transaction = database.begin_write().map_err(failed)?;
    transaction
        .set_durability(Durability::Immediate)
        .map_err(failed)?;
    let finished = {
        let mut tables = tables(&transaction)?;
        let mut finished = Vec::with_capacity(batch.len());
        for work in batch {
            finished.push(work(&mut tables)?);
        }
        finished
    };
    transaction.commit().map_err(failed)?;
    for finish in finished {
        finish();
    }
    Ok(())
}

fn tables(transaction: &WriteTransaction) -> Result<Tables<'_>, StoreError> {
    Ok(Tables {
        payments: transaction.open_table(PAYMENTS).map_err(failed)?,
        open: transaction.open_table(OPEN).map_err(failed)?,
        ends: transaction.open_table(ENDS).map_err(failed)?,
        balances: transaction.open_table(BALANCES).map_err(failed)?,
        moves: transaction.open_table(MOVES).map_err(failed)?,
        move_ends: transaction.open_table(MOVE_ENDS).map_err(failed)?,
    })
}

/// Makes the file if it isn't there, for its owner alone: it says who paid for what.
fn private(file: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(|_| ())
}
