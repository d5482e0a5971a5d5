//! The fields `Signature` and `Signature-Input`.

use sfv::{Dictionary, InnerList, ListEntry, Parser};

use crate::bot::base::string_param;
use crate::bot::head::RequestHead;

/// The longest `Signature`, `Signature-Input` or `Signature-Agent` that is read.
pub(crate) const FIELD_LEN_MAX: usize = 8 << 10;
/// The most signatures on a request; more are a reason to look no further.
const SIGNATURES_MAX: usize = 8;
/// The most components that a signature may cover.
const COMPONENTS_MAX: usize = 24;
/// What marks a signature as a bot's.
pub(crate) const TAG: &str = "web-bot-auth";

/// One signature of a request.
#[derive(Clone, Debug)]
pub(crate) struct SignatureOf {
    /// Its label, which the signature itself doesn't cover.
    pub(crate) label: String,
    /// What it covers, and its parameters.
    pub(crate) input: InnerList,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// Why the fields couldn't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Not the structured fields they should be.
    Malformed,
    /// Longer or more than is read.
    TooMuch,
}

/// The signatures that are tagged as a bot's, in the order of `Signature-Input`; none when the request has
/// no such fields.
pub(crate) fn bot_signatures(head: &RequestHead<'_>) -> Result<Vec<SignatureOf>, Unreadable> {
    if !head.headers.contains_key("signature-input") {
        return Ok(Vec::new());
    }
    let inputs = dictionary(head, "signature-input")?;
    let signatures = dictionary(head, "signature")?;
    if inputs.len() > SIGNATURES_MAX {
        return Err(Unreadable::TooMuch);
    }
    let mut found = Vec::new();
    for (label, entry) in inputs {
        let ListEntry::InnerList(input) = entry else {
            return Err(Unreadable::Malformed);
        };
        if input.items.len() > COMPONENTS_MAX {
            return Err(Unreadable::TooMuch);
        }
        if string_param(&input, "tag") != Some(TAG) {
            continue;
        }
        let bytes = match signatures.get(label.as_str()) {
            Some(ListEntry::Item(item)) => item.bare_item.as_byte_sequence(),
            _ => None,
        };
        found.push(SignatureOf {
            label: label.as_str().to_owned(),
            input,
            bytes: bytes.ok_or(Unreadable::Malformed)?.to_vec(),
        });
    }
    Ok(found)
}

fn dictionary(head: &RequestHead<'_>, name: &str) -> Result<Dictionary, Unreadable> {
    let text = head.field(name).ok_or(Unreadable::Malformed)?;
    if text.len() > FIELD_LEN_MAX {
        return Err(Unreadable::TooMuch);
    }
    Parser::new(&text)
        .parse()
        .map_err(|_| Unreadable::Malformed)
}
