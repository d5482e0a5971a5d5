//! Transactions: what is signed, how, and what travels beside it.

use std::fmt;
use std::io::{self, Read};

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label, SecretKey};
use serde::{Deserialize, Serialize};

use crate::bounded::{BoundError, invalid};
use crate::codec::{self, DecodeError};
use crate::{
    AccountKey, AccountSignature, Address, Amount, BlobId, ChainId, Height, List, Message, Nonce,
    Signer, TransactionId,
};

/// The longest signed transaction, without the blobs beside it.
pub const TRANSACTION_LEN_MAX: usize = 64 << 10;
/// The most messages in a transaction.
pub const MESSAGES_MAX: u32 = 16;
/// The longest blob that travels in a block: a verifying key whose graph has as many table entries as a graph
/// may have, 1 MiB of them, and what else is in it; or the proof of a transformer of some layers.
pub const BLOB_LEN_MAX: u32 = 2 << 20;
/// The most bytes of blobs beside one transaction.
pub const SUBMISSION_BLOB_BYTES_MAX: usize = 4 << 20;
/// The longest encoded [`Submission`].
pub const SUBMISSION_LEN_MAX: usize = TRANSACTION_LEN_MAX + SUBMISSION_BLOB_BYTES_MAX + 256;

/// What a signer asks for: a batch of messages that happen all or not at all.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transaction {
    /// The chain it is for.
    pub chain: ChainId,
    /// Who asks.
    pub signer: Signer,
    /// Number of transactions the signer has made before.
    pub nonce: Nonce,
    /// The last height at which it may enter a block.
    pub expires_at: Height,
    /// The most that may be taken as a fee; what is taken follows from the network's schedule.
    pub fee_max: Amount,
    /// Who pays the fee, if not the signer; must sign too.
    pub fee_payer: Option<AccountKey>,
    /// What is asked, in order.
    pub messages: List<Message, MESSAGES_MAX>,
}

/// A transaction with the signatures it needs.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedTransaction {
    /// What is asked.
    pub transaction: Transaction,
    /// The signer's signature.
    pub signature: AccountSignature,
    /// The fee payer's signature, if there is a fee payer.
    pub fee_payer_signature: Option<AccountSignature>,
}

/// Bytes that travel beside a transaction: a verifying key, a proof.
#[derive(Clone, PartialEq, Eq, BorshSerialize)]
pub struct Blob(Vec<u8>);

/// What is handed to a node: a transaction and the blobs that its messages name, each once, in the
/// order in which they are first named.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Submission {
    /// The transaction.
    pub transaction: SignedTransaction,
    /// Its blobs.
    pub blobs: List<Blob, MESSAGES_MAX>,
}

/// What is wrong with a transaction by itself, whatever the state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransactionError {
    /// Bytes that aren't a transaction.
    #[error("not a transaction: {0}")]
    Decode(#[from] DecodeError),
    /// Longer than allowed.
    #[error("the transaction has {got} bytes, at most {max}")]
    TooLong {
        /// The limit.
        max: usize,
        /// The length found.
        got: usize,
    },
    /// Nothing is asked.
    #[error("the transaction has no message")]
    Empty,
    /// For another chain.
    #[error("the transaction is for chain {got}, expected {expected}")]
    Chain {
        /// This chain.
        expected: ChainId,
        /// The transaction's.
        got: ChainId,
    },
    /// The signer didn't sign this.
    #[error("the signature of {signer} is missing or wrong")]
    Signature {
        /// Whose signature.
        signer: Address,
    },
    /// The blobs aren't those that the messages name.
    #[error("the transaction needs {expected} blobs in the order of its messages, got others")]
    Blobs {
        /// How many it needs.
        expected: usize,
    },
    /// Too many bytes in blobs.
    #[error("the blobs have {got} bytes, at most {max}")]
    BlobsTooLong {
        /// The limit.
        max: usize,
        /// The length found.
        got: usize,
    },
}

impl Transaction {
    /// Identity of the transaction; signatures don't change it.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        TransactionId(Digest::of_value(Label::TransactionId, self))
    }

    /// The bytes that signer and fee payer sign.
    #[must_use]
    pub fn sign_bytes(&self) -> [u8; 32] {
        Digest::of_value(Label::TransactionSign, self).0
    }

    /// Signs for a signer who pays the fee alone.
    #[must_use]
    pub fn sign(self, secret: &SecretKey) -> SignedTransaction {
        let signature = AccountSignature::Ed25519(secret.sign(&self.sign_bytes()));
        SignedTransaction {
            transaction: self,
            signature,
            fee_payer_signature: None,
        }
    }

    /// The blobs that must travel along: each once, in the order in which they are first named.
    #[must_use]
    pub fn blobs(&self) -> Vec<BlobId> {
        let mut blobs = Vec::new();
        for blob in self.messages.iter().flat_map(Message::blobs) {
            if !blobs.contains(&blob) {
                blobs.push(blob);
            }
        }
        blobs
    }
}

