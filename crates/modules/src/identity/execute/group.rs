//! Opening a group, and believing issuers more or less.

use lilliput_crypto::Digest;
use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::identity::{Group, IdentityEvent, IssuerWeight, OpenGroup, SetWeight};
use lilliput_types::{GroupRoot, List};

use super::{keys, known_issuer};
use crate::identity::{PERIOD_MAX_MS, PERIOD_MIN_MS, WEIGHT_MAX, settle};
use crate::refuse::{refusal, refuse};

pub(super) fn check(message: &OpenGroup) -> Result<(), Refusal> {
    let terms = &message.terms;
    let period = terms.period_ms.0;
    bounded("the period in ms", period, PERIOD_MIN_MS, PERIOD_MAX_MS)?;
    bounded("the root window in ms", terms.root_window_ms.0, 0, period)?;
    bounded(
        "the threshold",
        u64::from(terms.threshold),
        1,
        u64::from(WEIGHT_MAX),
    )?;
    for (place, weight) in message.weights.iter().enumerate() {
        check_weight(weight.weight)?;
        let mut earlier = message.weights.iter().take(place);
        if earlier.any(|other| other.issuer == weight.issuer) {
            return Err(refusal(
                "identity.terms",
                format!("issuer {} has two weights", weight.issuer),
            ));
        }
    }
    Ok(())
}

pub(super) fn check_weight(weight: u32) -> Result<(), Refusal> {
    bounded("the weight", u64::from(weight), 0, u64::from(WEIGHT_MAX))
}

fn bounded(name: &str, value: u64, least: u64, most: u64) -> Result<(), Refusal> {
    if !(least..=most).contains(&value) {
        return Err(refusal(
            "identity.terms",
            format!("{name} is {value}, {least} to {most}"),
        ));
    }
    Ok(())
}

pub(super) fn open(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenGroup,
) -> Result<(), Failure> {
    for weight in message.weights.iter() {
        known_issuer(state, weight.issuer)?;
    }
    let group = Group {
        id: keys::next_group(state)?,
        name: message.name.clone(),
        owner: context.signer,
        terms: message.terms,
        weights: message.weights.clone(),
        starts_at: context.block.time,
        size: 0,
        members: 0,
        root: GroupRoot(Digest([0; 32])),
        past: List::default(),
        waiting: 0,
        due: None,
        opened_at: context.block.height,
    };
    keys::write_group(state, &group);
    state.emit(IdentityEvent::GroupOpened {
        group: group.id,
        owner: group.owner,
    });
    Ok(())
}

pub(super) fn set_weight(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetWeight,
) -> Result<(), Failure> {
    let mut group = settle::ready(state, message.group, &context.block)?;
    if group.owner != context.signer {
        return refuse(
            "identity.not_owner",
            format!("group {} is {}'s", group.id, group.owner),
        );
    }
    known_issuer(state, message.issuer)?;
    let mut weights = group.weights.to_vec();
    weights.retain(|weight| weight.issuer != message.issuer);
    if message.weight > 0 {
        weights.push(IssuerWeight {
            issuer: message.issuer,
            weight: message.weight,
        });
    }
    group.weights =
        List::new(weights).map_err(|error| refusal("identity.terms", error.to_string()))?;
    keys::write_group(state, &group);
    state.emit(IdentityEvent::WeightSet {
        group: group.id,
        issuer: message.issuer,
        weight: message.weight,
    });
    Ok(())
}
