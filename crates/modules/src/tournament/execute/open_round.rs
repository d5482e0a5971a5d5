//! Opening a round: the data become public, the targets are committed to, deposit and pot are locked.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::tournament::blob::Data;
use lilliput_types::tournament::{
    OpenRound, Round, RoundId, RoundState, Tournament, TournamentEvent,
};
use lilliput_types::{Amount, Holder};

use crate::bank;
use crate::refuse::{overflow, refusal, refuse};
use crate::tournament::{SPAN_MAX_MS, SPAN_MIN_MS, WORK_MAX, score, state as keys};

pub(super) fn check(message: &OpenRound) -> Result<(), Refusal> {
    let spans = [
        message.enter_for_ms,
        message.reveal_for_ms,
        message.targets_for_ms,
    ];
    match spans
        .into_iter()
        .find(|span| !(SPAN_MIN_MS..=SPAN_MAX_MS).contains(&span.0))
    {
        Some(span) => Err(refusal(
            "tournament.span",
            format!("a span is {span} ms, {SPAN_MIN_MS} to {SPAN_MAX_MS}"),
        )),
        None => Ok(()),
    }
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenRound,
) -> Result<(), Failure> {
    let mut tournament = super::known_tournament(state, message.tournament)?;
    if tournament.organiser != context.signer {
        return refuse(
            "tournament.not_organiser",
            format!(
                "{} doesn't organise tournament {}",
                context.signer, tournament.id
            ),
        );
    }
    let Some(blob) = context.blob(message.data) else {
        return refuse(
            "tournament.blob_missing",
            "the data did not come along with the transaction",
        );
    };
    let data = match Data::decode(blob.as_bytes()) {
        Ok(data) => data,
        Err(error) => return refuse("tournament.data", error.to_string()),
    };
    tournament.rounds = tournament.rounds.saturating_add(1);
    let round = begin(&tournament, message, context, &data);
    check_size(&round)?;
    super::check_money(&round)?;
    let to = Holder::Round(round.id);
    let own = round.deposit.plus(round.subsidy).map_err(overflow)?;
    bank::transfer(state, round.asset, context.signer.into(), to, own)?;
    let left = Holder::Tournament(tournament.id);
    bank::transfer(state, round.asset, left, to, round.carried)?;
    tournament.carried = Amount::ZERO;
    state.pin_blob(blob.clone());
    keys::write_tournament(state, &tournament);
    keys::insert_round(state, &round);
    state.emit(TournamentEvent::RoundOpened {
        round: round.id,
        data: round.data,
        pot: round.subsidy.plus(round.carried).map_err(overflow)?,
    });
    Ok(())
}

/// The tournament's next round, with nothing entered.
fn begin(
    tournament: &Tournament,
    message: &OpenRound,
    context: &MessageContext<'_>,
    data: &Data,
) -> Round {
    let enter_until = context.block.time.after(message.enter_for_ms);
    let reveal_until = enter_until.after(message.reveal_for_ms);
    Round {
        id: RoundId {
            tournament: tournament.id,
            number: tournament.rounds,
        },
        state: RoundState::Open,
        organiser: tournament.organiser,
        asset: tournament.asset,
        terms: tournament.terms,
        data: message.data,
        // Data have at most 2^18 rows and 256 features.
        rows: u32::try_from(data.ids().len()).unwrap_or(u32::MAX),
        features: u16::try_from(data.features().len()).unwrap_or(u16::MAX),
        sealed_targets: message.targets,
        deposit: tournament.terms.deposit,
        subsidy: message.subsidy,
        carried: tournament.carried,
        enter_until,
        reveal_until,
        targets_until: reveal_until.after(message.targets_for_ms),
        entries: 0,
        revealed: 0,
        stakes: 0,
        staked: Amount::ZERO,
        opened_at: context.block.height,
        closed_at: None,
        targets: None,
        targets_salt: None,
        won: Amount::ZERO,
        lost: Amount::ZERO,
        kept: Amount::ZERO,
        withdrawn: Amount::ZERO,
    }
}

/// Scoring the round, with every entry that it allows, must fit into a block.
fn check_size(round: &Round) -> Result<(), Failure> {
    if round.terms.feature_neutral && round.features == 0 {
        return refuse(
            "tournament.no_features",
            "the tournament pays feature-neutral correlation, the data have no features",
        );
    }
    let work = score::work(round.rows, round.terms.entries_max, round.features);
    if work > WORK_MAX {
        return refuse(
            "tournament.too_large",
            format!(
                "{} rows by {} entries with {} features take {work} units of work, at most \
                 {WORK_MAX}",
                round.rows, round.terms.entries_max, round.features
            ),
        );
    }
    Ok(())
}
