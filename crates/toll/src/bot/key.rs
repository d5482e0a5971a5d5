//! Published keys and their thumbprints.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::PublicKey;
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// The most keys in a set.
const KEYS_MAX: usize = 64;
/// The key of RFC 9421's examples, whose secret is in print.
const TEST_KEY: &str = "poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";

/// The name of a key: the SHA-256 of its canonical form, as base64url.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The thumbprint of an ed25519 key (RFC 8037, appendix A.3).
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        let x = URL_SAFE_NO_PAD.encode(key.0);
        let canonical = format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{x}"}}"#);
        Self(URL_SAFE_NO_PAD.encode(Sha256::digest(canonical.as_bytes())))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the key's secret is in a public specification.
    #[must_use]
    pub fn is_test_key(&self) -> bool {
        self.0 == TEST_KEY
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Thumbprint({})", self.0)
    }
}

/// A key with the time in which it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BotKey {
    /// Its name.
    pub thumbprint: Thumbprint,
    /// The key.
    pub key: PublicKey,
    /// Counts from this second on.
    pub not_before: Option<u64>,
    /// Counts until this second.
    pub expires: Option<u64>,
}

impl BotKey {
    /// A key without limits of time.
    #[must_use]
    pub fn new(key: PublicKey) -> Self {
        Self {
            thumbprint: Thumbprint::of(&key),
            key,
            not_before: None,
            expires: None,
        }
    }

    /// Whether it counts at this second.
    #[must_use]
    pub fn counts_at(&self, now: u64) -> bool {
        self.not_before.is_none_or(|start| start <= now) && self.expires.is_none_or(|end| now < end)
    }
}

/// A set of keys as it is published: JSON of RFC 7517.
#[derive(Clone, Debug, Deserialize)]
pub struct KeySet {
    /// The keys; those of other kinds are passed over.
    pub keys: Vec<PublishedKey>,
}

/// One published key. Members that don't matter here are passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct PublishedKey {
    kty: String,
    crv: Option<String>,
    x: Option<String>,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    nbf: Option<u64>,
    exp: Option<u64>,
    /// A secret key: such an entry is refused.
    d: Option<serde::de::IgnoredAny>,
}

impl KeySet {
    /// The ed25519 keys of a set; `None` when it isn't a set, or too large. In a directory a `kid` must be the
    /// key's own thumbprint.
    #[must_use]
    pub fn read(bytes: &[u8], directory: bool) -> Option<Vec<BotKey>> {
        let set: Self = serde_json::from_slice(bytes).ok()?;
        if set.keys.len() > KEYS_MAX {
            return None;
        }
        let keys = set.keys.iter().filter_map(PublishedKey::read);
        let named = keys.filter(|(key, kid)| {
            !directory || kid.is_none_or(|kid| kid == key.thumbprint.as_str())
        });
        Some(named.map(|(key, _)| key).collect())
    }
}

impl PublishedKey {
    fn read(&self) -> Option<(BotKey, Option<&str>)> {
        let ours = self.kty == "OKP" && self.crv.as_deref() == Some("Ed25519");
        let algorithm = matches!(
            self.alg.as_deref(),
            None | Some("EdDSA" | "Ed25519" | "ed25519")
        );
        let usage = matches!(self.usage.as_deref(), None | Some("sig"));
        if !ours || !algorithm || !usage || self.d.is_some() {
            return None;
        }
        let x = URL_SAFE_NO_PAD.decode(self.x.as_deref()?).ok()?;
        let key = PublicKey(x.try_into().ok()?);
        let key = BotKey {
            not_before: self.nbf,
            expires: self.exp,
            ..BotKey::new(key)
        };
        Some((key, self.kid.as_deref()))
    }
}
