//! Showing what stands behind a weight that was drawn.

use std::collections::BTreeSet;

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::subnet::{
    AnswerContext, Audit, Member, Phase, Revealed, Subnet, SubnetEvent, votes_digest,
};
use lilliput_types::{List, Registration};

use super::{in_phase, member, running};
use crate::refuse::{refusal, refuse};
use crate::subnet::score::{self, Ballot};
use crate::subnet::{seats, state as keys};

pub(super) fn audit(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Audit,
) -> Result<(), Failure> {
    let subnet = running(state, message.subnet)?;
    in_phase(&subnet, Phase::Audit, context.block.time)?;
    let validator = member(state, subnet.id, context.signer)?;
    let Some(mut revealed) = keys::revealed(state, subnet.id, validator.uid)? else {
        return refuse("subnet.not_revealed", "no weights were shown in this epoch");
    };
    let uid = message.entry.uid;
    let place = drawn(&subnet, &validator, &revealed, uid)?;
    if revealed.audited.contains(&uid) {
        return refuse("subnet.audited", "this audit was held already");
    }
    let miner = keys::seated(state, subnet.id, uid)?;
    check_entry(&revealed, place, &miner, message)?;
    check_answers(context, &subnet, validator.registration, message)?;
    check_weight(&subnet, &revealed, place, message)?;
    let mut audited = revealed.audited.into_vec();
    audited.push(uid);
    revealed.audited =
        List::new(audited).map_err(|error| refusal("subnet.audited", error.to_string()))?;
    keys::write_revealed(state, subnet.id, validator.uid, &revealed);
    state.emit(SubnetEvent::Audited {
        subnet: subnet.id,
        epoch: subnet.epoch,
        validator: validator.uid,
        miner: uid,
    });
    Ok(())
}

/// The place of a uid's entry in the row, if it was drawn.
fn drawn(
    subnet: &Subnet,
    validator: &Member,
    revealed: &Revealed,
    uid: u16,
) -> Result<usize, Failure> {
    let place = revealed.row.binary_search_by_key(&uid, |cell| cell.0).ok();
    let draws = seats::draws(subnet, validator.uid, revealed);
    match place.filter(|place| draws.contains(place)) {
        Some(place) => Ok(place),
        None => refuse(
            "subnet.not_drawn",
            format!("no audit was drawn for uid {uid}"),
        ),
    }
}

fn check_entry(
    revealed: &Revealed,
    place: usize,
    miner: &Member,
    message: &Audit,
) -> Result<(), Failure> {
    let entry = &message.entry;
    if entry.registration != miner.registration || entry.key.address() != miner.account {
        return refuse(
            "subnet.entry",
            format!(
                "the entry names another registration or key than uid {} has",
                miner.uid
            ),
        );
    }
    let length = revealed.row.len();
    if !message
        .proof
        .verify(&revealed.transcript, place, length, entry)
    {
        return refuse(
            "subnet.transcript",
            format!("the entry doesn't stand at place {place} of the transcript"),
        );
    }
    Ok(())
}

/// Enough answers, to different probes, each signed for this validator and epoch.
fn check_answers(
    context: &MessageContext<'_>,
    subnet: &Subnet,
    validator: Registration,
    message: &Audit,
) -> Result<(), Failure> {
    let entry = &message.entry;
    let needed = usize::from(subnet.settings.probes_min);
    if entry.answered.len() < needed {
        return refuse(
            "subnet.answers",
            format!(
                "{} answers stand behind the weight, {needed} are needed",
                entry.answered.len()
            ),
        );
    }
    let probes: BTreeSet<_> = entry.answered.iter().map(|one| one.probe.id()).collect();
    if probes.len() != entry.answered.len() {
        return refuse("subnet.answers", "a probe stands twice in the entry");
    }
    let for_whom = AnswerContext {
        chain: context.block.chain,
        subnet: subnet.id,
        epoch: subnet.epoch,
        validator: context.signer,
        validator_registration: validator,
        miner: entry.registration,
    };
    for (place, one) in entry.answered.iter().enumerate() {
        if one.verify(&entry.key, &for_whom).is_err() {
            return refuse(
                "subnet.signature",
                format!("the miner didn't sign answer {place} for this validator and epoch"),
            );
        }
    }
    Ok(())
}

/// The scorer, run again, gives exactly the weight.
fn check_weight(
    subnet: &Subnet,
    revealed: &Revealed,
    place: usize,
    message: &Audit,
) -> Result<(), Failure> {
    let entry = &message.entry;
    let ballot = match entry.votes {
        Some(digest) if digest == votes_digest(&message.votes) => Some(Ballot {
            votes: &message.votes,
            entries: revealed.row.len(),
            place,
        }),
        Some(_) => return refuse("subnet.votes", "the entry names other votes"),
        None if message.votes.is_empty() => None,
        None => return refuse("subnet.votes", "the entry names no votes"),
    };
    let scored = score::weight(&subnet.settings, &entry.answered, ballot);
    let weight = scored.map_err(|reason| refusal("subnet.score", reason))?;
    let given = revealed.row.get(place).map_or(0, |cell| cell.1);
    if weight != given {
        return refuse(
            "subnet.weight",
            format!("the answers are worth {weight}, the row gives {given}"),
        );
    }
    Ok(())
}
