//! Publishing a model.

use std::collections::BTreeMap;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::registry::{Model, Publish, RegistryEvent, SHARES_MAX, Share};
use lilliput_types::{Address, BasisPoints, List};

use crate::check::ProofCheck;
use crate::refuse::{refusal, refuse};
use crate::registry::{DEPTH_MAX, WHOLE_PPM, state as keys};

pub(super) fn check(message: &Publish) -> Result<(), Refusal> {
    if message.name.as_str().trim().is_empty() || message.licence.as_str().trim().is_empty() {
        return Err(refusal(
            "registry.empty_text",
            "a model needs a name and a licence",
        ));
    }
    let parents: Vec<_> = message.parents.iter().map(|parent| parent.model).collect();
    if (1..parents.len()).any(|place| parents[..place].contains(&parents[place])) {
        return Err(refusal(
            "registry.parent_twice",
            "a parent is named more than once",
        ));
    }
    let shares: u32 = message
        .parents
        .iter()
        .map(|parent| u32::from(parent.share_bps.0))
        .sum();
    if shares > u32::from(BasisPoints::WHOLE.0) {
        return Err(refusal(
            "registry.royalties",
            format!("royalties are {shares} basis points, at most 10000"),
        ));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    checker: &dyn ProofCheck,
    message: &Publish,
) -> Result<(), Failure> {
    let Some(key) = context.blob(message.key) else {
        return refuse(
            "registry.key_missing",
            "the verifying key did not come along with the transaction",
        );
    };
    let facts = match checker.key(key.as_bytes()) {
        Ok(facts) => facts,
        Err(reason) => return refuse("registry.key_refused", reason),
    };
    if keys::model(state, facts.model)?.is_some() || keys::succeeded(state, facts.model)?.is_some()
    {
        return refuse(
            "registry.model_exists",
            format!("model {} is published already", facts.model),
        );
    }
    let (shares, depth) = ancestry(state, message)?;
    state.pin_blob(key.clone());
    let model = Model {
        id: facts.model,
        name: message.name.clone(),
        owner: context.signer,
        key: message.key,
        price: message.price,
        licence: message.licence.clone(),
        parents: message.parents.clone(),
        shares,
        depth,
        metadata_uri: message.metadata_uri.clone(),
        weights: message.weights,
        check_units: facts.check_units,
        listed: true,
        published_at: context.block.height,
        successors: List::default(),
    };
    keys::write_model(state, &model);
    state.emit(RegistryEvent::Published {
        model: model.id,
        owner: model.owner,
        name: model.name,
        price: model.price,
    });
    Ok(())
}

/// Who shares the price, parents of parents included, and the length of the line. A parent's share
/// is divided as its own price would be. Fractions of a millionth stay with the owner.
fn ancestry(
    state: &State<'_>,
    message: &Publish,
) -> Result<(List<Share, SHARES_MAX>, u8), Failure> {
    let mut by_account: BTreeMap<Address, u32> = BTreeMap::new();
    let mut depth = 0;
    for royalty in message.parents.iter() {
        let Some(parent) = keys::model(state, royalty.model)? else {
            return refuse(
                "registry.unknown_parent",
                format!("there is no model {}", royalty.model),
            );
        };
        depth = depth.max(parent.depth.saturating_add(1));
        let part_ppm = u32::from(royalty.share_bps.0) * (WHOLE_PPM / 10_000);
        let mut left_ppm = part_ppm;
        for share in parent.shares.iter() {
            let ppm = u64::from(part_ppm) * u64::from(share.share_ppm) / u64::from(WHOLE_PPM);
            // At most `part_ppm`, a u32: each share is at most the whole.
            let ppm = u32::try_from(ppm).unwrap_or(part_ppm);
            left_ppm = left_ppm.saturating_sub(ppm);
            *by_account.entry(share.to).or_default() += ppm;
        }
        *by_account.entry(parent.owner).or_default() += left_ppm;
    }
    if depth > DEPTH_MAX {
        return refuse(
            "registry.too_deep",
            format!("the line of ancestors is {depth} long, at most {DEPTH_MAX}"),
        );
    }
    let shares = by_account
        .into_iter()
        .filter(|(_, share_ppm)| *share_ppm > 0)
        .map(|(to, share_ppm)| Share { to, share_ppm })
        .collect();
    match List::new(shares) {
        Ok(shares) => Ok((shares, depth)),
        Err(error) => refuse("registry.too_many_shares", error.to_string()),
    }
}
