//! What keeps a gate from starting.

use std::io;
use std::net::SocketAddr;

/// Why a gate doesn't start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder can't be used.
    #[error("failed to use the folder {folder}")]
    Folder {
        /// Which.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// The address is taken or can't be listened on.
    #[error("failed to listen on {address}")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The owner's page would be open to others.
    #[error("the owner's page has to be on a loopback address, not on {0}")]
    AdminNotLoopback(SocketAddr),
    /// Threads can't be started.
    #[error("failed to start threads")]
    Threads(#[source] io::Error),
    /// The gate's key can't be read or made.
    #[error("failed to use the gate's key")]
    Key(#[from] lilliput_crypto::private_file::PrivateFileError),
    /// The gate's key is none.
    #[error("the gate's key file holds no key; move it away to get a new one")]
    NoKey,
    /// The page's secret is none.
    #[error("the file page-token holds no secret; move it away to get a new one")]
    NoToken,
    /// The load that the site bears is out of bounds.
    #[error("failed to set up the controller of work and prices")]
    Tariff(#[from] lilliput_fee::SettingsError),
    /// The policy takes payments on the ledger and the gate has none.
    #[error("the policy takes payments on the ledger; name its node with --ledger URL")]
    NoLedger,
    /// The node can't be asked.
    #[error("failed to ask the node")]
    Node(#[from] lilliput_client::ClientError),
    /// Payments can't be taken.
    #[error("failed to set up payments")]
    Toll(#[from] lilliput_toll::TollError),
    /// The list of groups can't be read.
    #[error("failed to read the groups of humans from {file}: {why}")]
    Humans {
        /// Which file.
        file: String,
        /// Why.
        why: String,
    },
    /// No randomness.
    #[error("failed to get randomness")]
    Random(#[from] lilliput_crypto::RandomError),
    /// The log can't be written.
    #[error("failed to open the log of decisions")]
    Log(#[source] io::Error),
    /// Tokens, work and sessions can't be had.
    #[error("failed to open the desk for visitors")]
    Desk(#[from] lilliput_pass::PassError),
}
