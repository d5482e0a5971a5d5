//! Tokens by which the owner of a lease lets somebody reach it: JWTs that the owner signs, with the claims of Akash's AEP-64
//! (`specs/gateway.md`).
//!
//! The header's algorithm chooses nothing: it must be the one that the key's kind has, and the key must be the issuer's.

mod claims;
mod issue;
mod key;
#[cfg(test)]
mod tests;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_types::Address;
use serde::Deserialize;

pub use claims::{Access, Claims, Deployment, LeaseId, Leases, Permission, Scope, Wanted};
pub use issue::issue;
pub use key::{IssuerKey, SigningKey};

/// Letters of a token.
pub const TOKEN_LEN_MAX: usize = 16 << 10;
/// How long a token may be good for, in seconds.
pub const LIFETIME_MAX_S: u64 = 24 * 3600;
/// How far two clocks may differ, in seconds.
pub const SKEW_MAX_S: u64 = 30;

/// Why a token isn't accepted. Nothing of the token is repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// No token.
    #[error("no token: send the header authorization: Bearer TOKEN")]
    Missing,
    /// Longer than any honest one.
    #[error("the token is longer than {TOKEN_LEN_MAX} letters")]
    TooLong,
    /// Not three parts of base64url, or no JSON in them.
    #[error("the token is no JWT: {0}")]
    Form(&'static str),
    /// An algorithm that isn't offered, or isn't the key's.
    #[error("the token's algorithm is not the one of its key: EdDSA for 32 bytes, ES256K for 33")]
    Algorithm,
    /// The key isn't the issuer's.
    #[error("the token's key is not the key of its issuer")]
    Issuer,
    /// A signature by somebody else, or over something else.
    #[error("the token's signature is wrong")]
    Signature,
    /// Its claims contradict each other.
    #[error("the token's claims make no sense: {0}")]
    Claims(&'static str),
    /// It isn't good yet.
    #[error("the token isn't good yet: look at both clocks")]
    Early,
    /// It isn't good any more.
    #[error("the token has expired: make a new one")]
    Expired,
    /// It is good for too long.
    #[error("the token is good for more than {LIFETIME_MAX_S} seconds: make it shorter")]
    LongLived,
    /// It doesn't reach so far.
    #[error("the token doesn't allow this: it needs the scope {0}")]
    Scope(Scope),
    /// The lease is somebody else's.
    #[error("the token's issuer doesn't own this lease")]
    Owner,
}

/// Who issued a token, and what it allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Who.
    pub issuer: Address,
    claims: Claims,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<serde_json::Value>,
}

/// Checks everything about a token that doesn't depend on what is asked.
///
/// # Errors
/// With the first thing that is wrong.
pub fn verify(token: &str, now_s: u64) -> Result<Verified, TokenError> {
    if token.len() > TOKEN_LEN_MAX {
        return Err(TokenError::TooLong);
    }
    let mut parts = token.split('.');
    let (Some(header), Some(payload), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(TokenError::Form("it hasn't three parts"));
    };
    let key = read_header(header)?;
    let signed = token.len() - signature.len() - 1;
    key.verify(&token.as_bytes()[..signed], &decode(signature)?)?;
    let claims: Claims = serde_json::from_slice(&decode(payload)?)
        .map_err(|_| TokenError::Form("its claims can't be read"))?;
    claims.check()?;
    if claims.iss != key.address().to_string() {
        return Err(TokenError::Issuer);
    }
    check_times(&claims, now_s)?;
    Ok(Verified {
        issuer: key.address(),
        claims,
    })
}

fn read_header(part: &str) -> Result<IssuerKey, TokenError> {
    let header: Header = serde_json::from_slice(&decode(part)?)
        .map_err(|_| TokenError::Form("its header can't be read"))?;
    if header
        .typ
        .is_some_and(|typ| !typ.eq_ignore_ascii_case("jwt"))
    {
        return Err(TokenError::Form("its type is another"));
    }
    if header.crit.is_some() {
        return Err(TokenError::Form("it asks for what isn't understood here"));
    }
    let key = header
        .kid
        .ok_or(TokenError::Form("its header names no key as kid"))?;
    let key = IssuerKey::read(&key)?;
    if header.alg != key.algorithm() {
        return Err(TokenError::Algorithm);
    }
    Ok(key)
}

fn check_times(claims: &Claims, now_s: u64) -> Result<(), TokenError> {
    let start = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    if start > now_s.saturating_add(SKEW_MAX_S) {
        return Err(TokenError::Early);
    }
    if claims.exp <= now_s {
        return Err(TokenError::Expired);
    }
    if claims.exp.saturating_sub(claims.iat) > LIFETIME_MAX_S {
        return Err(TokenError::LongLived);
    }
    Ok(())
}

impl Verified {
    /// Whether the token allows what is wanted at this provider.
    ///
    /// # Errors
    /// With the scope that it would need.
    pub fn allows(&self, wanted: &Wanted<'_>) -> Result<(), TokenError> {
        if self.claims.leases.allows(wanted) {
            Ok(())
        } else {
            Err(TokenError::Scope(wanted.scope))
        }
    }
}

fn decode(part: &str) -> Result<Vec<u8>, TokenError> {
    let decoded = URL_SAFE_NO_PAD.decode(part);
    decoded.map_err(|_| TokenError::Form("a part is no base64url"))
}
