//! Queries of the gate's own paths, and the address that a visitor goes back to.

use crate::error::{PassError, Thing};

/// Most bytes of a query.
pub const QUERY_LEN_MAX: usize = 8 * 1024;
/// Most bytes of an address to go back to.
pub const RETURN_LEN_MAX: usize = 4 * 1024;
const PAIRS_MAX: usize = 8;

/// A value of a query, decoded.
pub(crate) fn value(query: &str, name: &str) -> Result<Option<String>, PassError> {
    if query.len() > QUERY_LEN_MAX {
        return Err(malformed("its query is too long"));
    }
    query
        .split('&')
        .take(PAIRS_MAX)
        .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
        .map(decode)
        .transpose()
}

fn decode(text: &str) -> Result<String, PassError> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let (digits, after) = rest
            .split_first_chunk::<2>()
            .ok_or_else(|| malformed("its query ends within a percent code"))?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let (Some(high), Some(low)) = (digit(digits[0]), digit(digits[1])) else {
            return Err(malformed("its query has a wrong percent code"));
        };
        bytes.push((high * 16 + low) as u8);
        rest = after;
    }
    String::from_utf8(bytes).map_err(|_| malformed("its query is not UTF-8"))
}

/// An address of this site, as a visitor may be sent back to: nothing that a browser could read as
/// another site's. Anything else becomes the site's first page.
#[must_use]
pub fn return_path(text: &str) -> &str {
    let within = text.starts_with('/')
        && !text.starts_with("//")
        && !text.starts_with("/.lilliput/")
        && text.len() <= RETURN_LEN_MAX
        // Browsers read a backslash as a slash, and skip tabs and line ends.
        && text
            .chars()
            .all(|letter| letter != '\\' && !letter.is_control() && !letter.is_whitespace());
    if within { text } else { "/" }
}

fn malformed(why: &'static str) -> PassError {
    PassError::Malformed {
        thing: Thing::Request,
        why,
    }
}
