//! Entering a round with a sealed prediction and a stake.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::tournament::{Enter, Entry, Phase, TournamentEvent};

use crate::refuse::refuse;
use crate::tournament::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Enter,
) -> Result<(), Failure> {
    let mut round = super::known_round(state, message.round)?;
    super::in_phase(&round, Phase::Entering, context.block.time)?;
    let account = context.signer;
    if keys::entered(state, round.id, account, &message.model)?.is_some() {
        return refuse(
            "tournament.entered",
            format!("model {} is in round {} already", message.model, round.id),
        );
    }
    if round.entries >= round.terms.entries_max {
        return refuse(
            "tournament.full",
            format!("the round has {} entries, no more are taken", round.entries),
        );
    }
    let entry = Entry {
        round: round.id,
        number: round.entries,
        account,
        model: message.model.clone(),
        sealed: message.sealed,
        staked: message.stake,
        prediction: None,
        salt: None,
        scores: None,
    };
    super::lock_stake(state, &mut round, entry.number, account, message.stake)?;
    round.entries = round.entries.saturating_add(1);
    keys::insert_entry(state, &entry);
    keys::write_round(state, &round);
    state.emit(TournamentEvent::Entered {
        round: round.id,
        entry: entry.number,
        account,
        model: entry.model,
        stake: message.stake,
    });
    Ok(())
}
