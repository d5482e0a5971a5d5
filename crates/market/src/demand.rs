//! What an order demands of a provider itself: attributes, who signed them, milliseconds to a place.

use lilliput_types::Address;
use lilliput_types::market::{Attribute, Audit, GroupOrder, MarketProvider};

/// What is missing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unmet {
    /// An attribute that isn't there, or is another.
    #[error("attribute {key}: wanted {wanted}, the provider has {}", has.as_deref().unwrap_or("none"))]
    Attribute {
        /// Which.
        key: String,
        /// The value wanted.
        wanted: String,
        /// What the provider says.
        has: Option<String>,
    },
    /// An auditor who must have signed hasn't.
    #[error("{auditor} hasn't signed {key}")]
    Audit {
        /// Who.
        auditor: Address,
        /// Which attribute.
        key: String,
    },
    /// None of the auditors has signed all.
    #[error("none of the {auditors} auditors has signed all attributes")]
    NoAudit {
        /// Of how many.
        auditors: usize,
    },
    /// Too far.
    #[error("to {to}: at most {most} ms, the provider has {}", has.as_deref().unwrap_or("none"))]
    Latency {
        /// Where to.
        to: String,
        /// At most.
        most: u32,
        /// What the provider says.
        has: Option<String>,
    },
}

/// The attribute of milliseconds to a place.
#[must_use]
pub(crate) fn latency_key(to: &str) -> String {
    format!("latency-ms/{to}")
}

/// Everything that the provider lacks; `audits` are those of its attributes.
#[must_use]
pub fn unmet(group: &GroupOrder, provider: &MarketProvider, audits: &[Audit]) -> Vec<Unmet> {
    let mut found = Vec::new();
    let mut needed: Vec<(&str, Option<&str>)> = Vec::new();
    for Attribute { key, value } in group.attributes.iter() {
        let has = provider.attribute(key.as_str());
        if has != Some(value.as_str()) {
            found.push(Unmet::Attribute {
                key: key.to_string(),
                wanted: value.to_string(),
                has: has.map(str::to_owned),
            });
        }
        needed.push((key.as_str(), has));
    }
    let latency = group.terms.latency.as_ref();
    let far_key = latency.map(|latency| latency_key(latency.to.as_str()));
    if let (Some(latency), Some(key)) = (latency, &far_key) {
        let has = provider.attribute(key);
        let near = has.and_then(|has| has.parse::<u32>().ok());
        if near.is_none_or(|near| near > latency.max_ms) {
            found.push(Unmet::Latency {
                to: latency.to.to_string(),
                most: latency.max_ms,
                has: has.map(str::to_owned),
            });
        }
        needed.push((key, has));
    }
    found.extend(unsigned(group, &needed, audits));
    found
}

fn unsigned(group: &GroupOrder, needed: &[(&str, Option<&str>)], audits: &[Audit]) -> Vec<Unmet> {
    // The first attribute that an auditor hasn't signed as the provider states it now; an auditor that
    // signed nothing at all lacks everything.
    let lacks = |auditor: Address| -> Option<String> {
        let Some(audit) = audits.iter().find(|audit| audit.auditor == auditor) else {
            let first = needed.first().map_or("anything", |(key, _)| key);
            return Some(first.to_owned());
        };
        let unsigned = needed.iter().find(|(key, has)| {
            let mut signed = audit.attributes.iter();
            let signed = signed.find(|attribute| attribute.key.as_str() == *key);
            signed.map(|attribute| attribute.value.as_str()) != *has || has.is_none()
        });
        unsigned.map(|(key, _)| (*key).to_owned())
    };
    let mut found = Vec::new();
    for auditor in group.signed_by_all.iter() {
        if let Some(key) = lacks(*auditor) {
            let auditor = *auditor;
            found.push(Unmet::Audit { auditor, key });
        }
    }
    let any = &group.signed_by_any;
    if !any.is_empty() && any.iter().all(|auditor| lacks(*auditor).is_some()) {
        let auditors = any.len();
        found.push(Unmet::NoAudit { auditors });
    }
    found
}
