//! A redb database in a folder. Claims are kept in one table for each hour in which they expire, so that
//! forgetting an hour is one operation; a mark says up to when was forgotten, and nothing that expired
//! before it is ever taken in again, whatever the clock says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::{
    Database, DatabaseError, ReadableTable, TableDefinition, TableHandle, WriteTransaction,
};

use super::StoreError;
use super::batch::{Answer, Job};

/// Memory for pages of the database.
pub const FOLDER_CACHE_BYTES: usize = 8 << 20;

const FILE: &str = "spent.redb";
const FORMAT: u64 = 1;
const FACTS: TableDefinition<'static, &str, u64> = TableDefinition::new("facts");
const TABLE_PREFIX: &str = "spent-";
const HOUR_S: u64 = 3600;
/// Claims outlive their expiry by this, for gates whose clock is behind.
const MARGIN_S: u64 = 600;

type Claims<'a> = TableDefinition<'a, [u8; 16], &'static [u8]>;

pub(super) struct Folder {
    path: PathBuf,
    database: Database,
    /// Everything that expired before this is forgotten, and refused.
    forgotten_s: u64,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let failed = |why: &dyn std::fmt::Display| StoreError::Folder {
            path: path.to_owned(),
            why: Arc::from(why.to_string()),
        };
        make_private_folder(path).map_err(|error| failed(&error))?;
        let database = redb::Builder::new()
            .set_cache_size(FOLDER_CACHE_BYTES)
            .create(path.join(FILE))
            .map_err(|error| match error {
                DatabaseError::DatabaseAlreadyOpen => StoreError::Locked {
                    path: path.to_owned(),
                },
                error => failed(&error),
            })?;
        let (format, forgotten_s) = read_facts(&database).map_err(|error| failed(&error))?;
        if format != FORMAT {
            return Err(failed(&format!(
                "its format is {format}, expected {FORMAT}"
            )));
        }
        Ok(Self {
            path: path.to_owned(),
            database,
            forgotten_s,
        })
    }

    pub(super) fn apply(&mut self, jobs: &[Job]) -> Result<Vec<Answer>, StoreError> {
        let (answers, forgotten_s) = self.commit(jobs).map_err(|error| StoreError::Folder {
            path: self.path.clone(),
            why: Arc::from(error.to_string()),
        })?;
        self.forgotten_s = forgotten_s;
        Ok(answers)
    }

    fn commit(&self, jobs: &[Job]) -> Result<(Vec<Answer>, u64), redb::Error> {
        let transaction = self.database.begin_write()?;
        let forgotten_s = forget(&transaction, self.forgotten_s, jobs)?;
        let mut answers: Vec<Answer> = vec![Err(StoreError::Late); jobs.len()];
        for (hour, indices) in by_hour(jobs, forgotten_s) {
            let name = table_name(hour);
            let mut table = transaction.open_table(Claims::new(&name))?;
            for index in indices {
                let job = &jobs[index];
                let before = table
                    .get(job.key.bytes())?
                    .map(|value| value.value().to_vec());
                if let (None, Some(value)) = (&before, &job.value) {
                    table.insert(job.key.bytes(), value.as_slice())?;
                }
                answers[index] = Ok(before);
            }
        }
        transaction.commit()?;
        Ok((answers, forgotten_s))
    }
}

/// Which jobs belong to which hour's table; what is forgotten belongs to none.
fn by_hour(jobs: &[Job], forgotten_s: u64) -> BTreeMap<u64, Vec<usize>> {
    let mut hours = BTreeMap::<u64, Vec<usize>>::new();
    for (index, job) in jobs.iter().enumerate() {
        if job.expires_s >= forgotten_s && job.expires_s > job.now_s {
            hours.entry(job.expires_s / HOUR_S).or_default().push(index);
        }
    }
    hours
}

/// Drops the tables of hours that are over, once an hour, and says so in the same commit.
fn forget(
    transaction: &WriteTransaction,
    forgotten_s: u64,
    jobs: &[Job],
) -> Result<u64, redb::Error> {
    let now_s = jobs.iter().map(|job| job.now_s).max().unwrap_or(0);
    let over_s = now_s.saturating_sub(MARGIN_S) / HOUR_S * HOUR_S;
    if over_s <= forgotten_s {
        return Ok(forgotten_s);
    }
    let over: Vec<String> = transaction
        .list_tables()?
        .map(|table| table.name().to_owned())
        .filter(|name| hour_of(name).is_some_and(|hour| (hour + 1) * HOUR_S <= over_s))
        .collect();
    for name in over {
        transaction.delete_table(Claims::new(&name))?;
    }
    transaction
        .open_table(FACTS)?
        .insert("forgotten_s", over_s)?;
    Ok(over_s)
}

fn table_name(hour: u64) -> String {
    format!("{TABLE_PREFIX}{hour:010}")
}

fn hour_of(name: &str) -> Option<u64> {
    name.strip_prefix(TABLE_PREFIX)?.parse().ok()
}

fn read_facts(database: &Database) -> Result<(u64, u64), redb::Error> {
    let transaction = database.begin_write()?;
    let facts = {
        let mut table = transaction.open_table(FACTS)?;
        let format = table.get("format")?.map(|value| value.value());
        let forgotten_s = table.get("forgotten_s")?.map_or(0, |value| value.value());
        if format.is_none() {
            table.insert("format", FORMAT)?;
        }
        (format.unwrap_or(FORMAT), forgotten_s)
    };
    transaction.commit()?;
    Ok(facts)
}

fn make_private_folder(path: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}
