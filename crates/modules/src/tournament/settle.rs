//! Closing a round: by scores, or because the targets weren't shown in time.

use lilliput_ledger::{Failure, State, StateReader, StoreError};
use lilliput_types::tournament::blob::{Data, Prediction, TargetList};
use lilliput_types::tournament::{
    Entry, Round, RoundState, Scores, Stake, Standing, Tournament, TournamentEvent,
};
use lilliput_types::{Amount, Height, Holder};

use super::score::{self, Candidate};
use super::state as keys;
use crate::bank;
use crate::refuse::{overflow, refusal, refuse};

/// Scores every entry, and says of every stake what it won or lost.
pub(super) fn settle(
    state: &mut State<'_>,
    mut round: Round,
    targets: &TargetList,
    height: Height,
) -> Result<(), Failure> {
    let entries = keys::entries(state, round.id)?;
    let mut stakes = keys::stakes(state, round.id)?;
    let data = data(state, &round)?;
    let candidates = candidates(state, &round, &entries)?;
    let result = match score::score(&round.terms, &data, targets, &candidates) {
        Ok(result) => result,
        Err(error) => return refuse("tournament.score", error.to_string()),
    };
    let claims: Result<Vec<(u32, u64)>, Failure> = stakes
        .iter()
        .map(|stake| units(stake.amount).map(|units| (stake.entry, units)))
        .collect();
    let pot = round.subsidy.plus(round.carried).map_err(overflow)?;
    let Some(paid) = score::pay(&result.scores, &claims?, units(pot)?) else {
        return Err(too_much(pot).into());
    };
    for ((stake, won), lost) in stakes.iter_mut().zip(&paid.won).zip(&paid.lost) {
        stake.won = Amount(u128::from(*won));
        stake.lost = Amount(u128::from(*lost));
        keys::write_stake(state, stake);
    }
    for (entry, scores) in entries.into_iter().zip(result.scores) {
        write_scores(state, entry, scores, &stakes)?;
    }
    round.state = RoundState::Settled;
    round.won = Amount::sum(stakes.iter().map(|stake| stake.won)).map_err(overflow)?;
    round.lost = Amount::sum(stakes.iter().map(|stake| stake.lost)).map_err(overflow)?;
    round.kept = Amount(u128::from(paid.kept));
    let deposit = round.deposit;
    close(state, &mut round, deposit, height)?;
    if let Some(targets) = round.targets {
        state.emit(TournamentEvent::Settled {
            round: round.id,
            targets,
            won: round.won,
            lost: round.lost,
            kept: round.kept,
        });
    }
    Ok(())
}

/// Gives stakes back whole, and deposit and pot to the stakes on revealed entries.
pub(super) fn void(state: &mut State<'_>, mut round: Round, height: Height) -> Result<(), Failure> {
    let entries = keys::entries(state, round.id)?;
    let mut stakes = keys::stakes(state, round.id)?;
    let revealed = |stake: &Stake| {
        let entry = entries.get(stake.entry as usize);
        entry.is_some_and(|entry| entry.prediction.is_some())
    };
    let counted = stakes.iter().filter(|stake| revealed(stake));
    let counted = Amount::sum(counted.map(|stake| stake.amount)).map_err(overflow)?;
    let own = round.deposit.plus(round.subsidy).map_err(overflow)?;
    let pot = own.plus(round.carried).map_err(overflow)?;
    for stake in stakes.iter_mut().filter(|stake| revealed(stake)) {
        // Both below 2^63; the sum of the stakes on revealed entries isn't zero if there is one.
        let share = pot.0.saturating_mul(stake.amount.0).checked_div(counted.0);
        stake.won = Amount(share.unwrap_or_default());
        keys::write_stake(state, stake);
    }
    round.state = RoundState::Void;
    round.won = Amount::sum(stakes.iter().map(|stake| stake.won)).map_err(overflow)?;
    let back = if counted.is_zero() { own } else { Amount::ZERO };
    let given = round.won.plus(back).map_err(overflow)?;
    round.kept = pot.minus(given).map_err(overflow)?;
    close(state, &mut round, back, height)?;
    state.emit(TournamentEvent::Voided {
        round: round.id,
        won: round.won,
        kept: round.kept,
    });
    Ok(())
}

