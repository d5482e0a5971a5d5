//! Becoming a member, staying one, being found.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::subnet::{
    Challenge, Leave, Match, Member, Phase, Register, SetEndpoint, Subnet, SubnetEvent, Terms,
};
use lilliput_types::{Amount, Holder, List};

use super::{lasting, member, running};
use crate::refuse::{refusal, refuse};
use crate::subnet::{places, price, state as keys};
use crate::{bank, genesis};

pub(super) fn register(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Register,
) -> Result<(), Failure> {
    let mut subnet = lasting(state, message.subnet)?;
    let terms = genesis::params(state)?.subnets;
    let signer = context.signer;
    let waits = |challenge: &Challenge| challenge.challenger == signer;
    if keys::uid(state, subnet.id, signer)?.is_some() || subnet.challenges.iter().any(waits) {
        return refuse(
            "subnet.registered",
            format!(
                "{signer} is or waits to be a member of subnet {}",
                subnet.id
            ),
        );
    }
    let now = context.block.time;
    let price = price::burn(&subnet, &terms, now);
    affordable(price, message.price_max)?;
    if let Some(uid) = places::free_uid(&mut subnet) {
        bank::withdraw_supply(state, terms.asset, signer.into(), price)?;
        let place = places::Place {
            uid,
            since: subnet.epoch,
            price,
        };
        let height = context.block.height;
        places::admit(
            state,
            &mut subnet,
            &place,
            signer,
            &message.endpoint,
            height,
        );
    } else {
        challenge(state, context, &mut subnet, &terms, message, price)?;
    }
    subnet.burn_price = price::burn_next(price, &terms);
    subnet.burn_priced_at = now;
    keys::write_subnet(state, &subnet);
    Ok(())
}

fn affordable(price: Amount, most: Amount) -> Result<(), Failure> {
    if price > most {
        return refuse(
            "subnet.price",
            format!("the price is {price}, you pay at most {most}"),
        );
    }
    Ok(())
}

/// Announces that the lowest earner has to match the price or to go.
fn challenge(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    subnet: &mut Subnet,
    terms: &Terms,
    message: &Register,
    price: Amount,
) -> Result<(), Failure> {
    let mut candidates = subnet.candidates.to_vec();
    let Some(registration) = (!candidates.is_empty()).then(|| candidates.remove(0)) else {
        return refuse(
            "subnet.full",
            "the subnet is full and nobody can be challenged now, try in the next epoch",
        );
    };
    let uid = keys::pool_of(state, subnet.id, registration)?.uid;
    let Some(uid) = uid else {
        return refuse(
            "subnet.full",
            "the candidate is gone, try in the next epoch",
        );
    };
    let challenge = Challenge {
        challenger: context.signer,
        endpoint: message.endpoint.clone(),
        price,
        uid,
        registration,
        match_until: subnet.epoch.next(),
    };
    let mut challenges = subnet.challenges.to_vec();
    challenges.push(challenge);
    subnet.challenges = List::new(challenges)
        .map_err(|_| refusal("subnet.full", "as many wait as may, try in the next epoch"))?;
    subnet.candidates = List::new(candidates).unwrap_or_default();
    let (from, to) = (context.signer.into(), Holder::Subnet(subnet.id));
    bank::transfer(state, terms.asset, from, to, price)?;
    state.emit(SubnetEvent::Challenged {
        subnet: subnet.id,
        uid,
        registration,
        challenger: context.signer,
        price,
        match_until: subnet.epoch.next(),
    });
    Ok(())
}

pub(super) fn match_price(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Match,
) -> Result<(), Failure> {
    let mut subnet = running(state, message.subnet)?;
    let mut member = member(state, subnet.id, context.signer)?;
    let mut challenges = subnet.challenges.to_vec();
    let place = challenges
        .iter()
        .position(|challenge| challenge.registration == member.registration);
    let Some(place) = place else {
        return refuse("subnet.not_challenged", "nobody wants your place");
    };
    let challenge = challenges.remove(place);
    stays(&member)?;
    affordable(challenge.price, message.price_max)?;
    let terms = genesis::params(state)?.subnets;
    let (from, price) = (context.signer.into(), challenge.price);
    bank::withdraw_supply(state, terms.asset, from, price)?;
    let (from, to) = (Holder::Subnet(subnet.id), challenge.challenger.into());
    bank::transfer(state, terms.asset, from, to, price)?;
    member.immune_until = places::immune_until(&subnet, subnet.epoch);
    keys::write_member(state, subnet.id, &member);
    subnet.challenges = List::new(challenges).unwrap_or_default();
    keys::write_subnet(state, &subnet);
    state.emit(SubnetEvent::Matched {
        subnet: subnet.id,
        uid: member.uid,
        price,
    });
    Ok(())
}

/// Refuses what makes no sense for who leaves.
pub(super) fn stays(member: &Member) -> Result<(), Failure> {
    match member.leaves_after {
        Some(after) => refuse(
            "subnet.leaving",
            format!("uid {} leaves when epoch {after} has settled", member.uid),
        ),
        None => Ok(()),
    }
}

/// Gives notice. A whole phase reveal lies before the end, so that what was committed to can still be audited.
pub(super) fn leave(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Leave,
) -> Result<(), Failure> {
    let subnet = lasting(state, message.subnet)?;
    let mut member = member(state, subnet.id, context.signer)?;
    stays(&member)?;
    let before_reveal = subnet.phase == Phase::Commit && context.block.time < subnet.phase_ends_at;
    let after = if before_reveal {
        subnet.epoch
    } else {
        subnet.epoch.next()
    };
    member.leaves_after = Some(after);
    keys::write_member(state, subnet.id, &member);
    state.emit(SubnetEvent::Leaving {
        subnet: subnet.id,
        uid: member.uid,
        registration: member.registration,
        after,
    });
    Ok(())
}

pub(super) fn set_endpoint(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &SetEndpoint,
) -> Result<(), Failure> {
    let subnet = running(state, message.subnet)?;
    let mut member = member(state, subnet.id, context.signer)?;
    member.endpoint = message.endpoint.clone();
    keys::write_member(state, subnet.id, &member);
    state.emit(SubnetEvent::EndpointChanged {
        subnet: subnet.id,
        uid: member.uid,
    });
    Ok(())
}
