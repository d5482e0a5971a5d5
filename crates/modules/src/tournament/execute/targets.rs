//! Showing the targets: they must be what the round was opened with. Scores and settles the round.
//!
//! Nobody else can cause the work of scoring: before this the targets are sealed, after it the round is closed. The
//! message must be alone in its transaction: a later one that fails would undo fee and count of the work.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::tournament::blob::TargetList;
use lilliput_types::tournament::{Phase, Round, Targets, seal_targets};
use lilliput_types::{Holder, Segment};

use crate::refuse::{overflow, refuse};
use crate::tournament::{WORK_MAX, score, settle, state as keys};
use crate::{bank, genesis};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Targets,
) -> Result<(), Failure> {
    if context.messages != 1 {
        return refuse(
            "tournament.targets_not_alone",
            "targets must be the only message of their transaction",
        );
    }
    let mut round = super::known_round(state, message.round)?;
    if round.organiser != context.signer {
        return refuse(
            "tournament.not_organiser",
            format!("{} doesn't organise round {}", context.signer, round.id),
        );
    }
    super::in_phase(&round, Phase::AwaitingTargets, context.block.time)?;
    let sealed = seal_targets(
        context.block.chain,
        round.organiser,
        round.data,
        message.salt,
        message.targets,
    );
    if sealed != round.sealed_targets {
        return refuse(
            "tournament.seal",
            "salt and targets aren't what the round was opened with",
        );
    }
    let Some(blob) = context.blob(message.targets) else {
        return refuse(
            "tournament.blob_missing",
            "the targets did not come along with the transaction",
        );
    };
    let targets = match TargetList::decode(blob.as_bytes(), round.rows as usize) {
        Ok(targets) => targets,
        Err(error) => return refuse("tournament.targets", error.to_string()),
    };
    take_work(state, context, &round)?;
    state.pin_blob(blob.clone());
    round.targets = Some(message.targets);
    round.targets_salt = Some(message.salt);
    settle::settle(state, round, &targets, context.block.height)
}

/// Counts the work against what a block allows, and takes the fee for it.
fn take_work(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    round: &Round,
) -> Result<(), Failure> {
    let height = context.block.height;
    let work = score::work(round.rows, round.revealed, round.features);
    let before = keys::work(state, height)?;
    let after = before.saturating_add(work);
    if after > WORK_MAX {
        return refuse(
            "tournament.busy",
            format!("this block has scored {before} units of at most {WORK_MAX}; send it again"),
        );
    }
    keys::write_work(state, height, after);
    let params = genesis::params(state)?;
    let fee = params
        .check_fee_per_million
        .times(work.div_ceil(1_000_000))
        .map_err(overflow)?;
    bank::pay(
        state,
        params.settlement_asset,
        context.signer.into(),
        Holder::Fees(Segment::Security),
        fee,
        Segment::Security,
    )
}
