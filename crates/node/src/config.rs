//! How a node is started.

use std::net::SocketAddr;
use std::path::PathBuf;

use lilliput_crypto::SecretKey;
use lilliput_modules::Genesis;

/// What a node is started with.
pub struct Config {
    /// The folder that is the node's alone.
    pub data: PathBuf,
    /// Where to listen; port 0 takes any that is free.
    pub listen: SocketAddr,
    /// Names under which browsers may reach it, besides the loopback names: `HOST` or `HOST:PORT`.
    pub hosts: Vec<String>,
    /// The document the chain begins with.
    pub genesis: Genesis,
    /// The key that signs blocks.
    pub validator: SecretKey,
    /// The wallet that the page may spend from, if any.
    pub wallet: Option<DevelopmentWallet>,
}

/// Play money for the page of a development network.
#[derive(Clone)]
pub struct DevelopmentWallet {
    /// Its key.
    pub secret: SecretKey,
    /// The secret in the page's address: whoever has it may spend.
    pub token: String,
}
