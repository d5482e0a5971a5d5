//! Where tournaments, rounds, entries, stakes and the queue of deadlines are kept.

use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::tournament::{
    Entry, ModelName, Round, RoundId, RoundState, Stake, Standing, Tournament, TournamentId,
};
use lilliput_types::{Address, Height, TimeMs};

use crate::keyed::next;

const COUNT: &str = "tournament/count";
const WORK: &str = "tournament/work";
pub(super) const TOURNAMENTS: &str = "tournament/record/";
pub(super) const ROUNDS: &str = "tournament/round/";
pub(super) const RECENT: &str = "tournament/recent/";
pub(super) const DEADLINES: &str = "tournament/deadline/";

fn place(round: RoundId) -> String {
    format!("{:020}/{:020}", round.tournament.0, round.number)
}

fn tournament_key(id: TournamentId) -> String {
    format!("{TOURNAMENTS}{:020}", id.0)
}

pub(super) fn rounds_of(tournament: TournamentId) -> String {
    format!("{ROUNDS}{:020}/", tournament.0)
}

fn round_key(round: RoundId) -> String {
    format!("{ROUNDS}{}", place(round))
}

/// Heights count down, so that the latest round comes first.
fn recent_key(round: &Round) -> String {
    let before = u64::MAX - round.opened_at.0;
    format!("{RECENT}{before:020}/{}", place(round.id))
}

fn deadline_key(deadline: TimeMs, round: RoundId) -> String {
    format!("{DEADLINES}{:020}/{}", deadline.0, place(round))
}

pub(super) fn entries_of(round: RoundId) -> String {
    format!("tournament/entry/{}/", place(round))
}

/// Five digits: a round has at most 5,000 entries.
pub(super) fn entry_digits(entry: u32) -> String {
    format!("{entry:05}")
}

fn entry_key(round: RoundId, entry: u32) -> String {
    format!("{}{}", entries_of(round), entry_digits(entry))
}

fn entered_key(round: RoundId, account: Address, model: &ModelName) -> String {
    format!("tournament/entered/{}/{account}/{model}", place(round))
}

pub(super) fn stakes_of(round: RoundId) -> String {
    format!("tournament/stake/{}/", place(round))
}

fn stake_key(round: RoundId, entry: u32, account: Address) -> String {
    format!("{}{}/{account}", stakes_of(round), entry_digits(entry))
}

pub(super) fn standings_of(tournament: TournamentId) -> String {
    format!("tournament/standing/{:020}/", tournament.0)
}

fn standing_key(tournament: TournamentId, account: Address, model: &ModelName) -> String {
    format!("{}{account}/{model}", standings_of(tournament))
}

/// The id of the next tournament.
pub(super) fn next_id(state: &mut State<'_>) -> Result<TournamentId, StoreError> {
    next(state, COUNT).map(TournamentId)
}

pub(crate) fn tournament(
    state: &dyn StateReader,
    id: TournamentId,
) -> Result<Option<Tournament>, StoreError> {
    read(state, &tournament_key(id))
}

pub(super) fn write_tournament(state: &mut State<'_>, tournament: &Tournament) {
    state.write(tournament_key(tournament.id), tournament);
}

pub(crate) fn round(state: &dyn StateReader, id: RoundId) -> Result<Option<Round>, StoreError> {
    read(state, &round_key(id))
}

/// Writes a new round, with its deadlines in the queue.
pub(super) fn insert_round(state: &mut State<'_>, round: &Round) {
    state.write(recent_key(round), &round.id);
    for deadline in deadlines(round) {
        state.write(deadline_key(deadline, round.id), &round.id);
    }
    write_round(state, round);
}

/// Writes a round; one that is closed leaves the queue of deadlines.
pub(super) fn write_round(state: &mut State<'_>, round: &Round) {
    match round.state {
        RoundState::Open => {}
        RoundState::Settled | RoundState::Void => {
            for deadline in deadlines(round) {
                state.remove(deadline_key(deadline, round.id));
            }
        }
    }
    state.write(round_key(round.id), round);
}

/// The ends of a round's phases.
fn deadlines(round: &Round) -> [TimeMs; 3] {
    [round.enter_until, round.reveal_until, round.targets_until]
}

/// A deadline of a round that stays open has come.
pub(super) fn remove_deadline(state: &mut State<'_>, deadline: TimeMs, round: RoundId) {
    state.remove(deadline_key(deadline, round));
}

pub(crate) fn entry(
    state: &dyn StateReader,
    round: RoundId,
    number: u32,
) -> Result<Option<Entry>, StoreError> {
    read(state, &entry_key(round, number))
}

/// The number of a model's entry.
pub(crate) fn entered(
    state: &dyn StateReader,
    round: RoundId,
    account: Address,
    model: &ModelName,
) -> Result<Option<u32>, StoreError> {
    read(state, &entered_key(round, account, model))
}

pub(super) fn insert_entry(state: &mut State<'_>, entry: &Entry) {
    let key = entered_key(entry.round, entry.account, &entry.model);
    state.write(key, &entry.number);
    write_entry(state, entry);
}

pub(super) fn write_entry(state: &mut State<'_>, entry: &Entry) {
    state.write(entry_key(entry.round, entry.number), entry);
}

/// All entries of a round, by number.
pub(super) fn entries(state: &dyn StateReader, round: RoundId) -> Result<Vec<Entry>, StoreError> {
    all(state, &entries_of(round))
}

pub(crate) fn stake(
    state: &dyn StateReader,
    round: RoundId,
    entry: u32,
    account: Address,
) -> Result<Option<Stake>, StoreError> {
    read(state, &stake_key(round, entry, account))
}

pub(super) fn write_stake(state: &mut State<'_>, stake: &Stake) {
    state.write(stake_key(stake.round, stake.entry, stake.account), stake);
}

/// All stakes of a round, by entry and account.
pub(super) fn stakes(state: &dyn StateReader, round: RoundId) -> Result<Vec<Stake>, StoreError> {
    all(state, &stakes_of(round))
}

pub(super) fn standing(
    state: &dyn StateReader,
    tournament: TournamentId,
    account: Address,
    model: &ModelName,
) -> Result<Option<Standing>, StoreError> {
    read(state, &standing_key(tournament, account, model))
}

pub(super) fn write_standing(state: &mut State<'_>, standing: &Standing) {
    let key = standing_key(standing.tournament, standing.account, &standing.model);
    state.write(key, standing);
}

/// Units scored in a block so far.
pub(super) fn work(state: &dyn StateReader, height: Height) -> Result<u64, StoreError> {
    let newest: Option<(Height, u64)> = read(state, WORK)?;
    let here = newest.filter(|(counted, _)| *counted == height);
    Ok(here.map_or(0, |(_, units)| units))
}

pub(super) fn write_work(state: &mut State<'_>, height: Height, units: u64) {
    state.write(WORK, &(height, units));
}

fn all<T: borsh::BorshDeserialize>(
    state: &dyn StateReader,
    prefix: &str,
) -> Result<Vec<T>, StoreError> {
    Scan::new(state, prefix)
        .map(|entry| entry.map(|(_, value)| value))
        .collect()
}
