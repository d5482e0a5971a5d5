//! ID tokens of OpenID Connect, checked without a network or a clock.
//!
//! | module | purpose |
//! |---|---|
//! | `token` | a signed token taken apart; which algorithm and key it names |
//! | `keys` | keys and key sets (JWK, JWK set) |
//! | `signature` | RS256 and ES256 |
//! | `claims` | what a token says, and what it has to say |
//! | `binding` | the nonce that ties a token to an ephemeral key, and the seed that ties an account to a salt |
//! | `json` | JSON in which no name stands twice |
//!
//! Invariants: a key has one algorithm and is used with no other, whatever the token says; every part is bounded before it
//! is decoded; base64 is canonical; what isn't understood (`crit`, other algorithms, other kinds of keys) is refused. The time
//! is the caller's. Nothing here fetches a key.
#![warn(missing_docs)]

mod binding;
mod claims;
mod error;
mod json;
mod keys;
mod signature;
mod token;

pub use binding::{nonce, salt_seed};
pub use claims::{AGE_MAX_S, AUDIENCES_MAX, Claims, Expectations, SKEW_S, TEXT_LEN_MAX};
pub use error::OidcError;
pub use keys::{
    KEY_ID_LEN_MAX, KEY_SET_LEN_MAX, KEYS_MAX, Key, KeySet, MODULUS_LEN_MAX, MODULUS_LEN_MIN,
    NamedKey,
};
pub use token::{TOKEN_LEN_MAX, Token};

/// Checks a token in full: form, signature by a key of the set, claims, times. Gives what it says.
///
/// `now_s` is the time in seconds since 1970 that `exp`, `iat` and `nbf` are held against, give or take [`SKEW_S`].
///
/// # Errors
/// One variant for each thing that can be wrong.
pub fn verify(
    token: &str,
    keys: &KeySet,
    expected: &Expectations<'_>,
    now_s: u64,
) -> Result<Claims, OidcError> {
    let token = Token::parse(token)?;
    let key = keys
        .find(token.key_id())
        .ok_or_else(|| OidcError::UnknownKey {
            key_id: token.key_id().to_owned(),
        })?;
    token.verify(key, expected, now_s)
}
