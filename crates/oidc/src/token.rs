//! A signed token in its compact form (RFC 7515, RFC 7519), taken apart.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::claims::{Claims, Expectations};
use crate::error::OidcError;
use crate::keys::{KEY_ID_LEN_MAX, Key};
use crate::{json, signature};

/// The longest token.
pub const TOKEN_LEN_MAX: usize = 8 << 10;
/// The longest header, encoded.
const HEADER_LEN_MAX: usize = 2 << 10;
/// The longest signature, encoded: RSA of 4,096 bits.
const SIGNATURE_LEN_MAX: usize = 683;
/// The longest name of an algorithm or a type.
const NAME_LEN_MAX: usize = 32;
const WHAT: &str = "header";

/// A token whose form is right. Nothing it says counts before [`Token::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    algorithm: &'static str,
    key_id: String,
    signed: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
}

impl Token {
    /// Takes a token apart.
    ///
    /// # Errors
    /// When it is too long or malformed, names an algorithm that isn't taken, or demands an extension.
    pub fn parse(token: &str) -> Result<Self, OidcError> {
        json::bounded("token", token, TOKEN_LEN_MAX)?;
        let parts: Vec<&str> = token.split('.').collect();
        let &[header, payload, signature] = parts.as_slice() else {
            let parts = parts.len();
            return Err(OidcError::Parts { parts });
        };
        json::bounded("header", header, HEADER_LEN_MAX)?;
        json::bounded("signature", signature, SIGNATURE_LEN_MAX)?;
        let signed_len = header.len() + 1 + payload.len();
        let (algorithm, key_id) = read_header(&decoded("header", header)?)?;
        Ok(Self {
            algorithm,
            key_id,
            signed: token.as_bytes().iter().take(signed_len).copied().collect(),
            payload: decoded("payload", payload)?,
            signature: decoded("signature", signature)?,
        })
    }

    /// The name of the key that it says it is signed with.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Checks signature, claims and times, and gives what the token says.
    ///
    /// # Errors
    /// One variant for each thing that can be wrong.
    pub fn verify(
        &self,
        key: &Key,
        expected: &Expectations<'_>,
        now_s: u64,
    ) -> Result<Claims, OidcError> {
        if self.algorithm != key.algorithm() {
            return Err(OidcError::AlgorithmOfKey {
                token: self.algorithm,
                key: key.algorithm(),
            });
        }
        signature::check(key, &self.signed, &self.signature)?;
        let claims = Claims::read(&self.payload)?;
        claims.check(expected, now_s)?;
        Ok(claims)
    }

    /// What the token says, **unchecked**: to show it, or to choose an issuer's keys by.
    ///
    /// # Errors
    /// When the payload isn't that of an ID token.
    pub fn unchecked_claims(&self) -> Result<Claims, OidcError> {
        Claims::read(&self.payload)
    }
}

fn decoded(what: &'static str, part: &str) -> Result<Vec<u8>, OidcError> {
    // This engine takes no padding and no stray bits at the end.
    let bytes = URL_SAFE_NO_PAD.decode(part);
    bytes.map_err(|_| OidcError::Base64 { what })
}

fn read_header(bytes: &[u8]) -> Result<(&'static str, String), OidcError> {
    let header = json::object(WHAT, bytes)?;
    let missing = |name, expected| OidcError::Field {
        what: WHAT,
        name,
        expected,
    };
    let algorithm = json::text(WHAT, &header, "alg", NAME_LEN_MAX)?;
    let algorithm = match algorithm.as_deref() {
        Some("RS256") => "RS256",
        Some("ES256") => "ES256",
        Some(other) => {
            let got = other.to_owned();
            return Err(OidcError::Algorithm { got });
        }
        None => return Err(missing("alg", "a string")),
    };
    if header.contains_key("crit") {
        return Err(OidcError::Critical);
    }
    if let Some(got) = json::text(WHAT, &header, "typ", NAME_LEN_MAX)?
        && !got.eq_ignore_ascii_case("JWT")
    {
        return Err(OidcError::Type { got });
    }
    let key_id = json::text(WHAT, &header, "kid", KEY_ID_LEN_MAX)?;
    let key_id = key_id.filter(|name| !name.is_empty());
    let key_id = key_id.ok_or_else(|| missing("kid", "the name of a key"))?;
    Ok((algorithm, key_id))
}
