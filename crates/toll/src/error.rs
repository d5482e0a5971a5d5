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
}