impl SignedTransaction {
    /// Adds the fee payer's signature.
    #[must_use]
    pub fn sign_as_fee_payer(mut self, secret: &SecretKey) -> Self {
        let signature = secret.sign(&self.transaction.sign_bytes());
        self.fee_payer_signature = Some(AccountSignature::Ed25519(signature));
        self
    }

    /// Who pays the fee.
    #[must_use]
    pub fn fee_payer(&self) -> Address {
        match &self.transaction.fee_payer {
            Some(payer) => payer.address(),
            None => self.transaction.signer.address(),
        }
    }

    /// Checks everything that needs no state: length, chain, signatures.
    ///
    /// # Errors
    /// One variant for each thing that can be wrong.
    pub fn check(&self, chain: ChainId) -> Result<(), TransactionError> {
        let got = codec::encode(self).len();
        if got > TRANSACTION_LEN_MAX {
            let max = TRANSACTION_LEN_MAX;
            return Err(TransactionError::TooLong { max, got });
        }
        if self.transaction.messages.is_empty() {
            return Err(TransactionError::Empty);
        }
        if self.transaction.chain != chain {
            return Err(TransactionError::Chain {
                expected: chain,
                got: self.transaction.chain,
            });
        }
        self.check_signatures()
    }

    fn check_signatures(&self) -> Result<(), TransactionError> {
        let message = self.transaction.sign_bytes();
        let signer = &self.transaction.signer;
        let wrong = |signer: Address| move |_| TransactionError::Signature { signer };
        signer
            .verify(&message, &self.signature)
            .map_err(wrong(signer.address()))?;
        match (&self.transaction.fee_payer, &self.fee_payer_signature) {
            (None, None) => Ok(()),
            (Some(payer), Some(signature)) => payer
                .verify(&message, signature)
                .map_err(wrong(payer.address())),
            (Some(payer), None) => Err(TransactionError::Signature {
                signer: payer.address(),
            }),
            // A signature that no one asked for would be a second encoding of the same thing.
            (None, Some(_)) => Err(TransactionError::Signature {
                signer: signer.address(),
            }),
        }
    }
}

impl Blob {
    /// Takes bytes that aren't too long.
    ///
    /// # Errors
    /// When they are.
    pub fn new(bytes: Vec<u8>) -> Result<Self, BoundError> {
        if bytes.len() > BLOB_LEN_MAX as usize {
            return Err(BoundError::TooLong {
                max: BLOB_LEN_MAX,
                got: bytes.len(),
            });
        }
        Ok(Self(bytes))
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Their identity.
    #[must_use]
    pub fn id(&self) -> BlobId {
        BlobId::of(&self.0)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Blob({}, {} bytes)", self.id(), self.0.len())
    }
}

impl BorshDeserialize for Blob {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let length = u32::deserialize_reader(reader)?;
        if length > BLOB_LEN_MAX {
            return Err(invalid(BoundError::TooLong {
                max: BLOB_LEN_MAX,
                got: length as usize,
            }));
        }
        let mut bytes = Vec::new();
        let read = reader.take(u64::from(length)).read_to_end(&mut bytes)?;
        if read != length as usize {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(Self(bytes))
    }
}

impl Submission {
    /// Reads the wire form.
    ///
    /// # Errors
    /// When the bytes aren't exactly one submission within the limits.
    pub fn decode(bytes: &[u8]) -> Result<Self, TransactionError> {
        Ok(codec::decode(bytes, SUBMISSION_LEN_MAX)?)
    }

    /// The wire form.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        codec::encode(self)
    }

    /// Checks everything that needs no state: the transaction, and that the blobs are those it names.
    ///
    /// # Errors
    /// One variant for each thing that can be wrong.
    pub fn check(&self, chain: ChainId) -> Result<(), TransactionError> {
        self.transaction.check(chain)?;
        let got = self.blobs.iter().map(|blob| blob.0.len()).sum();
        if got > SUBMISSION_BLOB_BYTES_MAX {
            let max = SUBMISSION_BLOB_BYTES_MAX;
            return Err(TransactionError::BlobsTooLong { max, got });
        }
        let expected = self.transaction.transaction.blobs();
        if !self.blobs.iter().map(Blob::id).eq(expected.iter().copied()) {
            return Err(TransactionError::Blobs {
                expected: expected.len(),
            });
        }
        Ok(())
    }
}
