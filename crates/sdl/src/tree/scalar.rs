//! What a scalar is by YAML's core schema.

use saphyr_parser::{ScalarStyle, Tag};

/// A text and what it means unquoted.
#[derive(Clone, Debug)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Boolean(bool),
    /// Decimal digits without a leading zero, perhaps with a sign.
    Whole,
    /// Any other number: a fraction, an exponent, hexadecimal, octal, infinite.
    Number,
    Text,
}

impl Scalar {
    /// `None` for a tag that means nothing here.
    pub(crate) fn new(text: String, style: ScalarStyle, tag: Option<&Tag>) -> Option<Self> {
        let kind = match tag {
            None if style == ScalarStyle::Plain => plain(&text),
            None => Kind::Text,
            Some(tag) => tagged(&text, tag)?,
        };
        Some(Self { text, kind })
    }
}

fn tagged(text: &str, tag: &Tag) -> Option<Kind> {
    if tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty() {
        return Some(Kind::Text);
    }
    if !tag.is_yaml_core_schema() {
        return None;
    }
    let kind = plain(text);
    let fits = match tag.suffix.as_str() {
        "str" => return Some(Kind::Text),
        "int" => kind == Kind::Whole,
        "float" if kind == Kind::Whole => return Some(Kind::Number),
        "float" => kind == Kind::Number,
        "bool" => matches!(kind, Kind::Boolean(_)),
        "null" => kind == Kind::Null,
        _ => false,
    };
    fits.then_some(kind)
}

fn plain(text: &str) -> Kind {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" => Kind::Boolean(true),
        "false" | "False" | "FALSE" => Kind::Boolean(false),
        _ => number(text).unwrap_or(Kind::Text),
    }
}

fn number(text: &str) -> Option<Kind> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits(unsigned) {
        let canonical = unsigned == "0" || !unsigned.starts_with('0');
        return Some(if canonical { Kind::Whole } else { Kind::Number });
    }
    let special = matches!(unsigned, ".inf" | ".Inf" | ".INF")
        || matches!(text, ".nan" | ".NaN" | ".NAN")
        || radix(text, "0x", 16)
        || radix(text, "0o", 8);
    (special || float(unsigned)).then_some(Kind::Number)
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn radix(text: &str, prefix: &str, radix: u32) -> bool {
    text.strip_prefix(prefix)
        .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_digit(radix)))
}

/// `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn float(text: &str) -> bool {
    let mantissa = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => {
            if !digits(exponent.strip_prefix(['-', '+']).unwrap_or(exponent)) {
                return false;
            }
            mantissa
        }
        None => text,
    };
    match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    }
}
