//! What can go wrong, one variant for each cause.

use lilliput_types::{Amount, ChainId, Height, Nonce, TransactionError};

/// A message is refused by the rules of its module.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Refusal {
    /// A stable name, like `bank.insufficient_balance`.
    pub code: &'static str,
    /// The reason for people.
    pub reason: String,
}

/// The database failed. Never part of a block's outcome: execution stops.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// Reading or writing failed.
    #[error("the database failed: {0}")]
    Database(String),
    /// What is stored can't be what was written.
    #[error("the database is damaged at {key}: {reason}")]
    Corrupt {
        /// Where.
        key: String,
        /// What is wrong.
        reason: String,
    },
}

/// Why a transaction can't enter a block now. Nothing was charged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Wrong by itself.
    #[error(transparent)]
    Transaction(#[from] TransactionError),
    /// A message is wrong by itself.
    #[error("message {index}: {refusal}")]
    Message {
        /// Which, from zero.
        index: usize,
        /// Why.
        refusal: Refusal,
    },
    /// Too late.
    #[error("the transaction expired at height {expires_at}, this is {height}")]
    Expired {
        /// The last height it could enter.
        expires_at: Height,
        /// The height of the next block.
        height: Height,
    },
    /// Was in a block already, or another of the same nonce was.
    #[error("nonce {got} was used, the next is {expected}")]
    NonceUsed {
        /// The account's next nonce.
        expected: Nonce,
        /// The transaction's.
        got: Nonce,
    },
    /// Earlier ones are missing.
    #[error("nonce {got} is ahead, the next is {expected}")]
    NonceAhead {
        /// The account's next nonce.
        expected: Nonce,
        /// The transaction's.
        got: Nonce,
    },
    /// The key that signed may not sign for the account.
    #[error("the key may not sign for this account: {0}")]
    Session(Refusal),
    /// The signer doesn't allow the fee that the schedule asks.
    #[error("the fee is {fee}, the transaction allows {fee_max}")]
    FeeTooLow {
        /// What the schedule asks.
        fee: Amount,
        /// What the transaction allows.
        fee_max: Amount,
    },
    /// The payer can't pay the fee.
    #[error("the fee cannot be paid: {0}")]
    FeeUnpaid(Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a transaction handed to the engine is not in a block.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmitError {
    /// The rules refuse it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// Too many are waiting.
    #[error("{waiting} transactions are waiting, try again later")]
    Busy {
        /// How many.
        waiting: usize,
    },
    /// The block couldn't be stored; nothing happened.
    #[error("the block could not be stored: {0}")]
    Store(#[from] StoreError),
}

/// Why a data folder can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it open.
    #[error("another process uses the data folder {folder}")]
    Locked {
        /// Which folder.
        folder: String,
    },
    /// The folder can't be made or read.
    #[error("{folder}: {source}")]
    Folder {
        /// Which folder.
        folder: String,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Written by a version that stores things differently.
    #[error(
        "the data folder was written by another version of lilliput (its format is {got}, this version has {expected}); \
         begin a new chain in another folder, or use that version"
    )]
    Format {
        /// This program's.
        expected: u32,
        /// The folder's.
        got: u32,
    },
    /// It holds another chain.
    #[error("the data folder holds chain {got}, expected {expected}")]
    Chain {
        /// The genesis given.
        expected: ChainId,
        /// The folder's.
        got: ChainId,
    },
    /// The signing key isn't the chain's validator.
    #[error("the validator key does not belong to this chain")]
    Validator,
    /// The genesis itself is refused.
    #[error("the genesis is refused: {0}")]
    Genesis(Refusal),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! from_database {
    ($($error:ty),+) => {
        $(impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                Self::Database(error.to_string())
            }
        })+
    };
}

from_database!(
    redb::TableError,
    redb::StorageError,
    redb::TransactionError,
    redb::CommitError,
    redb::DatabaseError,
    redb::SetDurabilityError
);
