//! What an expression says about a request.

use std::borrow::Cow;

use super::{Condition, Number, Order, Text};
use crate::request::Facts;

/// What an expression may ask about.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) facts: &'a Facts<'a>,
    /// The reading of the path that is looked at.
    pub(crate) path: &'a str,
    pub(crate) weight: i64,
}

impl Condition {
    /// Whether it holds; `None` when something it needs isn't there.
    pub(crate) fn holds(&self, context: Context<'_>) -> Option<bool> {
        match self {
            Self::Literal(value) => Some(*value),
            Self::Not(condition) => condition.holds(context).map(|value| !value),
            Self::And(conditions) => all(conditions.iter().map(|one| one.holds(context))),
            Self::Or(conditions) => all(conditions
                .iter()
                .map(|one| one.holds(context).map(|value| !value)))
            .map(|none| !none),
            Self::TextEqual(left, right) => Some(left.value(context)? == right.value(context)?),
            Self::TextIn(text, list) => {
                let text = text.value(context)?;
                Some(
                    list.iter()
                        .any(|one| one.value(context).as_ref() == Some(&text)),
                )
            }
            Self::Compare(left, order, right) => {
                Some(order.holds(left.value(context)?, right.value(context)?))
            }
            Self::HasHeader(name) => Some(context.facts.headers.contains_key(name.as_str())),
            Self::HasParameter(name) => Some(parameter(context.facts.query, name).is_some()),
            Self::Contains(text, part) => {
                Some(text.value(context)?.contains(part.value(context)?.as_ref()))
            }
            Self::StartsWith(text, part) => Some(
                text.value(context)?
                    .starts_with(part.value(context)?.as_ref()),
            ),
            Self::EndsWith(text, part) => Some(
                text.value(context)?
                    .ends_with(part.value(context)?.as_ref()),
            ),
            Self::Matches(text, regex) => Some(regex.is_match(text.value(context)?.as_ref())),
            Self::Signed => Some(context.facts.signed_by.is_some()),
            Self::Verified => Some(context.facts.verified),
        }
    }
}

/// False beats unknown, unknown beats true.
fn all(values: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut known = true;
    for value in values {
        match value {
            Some(false) => return Some(false),
            Some(true) => {}
            None => known = false,
        }
    }
    known.then_some(true)
}

impl Order {
    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Self::Equal => left == right,
            Self::Less => left < right,
            Self::LessOrEqual => left <= right,
            Self::Greater => left > right,
            Self::GreaterOrEqual => left >= right,
        }
    }
}

impl Text {
    fn value<'a>(&'a self, context: Context<'a>) -> Option<Cow<'a, str>> {
        let facts = context.facts;
        Some(match self {
            Self::Literal(text) => Cow::Borrowed(text.as_str()),
            Self::Method => Cow::Borrowed(facts.method),
            Self::Host => Cow::Borrowed(facts.host),
            Self::Path => Cow::Borrowed(context.path),
            Self::UserAgent => Cow::Borrowed(facts.user_agent),
            Self::RemoteAddress => Cow::Owned(facts.address.to_string()),
            Self::Class => Cow::Borrowed(facts.class.name()),
            Self::Agent => Cow::Borrowed(facts.agent?),
            Self::SignedBy => Cow::Borrowed(facts.signed_by?),
            Self::Header(name) => String::from_utf8_lossy(facts.headers.get(name)?.as_bytes()),
            Self::Parameter(name) => Cow::Owned(parameter(facts.query, name)?),
        })
    }
}

impl Number {
    fn value(&self, context: Context<'_>) -> Option<i64> {
        Some(match self {
            Self::Literal(value) => *value,
            Self::ContentLength => {
                i64::try_from(context.facts.content_length.unwrap_or(0)).unwrap_or(i64::MAX)
            }
            Self::Weight => context.weight,
            Self::Size(text) => i64::try_from(text.value(context)?.chars().count()).ok()?,
        })
    }
}

/// A parameter of a query, decoded.
fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    query?.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decoded(key) == name).then(|| decoded(value))
    })
}

fn decoded(text: &str) -> String {
    let spaced = text.replace('+', " ");
    String::from_utf8_lossy(&crate::path::percent_decoded(spaced.as_bytes())).into_owned()
}
