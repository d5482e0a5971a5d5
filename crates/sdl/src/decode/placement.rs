//! An entry of `profiles.placement`.

use std::collections::BTreeMap;

use crate::at::{At, Keys};
use crate::limits::{ATTRIBUTES_MAX, AUDITORS_MAX, PRICE_MAX, PROFILES_MAX};
use crate::model::{Denomination, Placement, Price, SignedBy};
use crate::names::{ProfileName, is_attribute};
use crate::problem::{Doubt, Report};
use crate::quantity::Amount;
use crate::terms;

const PLACEMENT: Keys = Keys {
    known: &["attributes", "signedBy", "pricing"],
    required: &["pricing"],
};
const SIGNED_BY: Keys = Keys {
    known: &["allOf", "anyOf"],
    required: &[],
};
const PRICE: Keys = Keys {
    known: &["denom", "amount"],
    required: &["denom", "amount"],
};

pub(super) fn read(at: &At<'_>, report: &mut Report) -> Option<Placement> {
    let fields = at.fields(report, &PLACEMENT)?;
    let mut attributes = BTreeMap::new();
    let mut ours = Vec::new();
    for (key, at) in fields
        .get("attributes")
        .and_then(|at| at.entries(report, "attributes", ATTRIBUTES_MAX))
        .unwrap_or_default()
    {
        let Some(value) = at.written_word(report) else {
            continue;
        };
        if !is_attribute(key) {
            at.doubt(report, Doubt::AttributeUnmatchable);
        }
        attributes.insert(key.to_owned(), value.to_owned());
        ours.push((key, value, at));
    }
    let terms = terms::read(&ours, report);
    let signed_by = fields
        .get("signedBy")
        .and_then(|at| signed_by(at, report))
        .unwrap_or_default();
    let pricing = fields
        .get("pricing")
        .and_then(|at| at.entries(report, "prices", PROFILES_MAX));
    let mut prices = BTreeMap::new();
    let mut whole = true;
    for (profile, at) in pricing? {
        match price(&at, report) {
            Some(price) => {
                prices.insert(ProfileName::new(profile), price);
            }
            None => whole = false,
        }
    }
    if !whole {
        return None;
    }
    Some(Placement {
        attributes,
        signed_by,
        pricing: prices,
        terms: terms?,
    })
}

fn signed_by(at: &At<'_>, report: &mut Report) -> Option<SignedBy> {
    let fields = at.fields(report, &SIGNED_BY)?;
    let mut auditors = |key| {
        let items = fields.get(key)?.items(report, "auditors", AUDITORS_MAX)?;
        let words = items.iter().filter_map(|at| at.filled_word(report));
        Some(words.map(str::to_owned).collect())
    };
    Some(SignedBy {
        all_of: auditors("allOf"),
        any_of: auditors("anyOf"),
    })
}

fn price(at: &At<'_>, report: &mut Report) -> Option<Price> {
    let fields = at.fields(report, &PRICE)?;
    let denomination = fields
        .get("denom")
        .and_then(|at| at.one_of(report, Denomination::NAMES, &Denomination::ALL));
    let amount = fields.get("amount").and_then(|at| {
        let amount = at.quantity(report, "price", Amount::parse)?;
        let (least, most) = (Amount(1), Amount::whole(PRICE_MAX));
        if !(least..=most).contains(&amount) {
            at.out_of_range(report, amount, least, most);
            return None;
        }
        Some(amount)
    });
    Some(Price {
        denomination: denomination?,
        amount: amount?,
    })
}
