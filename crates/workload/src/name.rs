//! Names of workloads and paths of their files: both become names on disk, so both are narrow.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::WorkloadError;

/// The name of a workload: one label of a host name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A file's path within a workload's folder: relative, `/` between the parts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilePath(String);

/// Bytes of a path.
const PATH_BYTES_MAX: usize = 255;

impl Name {
    /// Letters of a name at most.
    pub const LEN_MAX: usize = 63;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FilePath {
    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = WorkloadError;

    fn from_str(text: &str) -> Result<Self, WorkloadError> {
        let letter = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        let bytes = text.as_bytes();
        let ends = bytes.first().is_some_and(letter) && bytes.last().is_some_and(letter);
        let inner = bytes.iter().all(|byte| letter(byte) || *byte == b'-');
        if ends && inner && bytes.len() <= Self::LEN_MAX {
            Ok(Self(text.to_owned()))
        } else {
            let text = text.chars().take(Self::LEN_MAX + 1).collect();
            Err(WorkloadError::Name { text })
        }
    }
}

impl FromStr for FilePath {
    type Err = WorkloadError;

    fn from_str(text: &str) -> Result<Self, WorkloadError> {
        let plain = |part: &str| !part.is_empty() && part != "." && part != "..";
        let quiet = text
            .chars()
            .all(|letter| !letter.is_control() && letter != '\\');
        if text.len() <= PATH_BYTES_MAX && quiet && text.split('/').all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            let text = text.chars().take(PATH_BYTES_MAX).collect();
            Err(WorkloadError::FilePath { text })
        }
    }
}

macro_rules! text {
    ($type:ident) => {
        impl TryFrom<String> for $type {
            type Error = WorkloadError;

            fn try_from(text: String) -> Result<Self, WorkloadError> {
                text.parse()
            }
        }

        impl From<$type> for String {
            fn from(value: $type) -> Self {
                value.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text!(Name);
text!(FilePath);
