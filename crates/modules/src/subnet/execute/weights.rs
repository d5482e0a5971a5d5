//! Committing to weights, and showing them.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::List;
use lilliput_types::subnet::{
    Commit, Member, Phase, Reveal, Revealed, Rule, Subnet, SubnetEvent, WeightsCommitment,
    WeightsOpening,
};

use super::{in_phase, member, running};
use crate::refuse::refuse;
use crate::subnet::state as keys;

pub(super) fn commit(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Commit,
) -> Result<(), Failure> {
    let subnet = running(state, message.subnet)?;
    in_phase(&subnet, Phase::Commit, context.block.time)?;
    let member = member(state, subnet.id, context.signer)?;
    let stake = keys::pool_of(state, subnet.id, member.registration)?.amount;
    if !subnet.may_weigh(&member, stake) {
        return refuse(
            "subnet.no_permit",
            format!(
                "uid {} has no permit to give weights in subnet {} in this epoch, its stake is {stake}",
                member.uid, subnet.id
            ),
        );
    }
    if keys::commitment(state, subnet.id, member.uid)?.is_some() {
        return refuse(
            "subnet.committed",
            "weights were committed to in this epoch already",
        );
    }
    let commitment = WeightsCommitment {
        registration: member.registration,
        weights: message.weights,
    };
    keys::write_commitment(state, subnet.id, member.uid, &commitment);
    state.emit(SubnetEvent::Committed {
        subnet: subnet.id,
        epoch: subnet.epoch,
        uid: member.uid,
        weights: message.weights,
    });
    Ok(())
}

pub(super) fn reveal(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Reveal,
) -> Result<(), Failure> {
    let subnet = running(state, message.subnet)?;
    in_phase(&subnet, Phase::Reveal, context.block.time)?;
    let member = member(state, subnet.id, context.signer)?;
    let Some(commitment) = keys::commitment(state, subnet.id, member.uid)? else {
        return refuse(
            "subnet.not_committed",
            "no weights were committed to in this epoch",
        );
    };
    if keys::revealed(state, subnet.id, member.uid)?.is_some() {
        return refuse(
            "subnet.revealed",
            "the weights of this epoch were shown already",
        );
    }
    canonical(&subnet, &member, &message.row)?;
    let opening = WeightsOpening {
        chain: context.block.chain,
        subnet: subnet.id,
        epoch: subnet.epoch,
        uid: member.uid,
        registration: member.registration,
        salt: message.salt,
        row: message.row.clone(),
        transcript: message.transcript,
        seed: message.seed,
    };
    if opening.commitment() != commitment.weights {
        return refuse("subnet.reveal", "this isn't what was committed to");
    }
    let revealed = Revealed {
        registration: member.registration,
        row: opening.row,
        transcript: message.transcript,
        seed: message.seed,
        audited: List::default(),
    };
    keys::write_revealed(state, subnet.id, member.uid, &revealed);
    state.emit(SubnetEvent::Revealed {
        subnet: subnet.id,
        epoch: subnet.epoch,
        uid: member.uid,
        transcript: message.transcript,
    });
    Ok(())
}

/// One way to write a row: uids ascending, known, not one's own, no zeros. As upstream, `subtensor-425` lets the owner
/// of the subnet weigh itself.
fn canonical(subnet: &Subnet, member: &Member, row: &[(u16, u16)]) -> Result<(), Failure> {
    let may_be_own = subnet.rule != Rule::Evidence1 && member.account == subnet.owner;
    let rules = [
        (!row.is_empty(), "a row needs a weight above zero"),
        (
            row.windows(2)
                .all(|pair| matches!(pair, [(low, _), (high, _)] if low < high)),
            "uids of a row ascend, each once",
        ),
        (
            row.iter().all(|&(uid, _)| subnet.has(uid)),
            "a uid of the row doesn't exist",
        ),
        (
            may_be_own || row.iter().all(|&(uid, _)| uid != member.uid),
            "nobody weighs itself",
        ),
        (
            row.iter().all(|&(_, weight)| weight > 0),
            "leave out weights of zero",
        ),
    ];
    match rules.into_iter().find(|(holds, _)| !holds) {
        Some((_, rule)) => refuse("subnet.row", rule),
        None => Ok(()),
    }
}
