//! Taking back what a stake came to, once its round is closed.

use lilliput_ledger::{Failure, State};
use lilliput_types::tournament::{RoundState, TournamentEvent, Withdraw};
use lilliput_types::{Address, Amount, Holder, Segment};

use crate::bank;
use crate::refuse::{overflow, refuse};
use crate::tournament::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    signer: Address,
    message: &Withdraw,
) -> Result<(), Failure> {
    let mut round = super::known_round(state, message.round)?;
    let Some(mut stake) = keys::stake(state, round.id, message.entry, signer)? else {
        return refuse(
            "tournament.no_stake",
            format!("{signer} has no stake on entry {}", message.entry),
        );
    };
    if stake.withdrawn {
        return refuse("tournament.withdrawn", "the stake was taken back already");
    }
    let earned = match round.state {
        RoundState::Open => {
            return refuse(
                "tournament.locked",
                format!("round {} isn't closed yet", round.id),
            );
        }
        RoundState::Settled => stake.won,
        // What the organiser forfeits is no revenue.
        RoundState::Void => Amount::ZERO,
    };
    let (from, to) = (Holder::Round(round.id), Holder::Account(signer));
    let all = stake.amount.plus(stake.won).map_err(overflow)?;
    let all = all.minus(stake.lost).map_err(overflow)?;
    let rest = all.minus(earned).map_err(overflow)?;
    bank::transfer(state, round.asset, from, to, rest)?;
    bank::pay(state, round.asset, from, to, earned, Segment::Software)?;
    stake.withdrawn = true;
    round.withdrawn = round.withdrawn.plus(all).map_err(overflow)?;
    keys::write_stake(state, &stake);
    keys::write_round(state, &round);
    state.emit(TournamentEvent::Withdrawn {
        round: round.id,
        entry: stake.entry,
        account: signer,
        amount: all,
    });
    Ok(())
}
