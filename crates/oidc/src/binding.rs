//! What ties a token to an ephemeral key, and an account to a salt.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

const NONCE_LABEL: &[u8] = b"lilliput 2026 v1 login nonce";
const SEED_LABEL: &[u8] = b"lilliput 2026 v1 login salt seed";

/// The nonce to ask a login provider for: a hash of the chain, the ephemeral public key, the key's expiry in milliseconds
/// since 1970, and 32 random bytes, so that the provider learns none of them.
#[must_use]
pub fn nonce(
    chain: &[u8; 32],
    ephemeral_key: &[u8; 32],
    expires_at_ms: u64,
    randomness: &[u8; 32],
) -> String {
    let expiry = expires_at_ms.to_le_bytes();
    let parts: [&[u8]; 4] = [chain, ephemeral_key, &expiry, randomness];
    URL_SAFE_NO_PAD.encode(hash(NONCE_LABEL, &parts))
}

/// The seed of the key that an account's salt stands for. Whoever has one salt for many accounts has an unrelated seed for
/// each.
#[must_use]
pub fn salt_seed(issuer: &str, audience: &str, subject: &str, salt: &[u8; 32]) -> [u8; 32] {
    let parts: [&[u8]; 4] = [
        issuer.as_bytes(),
        audience.as_bytes(),
        subject.as_bytes(),
        salt,
    ];
    hash(SEED_LABEL, &parts)
}

/// SHA-256 over the label and the parts, each behind its length in eight bytes.
fn hash(label: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for part in std::iter::once(&label).chain(parts) {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        hasher.update(length.to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}
