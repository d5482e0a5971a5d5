//! The two algorithms: RS256 and ES256 (RFC 7518).

use p256::ecdsa::signature::Verifier;
use rsa::BoxedUint;
use sha2::Sha256;

use crate::error::OidcError;
use crate::keys::Key;

/// The exponent of every RSA key.
const EXPONENT: u64 = 65_537;

/// Checks a signature over `message`.
pub(crate) fn check(key: &Key, message: &[u8], signature: &[u8]) -> Result<(), OidcError> {
    let good = match key {
        Key::Rs256 { modulus } => rs256(modulus, message, signature),
        Key::Es256 { x, y } => es256(x, y, message, signature),
    };
    good.ok_or(OidcError::Signature)
}

fn rs256(modulus: &[u8], message: &[u8], signature: &[u8]) -> Option<()> {
    // As long as the modulus: a shorter or longer one would be a second encoding.
    if signature.len() != modulus.len() {
        return None;
    }
    let bits = u32::try_from(modulus.len()).ok()?.checked_mul(8)?;
    let modulus = BoxedUint::from_be_slice(modulus, bits).ok()?;
    let key = rsa::PublicKey::new(modulus, BoxedUint::from(EXPONENT)).ok()?;
    let signature = rsa::pkcs1v15::Signature::try_from(signature).ok()?;
    let key = rsa::pkcs1v15::VerifyingKey::<Sha256>::new(key);
    key.verify(message, &signature).ok()
}

fn es256(x: &[u8; 32], y: &[u8; 32], message: &[u8], signature: &[u8]) -> Option<()> {
    let key = point(x, y).ok()?;
    let signature = p256::ecdsa::Signature::from_slice(signature).ok()?;
    key.verify(message, &signature).ok()
}

/// The key at a point of the curve.
pub(crate) fn point(x: &[u8; 32], y: &[u8; 32]) -> Result<p256::ecdsa::VerifyingKey, &'static str> {
    let mut bytes = [4; 65];
    bytes[1..33].copy_from_slice(x);
    bytes[33..].copy_from_slice(y);
    p256::ecdsa::VerifyingKey::from_sec1_bytes(&bytes).map_err(|_| "it isn't a point of P-256")
}
