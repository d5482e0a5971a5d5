//! A login provider: keys from a seed, tokens as asked.

use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_oidc::{Claims, Expectations, Key, KeySet, NamedKey, OidcError, verify};
use p256::ecdsa::signature::Signer;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::traits::PublicKeyParts;
use serde_json::{Value, json};
use sha2::Sha256;

pub(crate) const NOW_S: u64 = 1_800_000_000;
pub(crate) const ISSUER: &str = "https://login.example";
pub(crate) const AUDIENCE: &str = "client-1";
pub(crate) const NONCE: &str = "the-nonce";

pub(crate) fn encoded(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn rsa_secret() -> &'static rsa::PrivateKey {
    static SECRET: OnceLock<rsa::PrivateKey> = OnceLock::new();
    SECRET.get_or_init(|| {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        rsa::PrivateKey::new(&mut rng, 2048).unwrap()
    })
}

pub(crate) fn rsa_modulus() -> Vec<u8> {
    rsa_secret().as_public_key().n_bytes().to_vec()
}

pub(crate) fn ec_secret(number: u8) -> p256::ecdsa::SigningKey {
    p256::ecdsa::SigningKey::from_slice(&[number; 32]).unwrap()
}

pub(crate) fn ec_point(number: u8) -> ([u8; 32], [u8; 32]) {
    let point = ec_secret(number).verifying_key().to_sec1_point(false);
    let bytes = point.as_bytes();
    (
        bytes[1..33].try_into().unwrap(),
        bytes[33..].try_into().unwrap(),
    )
}

/// `rsa`, `ec` and `ec-2`.
pub(crate) fn keys() -> KeySet {
    let ec = |number| {
        let (x, y) = ec_point(number);
        Key::Es256 { x, y }
    };
    let named = |key_id: &str, key| NamedKey {
        key_id: key_id.to_owned(),
        key,
    };
    let rsa = Key::Rs256 {
        modulus: rsa_modulus(),
    };
    KeySet::new(vec![
        named("rsa", rsa),
        named("ec", ec(3)),
        named("ec-2", ec(4)),
    ])
    .unwrap()
}

pub(crate) fn payload() -> Value {
    json!({
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-1",
        "nonce": NONCE,
        "iat": NOW_S - 10,
        "exp": NOW_S + 3_600,
        "email": "someone@example.org",
    })
}

pub(crate) fn header(algorithm: &str) -> Value {
    let key_id = if algorithm == "RS256" { "rsa" } else { "ec" };
    json!({ "alg": algorithm, "kid": key_id, "typ": "JWT" })
}

/// Signs any bytes as header and payload with the key that an algorithm stands for.
pub(crate) fn sign_raw(algorithm: &str, header: &[u8], payload: &[u8]) -> String {
    let signed = format!("{}.{}", encoded(header), encoded(payload));
    let signature = if algorithm == "RS256" {
        rs256(signed.as_bytes())
    } else {
        es256(signed.as_bytes())
    };
    format!("{signed}.{}", encoded(signature))
}

pub(crate) fn rs256(message: &[u8]) -> Vec<u8> {
    use rsa::signature::SignatureEncoding;
    let key = rsa::pkcs1v15::SigningKey::<Sha256>::new(rsa_secret().clone());
    key.sign(message).to_vec()
}

pub(crate) fn es256(message: &[u8]) -> Vec<u8> {
    let signature: p256::ecdsa::Signature = ec_secret(3).sign(message);
    signature.to_bytes().to_vec()
}

pub(crate) fn sign(algorithm: &str, header: &Value, payload: &Value) -> String {
    let bytes = |value: &Value| serde_json::to_vec(value).unwrap();
    sign_raw(algorithm, &bytes(header), &bytes(payload))
}

/// A good token, changed before it is signed.
pub(crate) fn token(algorithm: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut payload = payload();
    change(&mut payload);
    sign(algorithm, &header(algorithm), &payload)
}

pub(crate) fn expected() -> Expectations<'static> {
    Expectations {
        issuer: ISSUER,
        audience: AUDIENCE,
        nonce: Some(NONCE),
    }
}

pub(crate) fn check(token: &str) -> Result<Claims, OidcError> {
    verify(token, &keys(), &expected(), NOW_S)
}

pub(crate) fn check_at(token: &str, now_s: u64) -> Result<Claims, OidcError> {
    verify(token, &keys(), &expected(), now_s)
}
