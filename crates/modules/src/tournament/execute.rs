//! The tournaments' messages.

mod back;
mod enter;
mod open;
mod open_round;
mod reveal;
mod targets;
mod withdraw;

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::tournament::{
    Entry, Phase, Round, RoundId, Stake, Tournament, TournamentId, TournamentMessage,
};
use lilliput_types::{Address, Amount, Holder, TimeMs};

use super::{MONEY_END, state as keys};
use crate::bank;
use crate::refuse::{overflow, refusal, refuse};

/// What needs no state.
pub(crate) fn check(message: &TournamentMessage) -> Result<(), Refusal> {
    match message {
        TournamentMessage::Open(message) => open::check(message),
        TournamentMessage::OpenRound(message) => open_round::check(message),
        TournamentMessage::Enter(message) => some(message.stake),
        TournamentMessage::Back(message) => some(message.stake),
        TournamentMessage::Reveal(_)
        | TournamentMessage::Targets(_)
        | TournamentMessage::Withdraw(_) => Ok(()),
    }
}

pub(crate) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &TournamentMessage,
) -> Result<(), Failure> {
    match message {
        TournamentMessage::Open(message) => open::execute(state, context, message),
        TournamentMessage::OpenRound(message) => open_round::execute(state, context, message),
        TournamentMessage::Enter(message) => enter::execute(state, context, message),
        TournamentMessage::Back(message) => back::execute(state, context, message),
        TournamentMessage::Reveal(message) => reveal::execute(state, context, message),
        TournamentMessage::Targets(message) => targets::execute(state, context, message),
        TournamentMessage::Withdraw(message) => withdraw::execute(state, context.signer, message),
    }
}

fn some(amount: Amount) -> Result<(), Refusal> {
    if amount.is_zero() {
        return Err(refusal("tournament.zero_amount", "the stake is zero"));
    }
    Ok(())
}

fn known_tournament(state: &State<'_>, id: TournamentId) -> Result<Tournament, Failure> {
    match keys::tournament(state, id)? {
        Some(tournament) => Ok(tournament),
        None => refuse("tournament.unknown", format!("there is no tournament {id}")),
    }
}

fn known_round(state: &State<'_>, id: RoundId) -> Result<Round, Failure> {
    match keys::round(state, id)? {
        Some(round) => Ok(round),
        None => refuse(
            "tournament.unknown_round",
            format!("there is no round {id}"),
        ),
    }
}

fn known_entry(state: &State<'_>, round: RoundId, number: u32) -> Result<Entry, Failure> {
    match keys::entry(state, round, number)? {
        Some(entry) => Ok(entry),
        None => refuse(
            "tournament.unknown_entry",
            format!("round {round} has no entry {number}"),
        ),
    }
}

/// Refuses what comes before its phase, or at or after the end of it.
fn in_phase(round: &Round, wanted: Phase, now: TimeMs) -> Result<(), Failure> {
    let found = round.phase(now);
    if found == wanted {
        return Ok(());
    }
    let early = matches!(
        (found, wanted),
        (Phase::Entering, _) | (Phase::Revealing, Phase::AwaitingTargets)
    );
    let code = if early {
        "tournament.early"
    } else {
        "tournament.late"
    };
    refuse(
        code,
        format!(
            "round {} is {}, this is for a round that is {}",
            round.id,
            found.as_str(),
            wanted.as_str()
        ),
    )
}

/// Locks a stake: of a round that takes stakes now, by an account, on an entry it may have staked on already.
fn lock_stake(
    state: &mut State<'_>,
    round: &mut Round,
    entry: u32,
    account: Address,
    amount: Amount,
) -> Result<(), Failure> {
    if amount < round.terms.stake_min {
        return refuse(
            "tournament.stake_too_small",
            format!("the stake is {amount}, at least {}", round.terms.stake_min),
        );
    }
    let from = Holder::Account(account);
    bank::transfer(state, round.asset, from, Holder::Round(round.id), amount)?;
    let before = keys::stake(state, round.id, entry, account)?;
    if before.is_none() {
        round.stakes = round.stakes.saturating_add(1);
    }
    let already = before.map_or(Amount::ZERO, |stake| stake.amount);
    let stake = Stake {
        round: round.id,
        entry,
        account,
        amount: already.plus(amount).map_err(overflow)?,
        won: Amount::ZERO,
        lost: Amount::ZERO,
        withdrawn: false,
    };
    keys::write_stake(state, &stake);
    round.staked = round.staked.plus(amount).map_err(overflow)?;
    check_money(round)
}

/// What is locked stays within what the arithmetic of payouts takes.
fn check_money(round: &Round) -> Result<(), Failure> {
    let parts = [round.deposit, round.subsidy, round.carried, round.staked];
    let sum = Amount::sum(parts).map_err(overflow)?;
    if sum.0 >= MONEY_END {
        return refuse(
            "tournament.too_much",
            format!("stakes and pot would be {sum}, they must stay below {MONEY_END}"),
        );
    }
    Ok(())
}
