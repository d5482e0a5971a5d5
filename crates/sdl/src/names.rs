//! Names, each of its own type, so that a profile is never taken for a placement.

use std::borrow::Borrow;
use std::fmt::{self, Display};

use serde::Serialize;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub(crate) fn new(name: &str) -> Self {
                Self(name.to_owned())
            }

            /// As it stands in the file.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

names! {
    /// A service: lower case letters, digits and hyphens, a letter first.
    ServiceName;
    /// A compute profile.
    ProfileName;
    /// A placement, and the group it becomes.
    PlacementName;
    /// A volume of a compute profile.
    VolumeName;
    /// An entry of `endpoints`.
    EndpointName;
}

/// `^[a-z]([-a-z0-9]*[a-z0-9])?$`
pub(crate) fn is_service(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && is_label(name)
}

/// `^[a-z]+[-_0-9a-z]+$`
pub(crate) fn is_endpoint(name: &str) -> bool {
    let rest = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_');
    name.len() > 1 && name.starts_with(|c: char| c.is_ascii_lowercase()) && name.bytes().all(rest)
}

/// Labels of lower case letters, digits and inner hyphens, with points between; 253 bytes at most.
pub(crate) fn is_host(name: &str) -> bool {
    name.len() <= 253 && name.split('.').all(is_label)
}

/// `^[-._a-zA-Z][-._a-zA-Z0-9]*$` that isn't `.` and doesn't begin with `..`.
pub(crate) fn is_variable(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_');
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(inner)
        && name != "."
        && !name.starts_with("..")
}

/// `^([a-zA-Z][\w\/\.\-]{1,126}[\w\*]?)$`
pub(crate) fn is_attribute(key: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let inner = |byte: u8| word(byte) || matches!(byte, b'/' | b'.' | b'-');
    let bytes = key.as_bytes();
    let Some((first, rest)) = bytes.split_first() else {
        return false;
    };
    if !first.is_ascii_alphabetic() {
        return false;
    }
    let all_inner = |part: &[u8]| (1..=126).contains(&part.len()) && part.iter().all(|b| inner(*b));
    let with_last = rest
        .split_last()
        .is_some_and(|(last, middle)| (word(*last) || *last == b'*') && all_inner(middle));
    all_inner(rest) || with_last
}

fn is_label(label: &str) -> bool {
    let end = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = label.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(first), Some(last)) if end(*first) && end(*last))
        && bytes.iter().all(|byte| end(*byte) || *byte == b'-')
}
