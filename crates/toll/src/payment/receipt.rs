//! Signed receipts, in the form of x402's extension `offer-receipt`: a JWS by the gate's key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::{PublicKey, SecretKey, Signature};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The longest receipt that is read.
const LEN_MAX: usize = 8 << 10;

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// 1.
    pub version: u8,
    /// The network that the money moved on.
    pub network: String,
    /// The request that it paid for.
    pub resource_url: String,
    /// Its method.
    pub method: String,
    /// Who paid.
    pub payer: String,
    /// When the receipt was made, in seconds.
    pub issued_at: u64,
    /// The transaction.
    pub transaction: String,
    /// How much, in the asset's smallest unit.
    pub amount: String,
    /// In which asset.
    pub asset: String,
    /// To whom.
    pub pay_to: String,
    /// The payment's name at the gate.
    pub payment: String,
}

/// The key that signs receipts.
#[derive(Clone, Debug)]
pub struct ReceiptKey(SecretKey);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    alg: String,
    kid: String,
}

impl ReceiptKey {
    /// The gate's key.
    #[must_use]
    pub const fn new(secret: SecretKey) -> Self {
        Self(secret)
    }

    /// The public half, which receipts are checked with.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.0.public_key()
    }

    /// Signs a receipt: a compact JWS.
    #[must_use]
    pub fn sign(&self, receipt: &Receipt) -> String {
        let header = Header {
            alg: "EdDSA".to_owned(),
            kid: did(&self.0.public_key()),
        };
        let part = |value: Vec<u8>| URL_SAFE_NO_PAD.encode(value);
        // Plain structs of texts and numbers always have a JSON form.
        let header = part(serde_json::to_vec(&header).unwrap_or_default());
        let body = part(serde_json::to_vec(receipt).unwrap_or_default());
        let signature = self.0.sign(format!("{header}.{body}").as_bytes());
        format!("{header}.{body}.{}", URL_SAFE_NO_PAD.encode(signature.0))
    }
}

impl Receipt {
    /// Reads a receipt that this key signed; `None` when anything about it is otherwise.
    #[must_use]
    pub fn verify(jws: &str, key: &PublicKey) -> Option<Self> {
        if jws.len() > LEN_MAX {
            return None;
        }
        let (signed, signature) = jws.rsplit_once('.')?;
        let (header, body) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(header).ok()?).ok()?;
        if header.alg != "EdDSA" || header.kid != did(key) {
            return None;
        }
        let signature: [u8; 64] = URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?;
        key.verify(signed.as_bytes(), &Signature(signature)).ok()?;
        let receipt: Self = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()?;
        (receipt.version == 1).then_some(receipt)
    }
}

/// As the answer's `extensions` hold it.
pub(crate) fn extension(jws: &str) -> Value {
    json!({ "offer-receipt": { "info": { "receipt": { "format": "jws", "signature": jws } } } })
}

/// The key as a DID that holds it (`did:jwk`).
fn did(key: &PublicKey) -> String {
    let x = URL_SAFE_NO_PAD.encode(key.0);
    let jwk = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
    format!("did:jwk:{}#0", URL_SAFE_NO_PAD.encode(jwk))
}
