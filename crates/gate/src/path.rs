//! One path, and the ways in which it can be read.
//!
//! Servers disagree about `..`, `//`, `%2f`, `;` and about decoding twice. The gate resolves what
//! every client resolves, sends that on, and judges all readings: a rule that lets pass has to fit
//! each of them, any other rule has to fit one. A path that no honest client sends is refused.

use std::borrow::Cow;

/// Longest path with its query.
pub const TARGET_BYTES_MAX: usize = 8 << 10;
/// How often a path may have been encoded.
const ENCODINGS_MAX: usize = 3;

/// A path that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path<'a> {
    /// As it is sent on: dots resolved, needless encoding undone.
    pub sent: Cow<'a, str>,
    /// How a server that decodes everything would read it, where that differs.
    pub decoded: Option<String>,
}

/// What is wrong with a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No slash at the beginning.
    #[error("the path has to begin with a slash")]
    NotAbsolute,
    /// Longer than [`TARGET_BYTES_MAX`].
    #[error("the path with its query is longer than {TARGET_BYTES_MAX} bytes")]
    TooLong,
    /// A byte below a space, or one that isn't ASCII.
    #[error("the path holds a byte that has to be encoded")]
    RawByte,
    /// `%` without two hexadecimal digits.
    #[error("the path holds a `%` that isn't followed by two hexadecimal digits")]
    HalfEncoded,
    /// A NUL or another control character, encoded.
    #[error("the path holds an encoded control character")]
    Control,
    /// `..` above the root.
    #[error("the path leads above the root")]
    AboveRoot,
    /// Encoded again and again.
    #[error("the path is encoded more than {ENCODINGS_MAX} times")]
    EncodedTooOften,
}

impl<'a> Path<'a> {
    /// Checks a path without its query.
    ///
    /// # Errors
    /// When no honest client would send it.
    pub fn read(raw: &'a str) -> Result<Self, PathError> {
        if raw.len() > TARGET_BYTES_MAX {
            return Err(PathError::TooLong);
        }
        if !raw.starts_with('/') {
            return Err(PathError::NotAbsolute);
        }
        if raw.bytes().any(|byte| byte <= b' ' || byte >= 0x7f) {
            return Err(PathError::RawByte);
        }
        if is_plain(raw) {
            return Ok(Self {
                sent: Cow::Borrowed(raw),
                decoded: None,
            });
        }
        let sent = without_dots(&unescaped(raw)?)?;
        let decoded = fully_decoded(&sent)?;
        let decoded = (decoded != sent).then_some(decoded);
        Ok(Self {
            sent: Cow::Owned(sent),
            decoded,
        })
    }

    /// All readings, that which is sent on first.
    pub fn readings(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.sent.as_ref()).chain(self.decoded.as_deref())
    }
}

/// Whether there is nothing in it that could be read in two ways.
fn is_plain(raw: &str) -> bool {
    let bytes = raw.as_bytes();
    let odd = bytes.iter().any(|byte| matches!(byte, b'%' | b'\\' | b';'));
    let doubled = bytes
        .windows(2)
        .any(|pair| pair[0] == b'/' && matches!(pair[1], b'/' | b'.'));
    !odd && !doubled
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

/// Decodes what needs no encoding, and writes the rest in capitals.
fn unescaped(raw: &str) -> Result<String, PathError> {
    let mut text = String::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            text.push(char::from(byte));
            continue;
        }
        let (Some(high), Some(low)) = (bytes.next().and_then(hex), bytes.next().and_then(hex))
        else {
            return Err(PathError::HalfEncoded);
        };
        let value = high << 4 | low;
        if value < b' ' || value == 0x7f {
            return Err(PathError::Control);
        }
        if value.is_ascii_alphanumeric() || matches!(value, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(value));
        } else {
            text.push_str(&format!("%{value:02X}"));
        }
    }
    Ok(text)
}

/// Resolves `.` and `..`, as every client does before it sends.
fn without_dots(path: &str) -> Result<String, PathError> {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." | ".." => {
                if segment == ".." && kept.pop().is_none() {
                    return Err(PathError::AboveRoot);
                }
                if last {
                    kept.push("");
                }
            }
            _ => kept.push(segment),
        }
    }
    Ok(format!("/{}", kept.join("/")))
}

/// As a server reads it that decodes until nothing is left to decode, takes `\` for `/`, joins
/// slashes, and forgets what follows `;` in a segment.
fn fully_decoded(path: &str) -> Result<String, PathError> {
    let mut bytes = path.as_bytes().to_vec();
    let mut rounds = 0;
    while bytes.contains(&b'%') {
        let decoded = percent_decoded(&bytes);
        if decoded == bytes {
            break;
        }
        rounds += 1;
        if rounds > ENCODINGS_MAX {
            return Err(PathError::EncodedTooOften);
        }
        bytes = decoded;
    }
    if bytes.iter().any(|byte| *byte < b' ' || *byte == 0x7f) {
        return Err(PathError::Control);
    }
    let text = String::from_utf8_lossy(&bytes).replace('\\', "/");
    let ends_open = text.ends_with('/');
    let mut segments: Vec<&str> = text
        .split('/')
        .map(|segment| segment.split(';').next().unwrap_or(segment))
        .filter(|segment| !segment.is_empty())
        .collect();
    segments.insert(0, "");
    if ends_open {
        segments.push("");
    }
    let joined = segments.join("/");
    without_dots(if joined.is_empty() { "/" } else { &joined })
}

/// Decodes once; a `%` that starts no byte stays.
pub(crate) fn percent_decoded(bytes: &[u8]) -> Vec<u8> {
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&first, after)) = rest.split_first() {
        let value = match after {
            [high, low, ..] if first == b'%' => hex(*high).zip(hex(*low)),
            _ => None,
        };
        match value {
            Some((high, low)) => {
                decoded.push(high << 4 | low);
                rest = &after[2..];
            }
            None => {
                decoded.push(first);
                rest = after;
            }
        }
    }
    decoded
}

#[cfg(test)]
mod tests;
