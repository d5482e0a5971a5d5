//! Money, counts and deadlines agree with the rounds.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::tournament::{Entry, Round, RoundId, RoundState, Stake, Tournament};
use lilliput_types::{Amount, AmountError, Holder, TimeMs};

use super::state;
use crate::bank;
use crate::keyed::time_of;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    for entry in Scan::<Tournament>::new(reader, state::TOURNAMENTS) {
        let (_, tournament) = entry?;
        let holder = Holder::Tournament(tournament.id);
        let held = bank::state::balance(reader, holder, tournament.asset)?;
        if held != tournament.carried {
            found.push(format!(
                "tournament {} holds {held}, its rounds left {}",
                tournament.id, tournament.carried
            ));
        }
    }
    let mut open: BTreeSet<(TimeMs, RoundId)> = BTreeSet::new();
    for entry in Scan::<Round>::new(reader, state::ROUNDS) {
        let (_, round) = entry?;
        if round.state == RoundState::Open {
            open.insert((round.targets_until, round.id));
        }
        check_round(reader, &round, &mut found)?;
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<RoundId>::new(reader, state::DEADLINES) {
        let (key, round) = entry?;
        let deadline = time_of(state::DEADLINES, &key)?;
        let last = open
            .iter()
            .find(|(_, id)| *id == round)
            .map(|(last, _)| *last);
        // Ends of earlier phases are in the queue until they have come.
        if last.is_none_or(|last| deadline >= last) {
            queued.insert((deadline, round));
        }
    }
    if queued != open {
        found.push("the queue of deadlines doesn't match the open rounds".to_owned());
    }
    Ok(found)
}

fn check_round(
    reader: &dyn StateReader,
    round: &Round,
    found: &mut Vec<String>,
) -> Result<(), StoreError> {
    let entries = state::entries(reader, round.id)?;
    let stakes = state::stakes(reader, round.id)?;
    let held = bank::state::balance(reader, Holder::Round(round.id), round.asset)?;
    if due(round) != Ok(held) {
        found.push(format!(
            "round {} holds {held}, which isn't what it owes",
            round.id
        ));
    }
    if !counts_agree(round, &entries, &stakes) {
        found.push(format!("round {} miscounts entries or stakes", round.id));
    }
    if !payouts_agree(round, &stakes) {
        found.push(format!("round {} doesn't give out its pot", round.id));
    }
    Ok(())
}

/// What a round must hold.
fn due(round: &Round) -> Result<Amount, AmountError> {
    match round.state {
        RoundState::Open => {
            Amount::sum([round.deposit, round.subsidy, round.carried, round.staked])
        }
        RoundState::Settled | RoundState::Void => round
            .staked
            .plus(round.won)?
            .minus(round.lost)?
            .minus(round.withdrawn),
    }
}

fn counts_agree(round: &Round, entries: &[Entry], stakes: &[Stake]) -> bool {
    let mut staked: BTreeMap<u32, u128> = BTreeMap::new();
    for stake in stakes {
        let sum = staked.entry(stake.entry).or_default();
        *sum = sum.saturating_add(stake.amount.0);
    }
    let sums = staked.len() == entries.len()
        && entries
            .iter()
            .all(|entry| staked.get(&entry.number) == Some(&entry.staked.0));
    let revealed = entries.iter().filter(|entry| entry.prediction.is_some());
    sums && entries.len() == round.entries as usize
        && stakes.len() == round.stakes as usize
        && revealed.count() == round.revealed as usize
        && Amount::sum(entries.iter().map(|entry| entry.staked)) == Ok(round.staked)
}

fn payouts_agree(round: &Round, stakes: &[Stake]) -> bool {
    let won = Amount::sum(stakes.iter().map(|stake| stake.won));
    let lost = Amount::sum(stakes.iter().map(|stake| stake.lost));
    let sums = won == Ok(round.won) && lost == Ok(round.lost);
    let within = stakes.iter().all(|stake| stake.lost <= stake.amount);
    let taken = stakes.iter().filter(|stake| stake.withdrawn);
    let taken = Amount::sum(taken.map(|stake| {
        let all = stake.amount.0.saturating_add(stake.won.0);
        Amount(all.saturating_sub(stake.lost.0))
    }));
    let pot = [round.subsidy, round.carried, round.lost];
    let balanced = match round.state {
        RoundState::Open => round.won.is_zero() && round.lost.is_zero() && round.kept.is_zero(),
        RoundState::Settled => Amount::sum(pot) == round.won.plus(round.kept),
        RoundState::Void => round.lost.is_zero(),
    };
    sums && within && balanced && taken == Ok(round.withdrawn)
}
