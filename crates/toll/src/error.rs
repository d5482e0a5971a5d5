//! What can go wrong by itself, rather than by what a stranger sent.

/// Why something couldn't be done.
#[derive(Debug, thiserror::Error)]
pub enum TollError {
    /// Not an address that an agent can publish keys at.
    #[error("{0:?} is no agent's address, expected https://HOST")]
    Agent(String),
    /// A request that can't be signed.
    #[error("the request can't be signed: a field is missing, or holds more than plain text")]
    Unsignable,
    /// Not an address of an EVM network.
    #[error("{0:?} is no address, expected 0x and 40 hexadecimal digits")]
    EvmAddress(String),
    /// Not a secret key of an EVM network.
    #[error("the secret is no key of an EVM network")]
    EvmKey,
    /// Not an address to ask at.
    #[error("{0:?} is no address, expected http://HOST:PORT or https://HOST")]
    Url(String),
    /// The payments' store.
    #[error(transparent)]
    Store(#[from] crate::payment::StoreError),
    /// No randomness.
    #[error(transparent)]
    Random(#[from] lilliput_crypto::RandomError),
    /// A price above all amounts of an asset.
    #[error("a price of {0} millionths is above all amounts")]
    Price(u64),
}
