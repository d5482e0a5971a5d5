//! JSON in which no name stands twice, at any depth. Two readers of one object must not see two different values.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::error::OidcError;

/// Reads one object and nothing behind it.
pub(crate) fn object(what: &'static str, bytes: &[u8]) -> Result<Map<String, Value>, OidcError> {
    let error = |reason: String| OidcError::Json { what, reason };
    // Depth is bounded by serde_json, length by the callers.
    let value: Strict = serde_json::from_slice(bytes).map_err(|fault| error(fault.to_string()))?;
    match value.0 {
        Value::Object(map) => Ok(map),
        _ => Err(error("not an object".to_owned())),
    }
}

/// A text under a name, if there is the name.
pub(crate) fn text(
    what: &'static str,
    map: &Map<String, Value>,
    name: &'static str,
    len_max: usize,
) -> Result<Option<String>, OidcError> {
    match map.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => {
            bounded(name, text, len_max)?;
            Ok(Some(text.clone()))
        }
        Some(_) => Err(OidcError::Field {
            what,
            name,
            expected: "a string",
        }),
    }
}

/// Refuses a text that is too long.
pub(crate) fn bounded(what: &'static str, text: &str, max: usize) -> Result<(), OidcError> {
    let got = text.len();
    if got > max {
        return Err(OidcError::TooLong { what, max, got });
    }
    Ok(())
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((name, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if map.contains_key(&name) {
                return Err(A::Error::custom(format!("{name:?} stands twice")));
            }
            map.insert(name, value);
        }
        Ok(Value::Object(map))
    }
}
