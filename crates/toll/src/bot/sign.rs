//! Signs a crawler's requests.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderValue};
use lilliput_crypto::SecretKey;
use sfv::{BareItem, InnerList, Item, Key, Parameters};

use crate::bot::base::{params_text, signature_base};
use crate::bot::head::RequestHead;
use crate::bot::key::Thumbprint;
use crate::bot::signature::TAG;
use crate::error::TollError;

/// The label of our signatures, and the key of our member in `Signature-Agent`.
const LABEL: &str = "sig1";

/// A key, and the address that it is published at.
#[derive(Debug)]
pub struct Signer {
    secret: SecretKey,
    agent: String,
}

/// The three fields that sign a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders {
    /// `Signature-Agent`.
    pub signature_agent: String,
    /// `Signature-Input`.
    pub signature_input: String,
    /// `Signature`.
    pub signature: String,
}

impl Signer {
    /// A signer whose directory is at an origin, like `https://crawler.example`.
    ///
    /// # Errors
    /// When the origin doesn't fit into a header field.
    pub fn new(secret: SecretKey, agent: &str) -> Result<Self, TollError> {
        let plain = |byte: u8| (0x21..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
        if agent.is_empty() || !agent.bytes().all(plain) {
            return Err(TollError::Agent(agent.to_owned()));
        }
        let agent = agent.to_owned();
        Ok(Self { secret, agent })
    }

    /// The key's name, which the directory lists it under.
    #[must_use]
    pub fn thumbprint(&self) -> Thumbprint {
        Thumbprint::of(&self.secret.public_key())
    }

    /// The directory to publish at the origin's `/.well-known/http-message-signatures-directory`.
    #[must_use]
    pub fn directory(&self) -> String {
        let key = self.secret.public_key();
        let x = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(key.0);
        let key = serde_json::json!({
            "kty": "OKP", "crv": "Ed25519", "kid": self.thumbprint().as_str(), "x": x, "use": "sig",
        });
        serde_json::json!({ "keys": [key] }).to_string()
    }

    /// Signs a request: method, address, and the header fields named, which must be in its head. The nonce
    /// makes two signatures of the same second differ.
    ///
    /// # Errors
    /// When a field is missing or a value doesn't fit.
    pub fn sign(
        &self,
        head: &RequestHead<'_>,
        fields: &[&str],
        created: u64,
        lifetime: u64,
        nonce: &[u8],
    ) -> Result<SignedHeaders, TollError> {
        let signature_agent = format!("{LABEL}=\"{}\"", self.agent);
        let mut headers: HeaderMap = head.headers.clone();
        let value = HeaderValue::from_str(&signature_agent);
        let value = value.map_err(|_| TollError::Agent(self.agent.clone()))?;
        headers.insert("signature-agent", value);
        let head = RequestHead {
            headers: &headers,
            ..*head
        };
        let input = self.input(fields, created, lifetime, nonce)?;
        let missing = || TollError::Unsignable;
        let base = signature_base(&head, &input).ok_or_else(missing)?;
        let signature = self.secret.sign(base.as_bytes());
        let params = params_text(&input).ok_or_else(missing)?;
        Ok(SignedHeaders {
            signature_agent,
            signature_input: format!("{LABEL}={params}"),
            signature: format!("{LABEL}=:{}:", STANDARD.encode(signature.0)),
        })
    }

    fn input(
        &self,
        fields: &[&str],
        created: u64,
        lifetime: u64,
        nonce: &[u8],
    ) -> Result<InnerList, TollError> {
        let mut items = Vec::new();
        for name in ["@method", "@target-uri", "@authority"]
            .iter()
            .chain(fields)
        {
            items.push(Item::new(text(name)?));
        }
        let mut agent = Item::new(text("signature-agent")?);
        agent.params.insert(key("key")?, text(LABEL)?);
        items.push(agent);
        let mut params = Parameters::new();
        let expires = created.saturating_add(lifetime);
        params.insert(key("created")?, number(created)?);
        params.insert(key("expires")?, number(expires)?);
        params.insert(key("keyid")?, text(self.thumbprint().as_str())?);
        params.insert(key("alg")?, text("ed25519")?);
        params.insert(key("nonce")?, text(&STANDARD.encode(nonce))?);
        params.insert(key("tag")?, text(TAG)?);
        Ok(InnerList { items, params })
    }
}

fn text(value: &str) -> Result<BareItem, TollError> {
    let value = sfv::String::from_string(value.to_owned());
    value
        .map(BareItem::String)
        .map_err(|_| TollError::Unsignable)
}

fn key(name: &str) -> Result<Key, TollError> {
    Key::from_string(name.to_owned()).map_err(|_| TollError::Unsignable)
}

fn number(value: u64) -> Result<BareItem, TollError> {
    let value = i64::try_from(value).map_err(|_| TollError::Unsignable)?;
    let value = sfv::Integer::try_from(value).map_err(|_| TollError::Unsignable)?;
    Ok(BareItem::Integer(value))
}
