//! The tables, and how their values are laid out. Changing any of this, or how a module lays out what it stores,
//! raises [`FORMAT`].

use lilliput_types::{BlobId, Height, codec};
use redb::{ReadableTable, TableDefinition, WriteTransaction};

use super::read_format;
use crate::error::StoreError;

/// Version of this layout. 1: the first.
pub(super) const FORMAT: u32 = 2;
pub(super) const FORMAT_KEY: &str = "format";

type Bytes = &'static [u8];
type Id = &'static [u8; 32];

pub(super) const META: TableDefinition<'static, &str, Bytes> = TableDefinition::new("meta");
/// State key to value.
pub(super) const STATE: TableDefinition<'static, &str, Bytes> = TableDefinition::new("state");
/// Encoded node key to encoded node.
pub(super) const TREE: TableDefinition<'static, Bytes, Bytes> = TableDefinition::new("tree");
/// Height to signed header.
pub(super) const HEADERS: TableDefinition<'static, u64, Bytes> = TableDefinition::new("headers");
/// Height to list of signed transactions.
pub(super) const TRANSACTIONS: TableDefinition<'static, u64, Bytes> =
    TableDefinition::new("transactions");
/// Height to what the block caused.
pub(super) const EVENTS: TableDefinition<'static, u64, Bytes> = TableDefinition::new("events");
/// Height to the ids of the blobs it brought, until they are pruned.
pub(super) const SECTIONS: TableDefinition<'static, u64, Bytes> = TableDefinition::new("sections");
/// Blob id to the last height that brought it (little-endian, all ones: pinned) and its bytes.
pub(super) const BLOBS: TableDefinition<'static, Id, Bytes> = TableDefinition::new("blobs");
/// Block id to height.
pub(super) const BLOCK_INDEX: TableDefinition<'static, Id, u64> =
    TableDefinition::new("block_index");
/// Transaction id to height and place.
pub(super) const TRANSACTION_INDEX: TableDefinition<'static, Id, (u64, u32)> =
    TableDefinition::new("transaction_index");

/// Makes the tables of a new database; returns the format of a database old or new.
pub(super) fn create(transaction: &WriteTransaction) -> Result<u32, StoreError> {
    let mut meta = transaction.open_table(META)?;
    if let Some(format) = read_format(&meta)? {
        return Ok(format);
    }
    meta.insert(FORMAT_KEY, codec::encode(&FORMAT).as_slice())?;
    transaction.open_table(STATE)?;
    transaction.open_table(TREE)?;
    for table in [HEADERS, TRANSACTIONS, EVENTS, SECTIONS] {
        transaction.open_table(table)?;
    }
    transaction.open_table(BLOBS)?;
    transaction.open_table(BLOCK_INDEX)?;
    transaction.open_table(TRANSACTION_INDEX)?;
    Ok(FORMAT)
}

pub(super) fn blob_value(last_used: Height, bytes: &[u8]) -> Vec<u8> {
    [last_used.0.to_le_bytes().as_slice(), bytes].concat()
}

pub(super) fn blob_last_used(value: &[u8]) -> Height {
    let stamp = value.first_chunk::<8>().copied().unwrap_or_default();
    Height(u64::from_le_bytes(stamp))
}

pub(super) fn blob_bytes(value: &[u8]) -> &[u8] {
    value.get(8..).unwrap_or_default()
}

/// The oldest section of blobs below a height.
pub(super) fn first_section(
    sections: &impl ReadableTable<u64, Bytes>,
    below: Height,
) -> Result<Option<(Height, Vec<BlobId>)>, StoreError> {
    let Some(found) = sections.range(..below.0)?.next() else {
        return Ok(None);
    };
    let (height, ids) = found?;
    let height = Height(height.value());
    let ids = codec::decode(ids.value(), usize::MAX).map_err(|error| StoreError::Corrupt {
        key: format!("the blobs of block {height}"),
        reason: error.to_string(),
    })?;
    Ok(Some((height, ids)))
}
