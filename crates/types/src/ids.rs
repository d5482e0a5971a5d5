//! Identities: 32-byte hashes that can't be taken for one another.

use std::fmt;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, Label};

use crate::text_form::{ParseError, json_as_text};

macro_rules! id {
    ($(#[$doc:meta])* $type:ident, $expected:literal) => {
        $(#[$doc])*
        #[derive(
            Clone,
            Copy,
            PartialEq,
            Eq,
            PartialOrd,
            Ord,
            Hash,
            Default,
            BorshSerialize,
            BorshDeserialize,
        )]
        pub struct $type(pub Digest);

        impl $type {
            /// The 32 bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 32] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $type {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse()
                    .map(Self)
                    .map_err(|_| ParseError::new($expected, text))
            }
        }

        json_as_text!($type);
    };
}

id!(
    /// A chain: the hash of its genesis document.
    ChainId,
    "a chain id (64 hexadecimal digits)"
);
id!(
    /// A transaction: the hash of its content without signatures.
    TransactionId,
    "a transaction id (64 hexadecimal digits)"
);
id!(
    /// A block: the hash of its header.
    BlockId,
    "a block id (64 hexadecimal digits)"
);
id!(
    /// A set of validators.
    ValidatorSetId,
    "a validator set id (64 hexadecimal digits)"
);
id!(
    /// A blob: the hash of its bytes.
    BlobId,
    "a blob id (64 hexadecimal digits)"
);
id!(
    /// A model: the hash of its canonical verifying key.
    ModelId,
    "a model id (64 hexadecimal digits)"
);
id!(
    /// A job: the hash of the order that opened it.
    JobId,
    "a job id (64 hexadecimal digits)"
);
id!(
    /// A salted commitment to a job's input.
    InputCommitment,
    "an input commitment (64 hexadecimal digits)"
);
id!(
    /// What a toll is paid for; made by the gate that asks for it.
    TollNonce,
    "a toll's nonce (64 hexadecimal digits)"
);

id!(
    /// What a member shows of its secret to be in a group; an element of the proof system's field.
    Commitment,
    "a commitment (64 hexadecimal digits)"
);
id!(
    /// The root of a group's tree.
    GroupRoot,
    "a root (64 hexadecimal digits)"
);
id!(
    /// What a member shows in one scope, always the same there.
    Nullifier,
    "a nullifier (64 hexadecimal digits)"
);
id!(
    /// A login provider as an authority keeps it: the hash of the authority that registered it and of its name.
    LoginIssuerId,
    "an issuer id (64 hexadecimal digits)"
);

impl BlobId {
    /// The identity of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Digest::of(Label::Blob, bytes))
    }
}

impl JobId {
    /// The job that a transaction's message opens; known before it is sent.
    #[must_use]
    pub fn of(transaction: TransactionId, message_index: u32) -> Self {
        Self(Digest::of_value(Label::Job, &(transaction, message_index)))
    }
}
