//! Keys that check signatures, and sets of them as issuers publish them (RFC 7517).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value};

use crate::error::OidcError;
use crate::json;

/// The longest key set.
pub const KEY_SET_LEN_MAX: usize = 64 << 10;
/// The most keys of a set.
pub const KEYS_MAX: usize = 64;
/// The longest name of a key.
pub const KEY_ID_LEN_MAX: usize = 128;
/// The shortest RSA modulus: 2,048 bits.
pub const MODULUS_LEN_MIN: usize = 256;
/// The longest RSA modulus: 4,096 bits.
pub const MODULUS_LEN_MAX: usize = 512;

/// The only public exponent that is taken, as a JWK writes it: 65,537.
const EXPONENT: &str = "AQAB";
const WHAT: &str = "key set";

/// A key and with it the one algorithm that it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// RSASSA-PKCS1-v1_5 with SHA-256; the exponent is 65,537.
    Rs256 {
        /// Big-endian, no leading zero, odd, 256 to 512 bytes.
        modulus: Vec<u8>,
    },
    /// ECDSA on P-256 with SHA-256; a point on the curve.
    Es256 {
        /// Big-endian.
        x: [u8; 32],
        /// Big-endian.
        y: [u8; 32],
    },
}

/// A key and its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedKey {
    /// `kid`.
    pub key_id: String,
    /// The key.
    pub key: Key,
}

/// Keys of one issuer; every name once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<NamedKey>,
}

impl Key {
    /// What `alg` is for it.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        match self {
            Self::Rs256 { .. } => "RS256",
            Self::Es256 { .. } => "ES256",
        }
    }

    /// Says what is wrong with a key that didn't come out of a [`KeySet`].
    ///
    /// # Errors
    /// When no signature could be checked with it.
    pub fn check(&self) -> Result<(), &'static str> {
        match self {
            Self::Rs256 { modulus } => {
                let fits = (MODULUS_LEN_MIN..=MODULUS_LEN_MAX).contains(&modulus.len());
                let leading = modulus.first().is_some_and(|byte| *byte != 0);
                let odd = modulus.last().is_some_and(|byte| byte % 2 == 1);
                if !fits || !leading {
                    return Err("the modulus isn't of 2048 to 4096 bits");
                }
                if !odd {
                    return Err("the modulus is even");
                }
                Ok(())
            }
            Self::Es256 { x, y } => crate::signature::point(x, y).map(|_| ()),
        }
    }
}

impl KeySet {
    /// Takes keys whose names differ.
    ///
    /// # Errors
    /// When a name stands twice, a key is no good, or there are too many.
    pub fn new(keys: Vec<NamedKey>) -> Result<Self, OidcError> {
        let (max, got) = (KEYS_MAX, keys.len());
        if got > max {
            return Err(OidcError::TooManyKeys { max, got });
        }
        for (index, named) in keys.iter().enumerate() {
            json::bounded("key's name", &named.key_id, KEY_ID_LEN_MAX)?;
            named.key.check().map_err(|reason| OidcError::Key {
                key_id: named.key_id.clone(),
                reason,
            })?;
            let mut before = keys.iter().take(index);
            if before.any(|other| other.key_id == named.key_id) {
                let key_id = named.key_id.clone();
                return Err(OidcError::KeyTwice { key_id });
            }
        }
        Ok(Self { keys })
    }

    /// Reads a JWK set. Keys for other purposes or algorithms are passed over; a private key, a weak or malformed key of
    /// ours, or a set that names two keys alike is refused.
    ///
    /// # Errors
    /// See [`OidcError`].
    pub fn from_json(bytes: &[u8]) -> Result<Self, OidcError> {
        let (what, max, got) = (WHAT, KEY_SET_LEN_MAX, bytes.len());
        if got > max {
            return Err(OidcError::TooLong { what, max, got });
        }
        let set = json::object(what, bytes)?;
        let Some(Value::Array(items)) = set.get("keys") else {
            return Err(field("keys", "an array"));
        };
        if items.len() > KEYS_MAX {
            let (max, got) = (KEYS_MAX, items.len());
            return Err(OidcError::TooManyKeys { max, got });
        }
        let mut keys = Vec::new();
        for item in items {
            let Value::Object(item) = item else {
                return Err(field("keys", "an array of objects"));
            };
            keys.extend(read_key(item)?);
        }
        if keys.is_empty() {
            return Err(OidcError::NoKey);
        }
        Self::new(keys)
    }

    /// The key of a name.
    #[must_use]
    pub fn find(&self, key_id: &str) -> Option<&Key> {
        let found = self.keys.iter().find(|named| named.key_id == key_id);
        found.map(|named| &named.key)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &NamedKey> {
        self.keys.iter()
    }
}

/// A key of the set, or nothing if it is for something else.
fn read_key(item: &Map<String, Value>) -> Result<Option<NamedKey>, OidcError> {
    let text = |name| json::text(WHAT, item, name, 2 * MODULUS_LEN_MAX);
    let kind = text("kty")?.ok_or_else(|| field("kty", "a string"))?;
    let algorithm = match kind.as_str() {
        "RSA" => "RS256",
        "EC" if text("crv")?.as_deref() == Some("P-256") => "ES256",
        _ => return Ok(None),
    };
    let other_use = text("use")?.is_some_and(|purpose| purpose != "sig");
    let other_algorithm = text("alg")?.is_some_and(|named| named != algorithm);
    let other_work = match item.get("key_ops") {
        None => false,
        Some(Value::Array(works)) => !works.iter().any(|work| work == "verify"),
        Some(_) => return Err(field("key_ops", "an array")),
    };
    let Some(key_id) = json::text(WHAT, item, "kid", KEY_ID_LEN_MAX)? else {
        return Ok(None);
    };
    if other_use || other_algorithm || other_work || key_id.is_empty() {
        return Ok(None);
    }
    let refused = |reason| {
        let key_id = key_id.clone();
        OidcError::Key { key_id, reason }
    };
    if item.contains_key("d") {
        return Err(refused(
            "it is a private key; make a new one, this one is known",
        ));
    }
    let part = |name: &'static str| {
        let encoded = text(name)?.ok_or_else(|| field(name, "a string"))?;
        let bytes = URL_SAFE_NO_PAD.decode(encoded);
        bytes.map_err(|_| OidcError::Base64 { what: "key" })
    };
    let key = if algorithm == "RS256" {
        if text("e")?.as_deref() != Some(EXPONENT) {
            return Err(refused("the exponent isn't 65537"));
        }
        Key::Rs256 {
            modulus: part("n")?,
        }
    } else {
        let coordinate = |name| {
            let bytes: Result<[u8; 32], _> = part(name)?.try_into();
            bytes.map_err(|_| refused("a coordinate isn't of 32 bytes"))
        };
        Key::Es256 {
            x: coordinate("x")?,
            y: coordinate("y")?,
        }
    };
    Ok(Some(NamedKey { key_id, key }))
}

const fn field(name: &'static str, expected: &'static str) -> OidcError {
    OidcError::Field {
        what: WHAT,
        name,
        expected,
    }
}
