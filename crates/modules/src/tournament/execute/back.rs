//! Staking on an entry, one's own or another's. All stakes on an entry are scored alike.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::tournament::{Back, Phase, TournamentEvent};

use crate::refuse::{overflow, refuse};
use crate::tournament::{BACKINGS_MAX, state as keys};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Back,
) -> Result<(), Failure> {
    let mut round = super::known_round(state, message.round)?;
    super::in_phase(&round, Phase::Entering, context.block.time)?;
    let mut entry = super::known_entry(state, message.round, message.entry)?;
    let account = context.signer;
    super::lock_stake(state, &mut round, entry.number, account, message.stake)?;
    // Each entry has its owner's stake; places for these are not taken by backers.
    if round.stakes.saturating_sub(round.entries) > BACKINGS_MAX {
        return refuse(
            "tournament.full",
            format!("the round has {BACKINGS_MAX} backings, no more are taken"),
        );
    }
    entry.staked = entry.staked.plus(message.stake).map_err(overflow)?;
    keys::write_entry(state, &entry);
    keys::write_round(state, &round);
    state.emit(TournamentEvent::Backed {
        round: round.id,
        entry: entry.number,
        account,
        stake: message.stake,
    });
    Ok(())
}
