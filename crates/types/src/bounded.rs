//! Lists and texts that know their largest length.

use std::fmt;
use std::io::{self, Read, Write};
use std::ops::Deref;
use std::str::FromStr;

use borsh::{BorshDeserialize, BorshSerialize};
use serde::{Deserialize, Deserializer, Serialize};

/// A list of at most `MAX` items.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct List<T, const MAX: u32>(Vec<T>);

/// A text of at most `MAX` bytes of UTF-8 without control characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text<const MAX: u32>(String);

/// A list or text is out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BoundError {
    /// Too many items or bytes.
    #[error("{got} items or bytes, at most {max}")]
    TooLong {
        /// The maximum.
        max: u32,
        /// The length found.
        got: usize,
    },
    /// A control character in a text.
    #[error("control character at byte {at}")]
    Control {
        /// Where.
        at: usize,
    },
}

impl<T, const MAX: u32> List<T, MAX> {
    /// Takes a list that isn't too long.
    ///
    /// # Errors
    /// When it is.
    pub fn new(items: Vec<T>) -> Result<Self, BoundError> {
        check_length(items.len(), MAX)?;
        Ok(Self(items))
    }

    /// The items.
    #[must_use]
    pub fn into_vec(self) -> Vec<T> {
        self.0
    }
}

impl<T, const MAX: u32> Default for List<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T, const MAX: u32> Deref for List<T, MAX> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        &self.0
    }
}

impl<T: BorshSerialize, const MAX: u32> BorshSerialize for List<T, MAX> {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        self.0.serialize(writer)
    }
}

impl<T: BorshDeserialize, const MAX: u32> BorshDeserialize for List<T, MAX> {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let length = u32::deserialize_reader(reader)?;
        check_length(length as usize, MAX).map_err(invalid)?;
        // Nothing is reserved ahead: a short input can't make us allocate.
        let mut items = Vec::new();
        for _ in 0..length {
            items.push(T::deserialize_reader(reader)?);
        }
        Ok(Self(items))
    }
}

impl<'de, T: Deserialize<'de>, const MAX: u32> Deserialize<'de> for List<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = <Vec<T> as Deserialize>::deserialize(deserializer)?;
        Self::new(items).map_err(serde::de::Error::custom)
    }
}

impl<const MAX: u32> Text<MAX> {
    /// Takes a text that is short enough and holds no control characters.
    ///
    /// # Errors
    /// When it doesn't.
    pub fn new(text: impl Into<String>) -> Result<Self, BoundError> {
        let text = text.into();
        check_length(text.len(), MAX)?;
        match text.char_indices().find(|(_, letter)| letter.is_control()) {
            Some((at, _)) => Err(BoundError::Control { at }),
            None => Ok(Self(text)),
        }
    }

    /// As much of a text as fits, control characters replaced by spaces. For messages to people.
    #[must_use]
    pub fn shortened(text: &str) -> Self {
        let mut kept = String::new();
        for letter in text.chars() {
            let letter = if letter.is_control() { ' ' } else { letter };
            if kept.len() + letter.len_utf8() > MAX as usize {
                break;
            }
            kept.push(letter);
        }
        Self(kept)
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: u32> fmt::Display for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<const MAX: u32> fmt::Debug for Text<MAX> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl<const MAX: u32> FromStr for Text<MAX> {
    type Err = BoundError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::new(text)
    }
}

impl<const MAX: u32> BorshSerialize for Text<MAX> {
    fn serialize<W: Write>(&self, writer: &mut W) -> io::Result<()> {
        BorshSerialize::serialize(&self.0, writer)
    }
}

impl<const MAX: u32> BorshDeserialize for Text<MAX> {
    fn deserialize_reader<R: Read>(reader: &mut R) -> io::Result<Self> {
        let length = u32::deserialize_reader(reader)?;
        check_length(length as usize, MAX).map_err(invalid)?;
        let mut bytes = vec![0; length as usize];
        reader.read_exact(&mut bytes)?;
        let text = String::from_utf8(bytes).map_err(invalid)?;
        Self::new(text).map_err(invalid)
    }
}

impl<const MAX: u32> Serialize for Text<MAX> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de, const MAX: u32> Deserialize<'de> for Text<MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as Deserialize>::deserialize(deserializer)?;
        Self::new(text).map_err(serde::de::Error::custom)
    }
}

pub(crate) fn invalid(error: impl std::error::Error) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error.to_string())
}

fn check_length(got: usize, max: u32) -> Result<(), BoundError> {
    if got > max as usize {
        return Err(BoundError::TooLong { max, got });
    }
    Ok(())
}
