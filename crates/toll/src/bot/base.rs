//! Covered components, and the bytes that a signature is over.

use sfv::{BareItem, Dictionary, FieldType, InnerList, Item, List, ListEntry, Parser};

use crate::bot::head::RequestHead;

/// A part of a request that a signature can cover.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Component {
    /// `@method`.
    Method,
    /// `@scheme`.
    Scheme,
    /// `@authority`.
    Authority,
    /// `@path`.
    Path,
    /// `@query`.
    Query,
    /// `@target-uri`.
    TargetUri,
    /// A header field, whole.
    Field(String),
    /// One member of a header field that is a dictionary.
    Member {
        /// The field.
        field: String,
        /// The member's key.
        key: String,
    },
}

impl Component {
    /// Reads a component's identifier; `None` for one that isn't supported here.
    #[must_use]
    pub fn of(item: &Item) -> Option<Self> {
        let name = item.bare_item.as_string()?.as_str();
        if let Some(derived) = name.strip_prefix('@') {
            if !item.params.is_empty() {
                return None;
            }
            return match derived {
                "method" => Some(Self::Method),
                "scheme" => Some(Self::Scheme),
                "authority" => Some(Self::Authority),
                "path" => Some(Self::Path),
                "query" => Some(Self::Query),
                "target-uri" => Some(Self::TargetUri),
                _ => None,
            };
        }
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || !name.bytes().all(plain) {
            return None;
        }
        let field = name.to_owned();
        let mut params = item.params.iter();
        match (params.next(), params.next()) {
            (None, _) => Some(Self::Field(field)),
            (Some((param, value)), None) if param.as_str() == "key" => Some(Self::Member {
                field,
                key: value.as_string()?.as_str().to_owned(),
            }),
            _ => None,
        }
    }

    /// The component's value in a request; `None` when the request has no such part.
    #[must_use]
    pub fn value(&self, head: &RequestHead<'_>) -> Option<String> {
        match self {
            Self::Method => Some(head.method.to_owned()),
            Self::Scheme => Some(head.scheme.to_ascii_lowercase()),
            Self::Authority => Some(head.normal_authority()),
            Self::Path => Some(head.normal_path().to_owned()),
            Self::Query => Some(format!("?{}", head.query.unwrap_or_default())),
            Self::TargetUri => Some(head.target()),
            Self::Field(field) => head.field(field),
            Self::Member { field, key } => {
                let dictionary: Dictionary = Parser::new(&head.field(field)?).parse().ok()?;
                entry_text(dictionary.get(key.as_str())?)
            }
        }
    }
}

/// The text of one member, as a dictionary would hold it.
fn entry_text(entry: &ListEntry) -> Option<String> {
    match entry {
        ListEntry::Item(item) => Some(item.serialize()),
        ListEntry::InnerList(_) => List::from([entry.clone()]).serialize(),
    }
}

/// The canonical text of a signature's covered components and parameters.
pub(crate) fn params_text(input: &InnerList) -> Option<String> {
    List::from([ListEntry::InnerList(input.clone())]).serialize()
}

/// The components that a signature covers; `None` if one isn't supported, or is named twice.
pub(crate) fn components(input: &InnerList) -> Option<Vec<Component>> {
    let mut components = Vec::with_capacity(input.items.len());
    for item in &input.items {
        let component = Component::of(item)?;
        if components.contains(&component) {
            return None;
        }
        components.push(component);
    }
    Some(components)
}

/// The bytes that a signature is over; `None` when the request lacks a covered part, or one isn't
/// supported.
#[must_use]
pub fn signature_base(head: &RequestHead<'_>, input: &InnerList) -> Option<String> {
    let mut base = String::new();
    for (component, item) in components(input)?.iter().zip(&input.items) {
        let value = component.value(head)?;
        // A line break would let one value pass for several.
        if !value.is_ascii() || value.contains(['\r', '\n']) {
            return None;
        }
        base.push_str(&item.serialize());
        base.push_str(": ");
        base.push_str(&value);
        base.push('\n');
    }
    base.push_str("\"@signature-params\": ");
    base.push_str(&params_text(input)?);
    Some(base)
}

/// A parameter that is a string.
pub(crate) fn string_param<'a>(input: &'a InnerList, name: &str) -> Option<&'a str> {
    match input.params.get(name)? {
        BareItem::String(text) => Some(text.as_str()),
        _ => None,
    }
}

/// A parameter that is a time in seconds.
pub(crate) fn time_param(input: &InnerList, name: &str) -> Option<u64> {
    match input.params.get(name)? {
        BareItem::Integer(number) => u64::try_from(i64::from(*number)).ok(),
        _ => None,
    }
}
