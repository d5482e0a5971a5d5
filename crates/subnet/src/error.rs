//! Why a member of a subnet can't go on.

use std::net::SocketAddr;
use std::path::PathBuf;

use lilliput_client::ClientError;
use lilliput_crypto::RandomError;
use lilliput_crypto::private_file::PrivateFileError;
use lilliput_types::subnet::Scorer;
use lilliput_types::{Address, AmountError, BoundError, SubnetId};

/// Why a member of a subnet can't go on.
#[derive(Debug, thiserror::Error)]
pub enum SubnetError {
    /// The node is away or says no.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Not a member.
    #[error("{account} isn't a member of subnet {subnet}: register first")]
    NotMember {
        /// Who.
        account: Address,
        /// Of what.
        subnet: SubnetId,
    },
    /// The subnet wants other answers than labels.
    #[error("subnet {subnet} scores by {scorer:?}, labels need exact_match")]
    Scorer {
        /// Which subnet.
        subnet: SubnetId,
        /// How it scores.
        scorer: Scorer,
    },
    /// The model isn't a classifier of one grey picture.
    #[error("the model {name:?} is no classifier: it has {inputs} inputs and {outputs} outputs")]
    Model {
        /// Its name.
        name: String,
        /// How many inputs it takes.
        inputs: usize,
        /// How many outputs it gives.
        outputs: usize,
    },
    /// The address can't be listened on.
    #[error("can't listen on {address}: {source}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// No threads, no timers.
    #[error("the operating system gives no threads: {0}")]
    Threads(std::io::Error),
    /// A folder can't be made or read.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// A kept round can't be written or read.
    #[error(transparent)]
    Private(#[from] PrivateFileError),
    /// A kept round is damaged.
    #[error("{path} is damaged: {source}", path = path.display())]
    Journal {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        source: serde_json::Error,
    },
    /// The answers can't be made into a row.
    #[error("the answers can't be scored: {0}")]
    Score(String),
    /// The operating system gives no randomness.
    #[error(transparent)]
    Random(#[from] RandomError),
    /// A text or list beyond what a message takes.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// An amount out of range.
    #[error(transparent)]
    Amount(#[from] AmountError),
}
