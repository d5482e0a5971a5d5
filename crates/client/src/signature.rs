//! Says who asks, for the few routes that only some may use: one header, signed, soon out of date.
//!
//! `Authorization: Lilliput KEY:EXPIRES:SIGNATURE` with the public key and the signature in
//! hexadecimal and the expiry in milliseconds since 1970. Signed are, in canonical encoding: chain,
//! method, path, expiry and the BLAKE3 hash of the body.

use std::str::FromStr;

use lilliput_crypto::{Digest, Label, PublicKey, SecretKey, Signature};
use lilliput_types::{AccountKey, Address, BlobId, ChainId};

/// How long a signature is good for.
pub const REQUEST_VALID_MS: u64 = 60_000;
const SCHEME: &str = "Lilliput ";

/// The parsed header.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestSignature {
    key: PublicKey,
    expires_ms: u64,
    signature: Signature,
}

/// Why a request's signature was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestSignatureError {
    /// Not the header described here.
    #[error("the Authorization header isn't `Lilliput KEY:EXPIRES:SIGNATURE`")]
    Malformed,
    /// Too old, or dated too far ahead.
    #[error("the request's signature has expired or is dated too far ahead")]
    Expired,
    /// Signed by another key, or for another request.
    #[error("the request's signature doesn't match the request")]
    Wrong,
}

impl RequestSignature {
    /// Signs a request at a time in milliseconds since 1970.
    #[must_use]
    pub fn sign(
        secret: &SecretKey,
        chain: ChainId,
        method: &str,
        path: &str,
        body: &[u8],
        now_ms: u64,
    ) -> Self {
        let expires_ms = now_ms.saturating_add(REQUEST_VALID_MS);
        Self {
            key: secret.public_key(),
            expires_ms,
            signature: secret.sign(&sign_bytes(chain, method, path, expires_ms, body)),
        }
    }

    /// Checks the signature and gives the account that asks.
    ///
    /// # Errors
    /// When it is out of date or of something else.
    pub fn check(
        &self,
        chain: ChainId,
        method: &str,
        path: &str,
        body: &[u8],
        now_ms: u64,
    ) -> Result<Address, RequestSignatureError> {
        let latest = now_ms.saturating_add(2 * REQUEST_VALID_MS);
        if self.expires_ms < now_ms || self.expires_ms > latest {
            return Err(RequestSignatureError::Expired);
        }
        let message = sign_bytes(chain, method, path, self.expires_ms, body);
        self.key
            .verify(&message, &self.signature)
            .map_err(|_| RequestSignatureError::Wrong)?;
        Ok(AccountKey::Ed25519(self.key).address())
    }

    /// The header's value.
    #[must_use]
    pub fn to_header(&self) -> String {
        format!(
            "{SCHEME}{}:{}:{}",
            self.key, self.expires_ms, self.signature
        )
    }
}

impl FromStr for RequestSignature {
    type Err = RequestSignatureError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = RequestSignatureError::Malformed;
        let mut parts = text.strip_prefix(SCHEME).ok_or(malformed)?.splitn(3, ':');
        let mut part = || parts.next().ok_or(malformed);
        Ok(Self {
            key: part()?.parse().map_err(|_| malformed)?,
            expires_ms: part()?.parse().map_err(|_| malformed)?,
            signature: part()?.parse().map_err(|_| malformed)?,
        })
    }
}

fn sign_bytes(chain: ChainId, method: &str, path: &str, expires_ms: u64, body: &[u8]) -> [u8; 32] {
    let body = BlobId::of(body);
    Digest::of_value(Label::RequestSign, &(chain, method, path, expires_ms, body)).0
}
