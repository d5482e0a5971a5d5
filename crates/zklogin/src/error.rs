//! What can be wrong with a login.

/// One variant for each cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ZkLoginError {
    /// Longer or shorter than allowed.
    #[error("the {what} has {got} bytes, {least} to {most}")]
    Length {
        /// Of what.
        what: &'static str,
        /// The least.
        least: usize,
        /// The most.
        most: usize,
        /// The length found.
        got: usize,
    },
    /// Not the prover's answer.
    #[error("not the answer of a zkLogin prover: {0}")]
    Json(String),
    /// A number that has another spelling, or is too large.
    #[error("{what} isn't a canonical number of the field")]
    Number {
        /// Which.
        what: &'static str,
    },
    /// A point that is none.
    #[error("point {what} of the proof isn't in its group")]
    Point {
        /// Which.
        what: &'static str,
    },
    /// A header that isn't one of RS256 with the name of a key.
    #[error("the token's header isn't that of RS256 with a key's name: {reason}")]
    Header {
        /// Why.
        reason: String,
    },
    /// The part of the token that names the issuer can't be read.
    #[error("the issuer can't be read from the token's part: {reason}")]
    Claim {
        /// Why.
        reason: &'static str,
    },
    /// Another issuer.
    #[error("the token is by {got:?}, expected {expected:?}")]
    Issuer {
        /// Whose it has to be.
        expected: String,
        /// Whose it is.
        got: String,
    },
    /// The proof doesn't show the statement.
    #[error("the proof does not hold for this key, epoch, issuer and address seed")]
    Invalid,
}