/// Gives the organiser `back` and the tournament what is kept; the stakes' part stays until they are withdrawn.
fn close(
    state: &mut State<'_>,
    round: &mut Round,
    back: Amount,
    height: Height,
) -> Result<(), Failure> {
    let from = Holder::Round(round.id);
    bank::transfer(state, round.asset, from, round.organiser.into(), back)?;
    let left = Holder::Tournament(round.id.tournament);
    bank::transfer(state, round.asset, from, left, round.kept)?;
    let mut tournament: Tournament = keys::tournament(state, round.id.tournament)?
        .ok_or_else(|| missing(round, "the tournament"))?;
    tournament.carried = tournament.carried.plus(round.kept).map_err(overflow)?;
    keys::write_tournament(state, &tournament);
    round.closed_at = Some(height);
    keys::write_round(state, round);
    Ok(())
}

fn write_scores(
    state: &mut State<'_>,
    mut entry: Entry,
    scores: Scores,
    stakes: &[Stake],
) -> Result<(), Failure> {
    let tournament = entry.round.tournament;
    let before = keys::standing(state, tournament, entry.account, &entry.model)?;
    let mut standing = before.unwrap_or_else(|| Standing {
        tournament,
        account: entry.account,
        model: entry.model.clone(),
        rounds: 0,
        revealed: 0,
        correlation: 0,
        contribution: 0,
        rate: 0,
        won: Amount::ZERO,
        lost: Amount::ZERO,
    });
    let add = |sum: i64, score: Option<i64>| sum.saturating_add(score.unwrap_or_default());
    standing.rounds = standing.rounds.saturating_add(1);
    standing.revealed = standing
        .revealed
        .saturating_add(u64::from(entry.prediction.is_some()));
    standing.correlation = add(standing.correlation, scores.correlation);
    standing.contribution = add(standing.contribution, scores.contribution);
    standing.rate = add(standing.rate, Some(scores.rate));
    // Stakes are sorted by entry.
    let first = stakes.partition_point(|stake| stake.entry < entry.number);
    let own = stakes.iter().skip(first);
    for stake in own.take_while(|stake| stake.entry == entry.number) {
        standing.won = standing.won.plus(stake.won).map_err(overflow)?;
        standing.lost = standing.lost.plus(stake.lost).map_err(overflow)?;
    }
    keys::write_standing(state, &standing);
    entry.scores = Some(scores);
    keys::write_entry(state, &entry);
    state.emit(TournamentEvent::Scored {
        round: entry.round,
        entry: entry.number,
        scores,
    });
    Ok(())
}

fn data(state: &State<'_>, round: &Round) -> Result<Data, StoreError> {
    let bytes = state.blob(round.data)?;
    bytes
        .and_then(|bytes| Data::decode(&bytes).ok())
        .ok_or_else(|| missing(round, "the data"))
}

/// The entries with their predictions, which were checked when they were revealed.
fn candidates(
    state: &State<'_>,
    round: &Round,
    entries: &[Entry],
) -> Result<Vec<Candidate>, Failure> {
    let candidate = |entry: &Entry| -> Result<Candidate, Failure> {
        let prediction = match entry.prediction {
            None => None,
            Some(id) => {
                let bytes = state
                    .blob(id)?
                    .ok_or_else(|| missing(round, "a prediction"))?;
                let read = Prediction::decode(&bytes, round.rows as usize);
                Some(read.map_err(|_| missing(round, "a prediction"))?)
            }
        };
        Ok(Candidate {
            stake: units(entry.staked)?,
            prediction,
        })
    };
    entries.iter().map(candidate).collect()
}

/// All amounts of a round stay below 2^63.
fn units(amount: Amount) -> Result<u64, Failure> {
    u64::try_from(amount.0).map_err(|_| too_much(amount).into())
}

fn too_much(amount: Amount) -> lilliput_ledger::Refusal {
    refusal(
        "tournament.too_much",
        format!("{amount} is more than a round's payouts are computed for"),
    )
}

fn missing(round: &Round, what: &str) -> StoreError {
    StoreError::Corrupt {
        key: format!("round {}", round.id),
        reason: format!("{what} is missing or damaged"),
    }
}
