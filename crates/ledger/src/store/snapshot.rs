//! Reading one version of the database.

use borsh::BorshDeserialize;
use lilliput_crypto::StateProof;
use lilliput_types::{
    BlobId, Block, BlockEvents, BlockId, Height, List, Receipt, SignedHeader, SignedTransaction,
    TransactionId, codec,
};
use redb::{ReadTransaction, ReadableTable, TableDefinition};
use serde::Serialize;

use super::tables::{
    BLOBS, BLOCK_INDEX, EVENTS, HEADERS, STATE, TRANSACTION_INDEX, TRANSACTIONS, TREE, blob_bytes,
};
use crate::error::StoreError;
use crate::state::StateReader;
use crate::tree;

/// The database as one block left it.
pub struct Snapshot {
    transaction: ReadTransaction,
}

/// Where a transaction is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct TransactionLocation {
    /// The block.
    pub height: Height,
    /// Place in the block, from zero.
    pub index: u32,
}

/// A value of the state and the proof against the newest header.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ProvenValue {
    /// The header whose state root the proof is against.
    pub header: SignedHeader,
    /// The value; none if the key has none.
    pub value: Option<Vec<u8>>,
    /// The proof of either.
    pub proof: StateProof,
}

impl Snapshot {
    pub(super) const fn new(transaction: ReadTransaction) -> Self {
        Self { transaction }
    }

    /// The newest header; none before the genesis is written.
    ///
    /// # Errors
    /// When the database fails.
    pub fn head(&self) -> Result<Option<SignedHeader>, StoreError> {
        let table = self.transaction.open_table(HEADERS)?;
        let Some((height, bytes)) = table.last()? else {
            return Ok(None);
        };
        decode(&format!("header {}", height.value()), bytes.value()).map(Some)
    }

    /// The header of a height.
    ///
    /// # Errors
    /// When the database fails.
    pub fn header(&self, height: Height) -> Result<Option<SignedHeader>, StoreError> {
        self.at_height(HEADERS, height)
    }

    /// The height of a block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn height_of(&self, block: BlockId) -> Result<Option<Height>, StoreError> {
        let table = self.transaction.open_table(BLOCK_INDEX)?;
        let found = table.get(block.as_bytes())?;
        Ok(found.map(|height| Height(height.value())))
    }

    /// The transactions of a block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn transactions(
        &self,
        height: Height,
    ) -> Result<Option<Vec<SignedTransaction>>, StoreError> {
        self.at_height(TRANSACTIONS, height)
    }

    /// What a block caused.
    ///
    /// # Errors
    /// When the database fails.
    pub fn events(&self, height: Height) -> Result<Option<BlockEvents>, StoreError> {
        self.at_height(EVENTS, height)
    }

    /// A whole block; none if it isn't there or its blobs were pruned.
    ///
    /// # Errors
    /// When the database fails.
    pub fn block(&self, height: Height) -> Result<Option<Block>, StoreError> {
        let (Some(header), Some(transactions)) = (self.header(height)?, self.transactions(height)?)
        else {
            return Ok(None);
        };
        let corrupt = |error: &dyn std::error::Error| StoreError::Corrupt {
            key: format!("block {height}"),
            reason: error.to_string(),
        };
        let mut blobs = Vec::new();
        for id in transactions
            .iter()
            .flat_map(|signed| signed.transaction.blobs())
        {
            let Some(bytes) = self.blob(id)? else {
                return Ok(None);
            };
            blobs.push(lilliput_types::Blob::new(bytes).map_err(|error| corrupt(&error))?);
        }
        Ok(Some(Block {
            header,
            transactions: List::new(transactions).map_err(|error| corrupt(&error))?,
            blobs: List::new(blobs).map_err(|error| corrupt(&error))?,
        }))
    }

    /// Where a transaction is, if it is in a block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn locate(&self, id: TransactionId) -> Result<Option<TransactionLocation>, StoreError> {
        let table = self.transaction.open_table(TRANSACTION_INDEX)?;
        let found = table.get(id.as_bytes())?;
        Ok(found.map(|place| {
            let (height, index) = place.value();
            TransactionLocation {
                height: Height(height),
                index,
            }
        }))
    }

    /// A transaction with its receipt and place.
    ///
    /// # Errors
    /// When the database fails.
    pub fn transaction(
        &self,
        id: TransactionId,
    ) -> Result<Option<(TransactionLocation, SignedTransaction, Receipt)>, StoreError> {
        let Some(place) = self.locate(id)? else {
            return Ok(None);
        };
        let at = place.index as usize;
        let signed = self
            .transactions(place.height)?
            .and_then(|all| all.into_iter().nth(at));
        let receipt = self
            .events(place.height)?
            .and_then(|events| events.receipts.into_iter().nth(at));
        Ok(signed
            .zip(receipt)
            .map(|(signed, receipt)| (place, signed, receipt)))
    }

    /// The nonce that an account's next transaction must have.
    ///
    /// # Errors
    /// When the database fails.
    pub fn next_nonce(
        &self,
        address: lilliput_types::Address,
    ) -> Result<lilliput_types::Nonce, StoreError> {
        crate::pipeline::next_nonce(self, address)
    }

    /// Proves the value under a key, or its absence, against the newest header.
    ///
    /// # Errors
    /// When the database fails or has no block.
    pub fn prove(&self, key: &str) -> Result<ProvenValue, StoreError> {
        let header = self.head()?.ok_or_else(|| StoreError::Corrupt {
            key: "the newest header".to_owned(),
            reason: "there is no block".to_owned(),
        })?;
        let value = self.get(key)?;
        let table = self.transaction.open_table(TREE)?;
        let proof = tree::prove(&table, header.header.height.0, key, value.clone())?;
        Ok(ProvenValue {
            header,
            value,
            proof,
        })
    }

    /// How many nodes the state tree has.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tree_len(&self) -> Result<u64, StoreError> {
        use redb::ReadableTableMetadata;
        Ok(self.transaction.open_table(TREE)?.len()?)
    }

    fn at_height<T: BorshDeserialize>(
        &self,
        table: TableDefinition<'static, u64, &'static [u8]>,
        height: Height,
    ) -> Result<Option<T>, StoreError> {
        let opened = self.transaction.open_table(table)?;
        let found = opened.get(height.0)?;
        let value = found.map(|bytes| decode(&format!("block {height}"), bytes.value()));
        value.transpose()
    }
}

impl StateReader for Snapshot {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        let table = self.transaction.open_table(STATE)?;
        Ok(table.get(key)?.map(|value| value.value().to_vec()))
    }

    fn first(&self, from: &str, end: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        if from >= end {
            return Ok(None);
        }
        let table = self.transaction.open_table(STATE)?;
        let found = table.range(from..end)?.next().transpose()?;
        Ok(found.map(|(key, value)| (key.value().to_owned(), value.value().to_vec())))
    }

    fn blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        let table = self.transaction.open_table(BLOBS)?;
        let found = table.get(id.as_bytes())?;
        Ok(found.map(|value| blob_bytes(value.value()).to_vec()))
    }
}

/// What we wrote ourselves has no limit of length.
fn decode<T: BorshDeserialize>(key: &str, bytes: &[u8]) -> Result<T, StoreError> {
    codec::decode(bytes, usize::MAX).map_err(|error| StoreError::Corrupt {
        key: key.to_owned(),
        reason: error.to_string(),
    })
}
