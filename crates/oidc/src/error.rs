//! What can be wrong with a token or a key set.

/// One variant for each cause.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OidcError {
    /// Longer than allowed.
    #[error("the {what} has {got} bytes, at most {max}")]
    TooLong {
        /// Of what.
        what: &'static str,
        /// The limit.
        max: usize,
        /// The length found.
        got: usize,
    },
    /// Not three parts with dots between.
    #[error("a token is three parts with dots between, got {parts}")]
    Parts {
        /// How many.
        parts: usize,
    },
    /// Not canonical base64url without padding.
    #[error("the {what} isn't canonical base64url without padding")]
    Base64 {
        /// Of what.
        what: &'static str,
    },
    /// Not JSON as it is understood here.
    #[error("the {what} isn't JSON with each name once: {reason}")]
    Json {
        /// Of what.
        what: &'static str,
        /// What the parser said.
        reason: String,
    },
    /// Something is missing or of another type.
    #[error("`{name}` of the {what} must be {expected}")]
    Field {
        /// Of what.
        what: &'static str,
        /// Which name.
        name: &'static str,
        /// What it has to be.
        expected: &'static str,
    },
    /// An algorithm that isn't taken, `none` among them.
    #[error("algorithm {got:?} isn't taken, only RS256 and ES256")]
    Algorithm {
        /// What the token names.
        got: String,
    },
    /// The key is for another algorithm than the token names.
    #[error("the token says {token}, its key is for {key}")]
    AlgorithmOfKey {
        /// The token's.
        token: &'static str,
        /// The key's.
        key: &'static str,
    },
    /// The header demands an extension.
    #[error("the header demands extensions (`crit`), none is understood")]
    Critical,
    /// Not an ID token.
    #[error("the token's type is {got:?}, expected JWT")]
    Type {
        /// What the header says.
        got: String,
    },
    /// No key of that name.
    #[error("no key named {key_id:?}; publish the issuer's newest key set")]
    UnknownKey {
        /// What the token names.
        key_id: String,
    },
    /// A key that can't be used.
    #[error("key {key_id:?}: {reason}")]
    Key {
        /// Which.
        key_id: String,
        /// Why.
        reason: &'static str,
    },
    /// Two keys of one name.
    #[error("two keys are named {key_id:?}")]
    KeyTwice {
        /// The name.
        key_id: String,
    },
    /// No key that could check a signature.
    #[error("the key set has no RS256 or ES256 key with a name")]
    NoKey,
    /// Too many keys.
    #[error("the key set has {got} keys, at most {max}")]
    TooManyKeys {
        /// The limit.
        max: usize,
        /// How many.
        got: usize,
    },
    /// The signature doesn't match.
    #[error("the token's signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("the token is by {got:?}, expected {expected:?}")]
    Issuer {
        /// Whose it has to be.
        expected: String,
        /// Whose it is.
        got: String,
    },
    /// For someone else.
    #[error("the token isn't made for {expected:?} alone")]
    Audience {
        /// Who asks.
        expected: String,
    },
    /// Bound to something else.
    #[error("the token's nonce isn't the one expected")]
    Nonce,
    /// Too old.
    #[error("the token expired at {expired_s}, it is {now_s}")]
    Expired {
        /// Its `exp`.
        expired_s: u64,
        /// Now.
        now_s: u64,
    },
    /// From the future.
    #[error("the token counts from {from_s} on, it is {now_s}")]
    Early {
        /// Its `iat` or `nbf`.
        from_s: u64,
        /// Now.
        now_s: u64,
    },
    /// Good for longer than any token should be.
    #[error("the token is good for {got_s} s, at most {max_s}")]
    LivesTooLong {
        /// The limit.
        max_s: u64,
        /// From `iat` to `exp`.
        got_s: u64,
    },
}
