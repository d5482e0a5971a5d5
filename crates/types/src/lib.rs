//! The vocabulary of the ledger: what is said on the wire, stored in the state and shown by the API.
//!
//! Every type here has one canonical binary form ([borsh](https://borsh.io), read by
//! [`codec::decode`]) and one JSON form. It does no I/O and holds no rules beyond what makes a value
//! well-formed; the rules live in the ledger and its modules.
//!
//! | module | purpose |
//! |---|---|
//! | [`codec`] | canonical decoding with limits |
//! | [`bank`], [`registry`], [`provider`], [`job`], [`subnet`], [`tournament`], [`prices`], [`identity`], [`login`], [`market`] | messages, events and records of each module |
//! | everything else | named below |
//!
//! Invariants: one value, one encoding, trailing bytes refused; each list and text has a named
//! maximum; amounts never wrap. In JSON, ids and addresses are strings, numbers are numbers, and an
//! amount is a number below 2^53 and a decimal string from there on.
#![warn(missing_docs)]

mod address;
mod amount;
mod asset;
pub mod bank;
mod block;
mod bounded;
pub mod codec;
mod event;
mod holder;
pub mod identity;
mod ids;
pub mod job;
pub mod login;
pub mod market;
mod message;
mod number;
pub mod prices;
pub mod provider;
pub mod registry;
mod segment;
mod signer;
pub mod storage;
pub mod subnet;
mod text_form;
pub mod tournament;
mod transaction;

pub use address::{AccountKey, AccountSignature, Address};
pub use amount::{Amount, AmountError};
pub use asset::{AssetId, Symbol};
pub use block::{
    BLOCK_BLOB_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, Block, BlockEvents, Header, Outcome, Receipt,
    SignedHeader, VALIDATORS_MAX, Validator, ValidatorSet,
};
pub use bounded::{BoundError, List, Text};
pub use event::Event;
pub use holder::Holder;
pub use ids::{
    BlobId, BlockId, ChainId, Commitment, GroupRoot, InputCommitment, JobId, LoginIssuerId,
    ModelId, Nullifier, TollNonce, TransactionId, ValidatorSetId,
};
pub use message::Message;
pub use number::{
    BasisPoints, DurationMs, Epoch, Height, Nonce, Registration, SubnetEpoch, SubnetId, TimeMs,
};
pub use segment::Segment;
pub use signer::{SessionKey, Signer};
pub use text_form::ParseError;
pub use transaction::{
    BLOB_LEN_MAX, Blob, MESSAGES_MAX, SUBMISSION_BLOB_BYTES_MAX, SUBMISSION_LEN_MAX,
    SignedTransaction, Submission, TRANSACTION_LEN_MAX, Transaction, TransactionError,
};
