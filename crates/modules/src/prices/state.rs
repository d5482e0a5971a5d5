//! Where feeds, reporters, prices, contests, entrants and the queue of windows are kept.

use lilliput_ledger::{Scan, State, StateReader, StoreError, read};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, Entrant, Feed, FeedId, PayoutRecord, PriceRecord, Reporter,
    Signal, Step,
};
use lilliput_types::{Address, TimeMs};

use crate::keyed::{digits, next};

const FEED_COUNT: &str = "prices/count/feed";
const CONTEST_COUNT: &str = "prices/count/contest";
pub(super) const FEEDS: &str = "prices/feed/";
pub(super) const CONTESTS: &str = "prices/contest/";
pub(super) const WINDOWS: &str = "prices/window/";
/// More old periods than one are there only after a halt.
const PRUNED_MAX: usize = 8;

fn feed_key(id: FeedId) -> String {
    format!("{FEEDS}{:020}", id.0)
}

fn contest_key(id: ContestId) -> String {
    format!("{CONTESTS}{:020}", id.0)
}

pub(super) fn window_key(due: TimeMs, feed: FeedId) -> String {
    format!("{WINDOWS}{:020}/{:020}", due.0, feed.0)
}

pub(super) fn reporters_of(feed: FeedId) -> String {
    format!("prices/reporter/{:020}/", feed.0)
}

pub(super) fn prices_of(feed: FeedId) -> String {
    format!("prices/price/{:020}/", feed.0)
}

fn running_on(feed: FeedId) -> String {
    format!("prices/running/{:020}/", feed.0)
}

pub(super) fn entrants_of(contest: ContestId) -> String {
    format!("prices/entrant/{:020}/", contest.0)
}

/// Five digits hold any number of an entrant.
pub(super) fn entrant_digits(number: u16) -> String {
    format!("{number:05}")
}

fn entered_key(contest: ContestId, account: Address) -> String {
    format!("prices/entered/{:020}/{account}", contest.0)
}

pub(super) fn signals_of(contest: ContestId) -> String {
    format!("prices/signal/{:020}/", contest.0)
}

pub(super) fn signal_place(period: u64, entrant: u16) -> String {
    format!("{period:020}/{entrant:05}")
}

pub(super) fn steps_of(contest: ContestId) -> String {
    format!("prices/step/{:020}/", contest.0)
}

pub(super) fn payouts_of(contest: ContestId) -> String {
    format!("prices/payout/{:020}/", contest.0)
}

pub(super) fn next_feed(state: &mut State<'_>) -> Result<FeedId, StoreError> {
    next(state, FEED_COUNT).map(FeedId)
}

pub(super) fn next_contest(state: &mut State<'_>) -> Result<ContestId, StoreError> {
    next(state, CONTEST_COUNT).map(ContestId)
}

pub(crate) fn feed(state: &dyn StateReader, id: FeedId) -> Result<Option<Feed>, StoreError> {
    read(state, &feed_key(id))
}

/// Writes a feed; in the queue it stands while it is in use, with the first window that isn't settled.
pub(super) fn write_feed(state: &mut State<'_>, feed: &mut Feed, now: TimeMs) {
    let used = feed.active > 0 || feed.contests > 0;
    let due = used.then(|| {
        if feed.due.is_none() {
            feed.next = feed.next.max(feed.unclosed(now));
        }
        feed.closes(feed.next)
    });
    if let Some(old) = feed.due.filter(|_| feed.due != due) {
        state.remove(window_key(old, feed.id));
    }
    if let Some(new) = due {
        state.write(window_key(new, feed.id), &feed.id);
    }
    feed.due = due;
    state.write(feed_key(feed.id), feed);
}

/// Removes a feed that isn't in use, with its prices.
pub(super) fn remove_feed(state: &mut State<'_>, feed: FeedId) -> Result<(), StoreError> {
    let prices: Vec<PriceRecord> = all(state, &prices_of(feed))?;
    for price in prices {
        state.remove(price_key(feed, price.period));
    }
    state.remove(feed_key(feed));
    Ok(())
}

pub(crate) fn reporter(
    state: &dyn StateReader,
    feed: FeedId,
    account: Address,
) -> Result<Option<Reporter>, StoreError> {
    read(state, &format!("{}{account}", reporters_of(feed)))
}

pub(super) fn write_reporter(state: &mut State<'_>, reporter: &Reporter) {
    let key = format!("{}{}", reporters_of(reporter.feed), reporter.account);
    state.write(key, reporter);
}

pub(super) fn remove_reporter(state: &mut State<'_>, feed: FeedId, account: Address) {
    state.remove(format!("{}{account}", reporters_of(feed)));
}

/// All reporters of a feed, by account.
pub(super) fn reporters(
    state: &dyn StateReader,
    feed: FeedId,
) -> Result<Vec<Reporter>, StoreError> {
    all(state, &reporters_of(feed))
}

fn price_key(feed: FeedId, period: u64) -> String {
    format!("{}{period:020}", prices_of(feed))
}

/// Writes a settled period, and forgets those that are older than the feed keeps.
pub(super) fn write_price(
    state: &mut State<'_>,
    record: &PriceRecord,
    history: u32,
) -> Result<(), StoreError> {
    state.write(price_key(record.feed, record.period), record);
    let keep_from = record
        .period
        .saturating_add(1)
        .saturating_sub(u64::from(history));
    let oldest: Result<Vec<u64>, StoreError> =
        Scan::<PriceRecord>::new(&*state, &prices_of(record.feed))
            .take(PRUNED_MAX)
            .map(|entry| entry.map(|(_, price)| price.period))
            .collect();
    for period in oldest?.into_iter().filter(|period| *period < keep_from) {
        state.remove(price_key(record.feed, period));
    }
    Ok(())
}

pub(crate) fn contest(
    state: &dyn StateReader,
    id: ContestId,
) -> Result<Option<Contest>, StoreError> {
    read(state, &contest_key(id))
}

/// Writes a contest; an open one is found by its feed.
pub(super) fn write_contest(state: &mut State<'_>, contest: &Contest) {
    let key = format!("{}{:020}", running_on(contest.feed), contest.id.0);
    match contest.state {
        ContestState::Open => state.write(key, &contest.id),
        ContestState::Closed => state.remove(key),
    }
    state.write(contest_key(contest.id), contest);
}

/// The open contests of a feed.
pub(super) fn running(state: &dyn StateReader, feed: FeedId) -> Result<Vec<ContestId>, StoreError> {
    all(state, &running_on(feed))
}

pub(crate) fn entered(
    state: &dyn StateReader,
    contest: ContestId,
    account: Address,
) -> Result<Option<u16>, StoreError> {
    read(state, &entered_key(contest, account))
}

pub(crate) fn entrant(
    state: &dyn StateReader,
    contest: ContestId,
    number: u16,
) -> Result<Option<Entrant>, StoreError> {
    let key = format!("{}{}", entrants_of(contest), entrant_digits(number));
    read(state, &key)
}

pub(super) fn insert_entrant(state: &mut State<'_>, entrant: &Entrant) {
    state.write(
        entered_key(entrant.contest, entrant.account),
        &entrant.number,
    );
    write_entrant(state, entrant);
}

pub(super) fn write_entrant(state: &mut State<'_>, entrant: &Entrant) {
    let digits = entrant_digits(entrant.number);
    state.write(format!("{}{digits}", entrants_of(entrant.contest)), entrant);
}

/// All entrants of a contest, by number.
pub(super) fn entrants(
    state: &dyn StateReader,
    contest: ContestId,
) -> Result<Vec<Entrant>, StoreError> {
    all(state, &entrants_of(contest))
}

fn signal_key(contest: ContestId, period: u64, entrant: u16) -> String {
    format!("{}{}", signals_of(contest), signal_place(period, entrant))
}

pub(crate) fn signal(
    state: &dyn StateReader,
    contest: ContestId,
    period: u64,
    entrant: u16,
) -> Result<Option<Signal>, StoreError> {
    read(state, &signal_key(contest, period, entrant))
}

pub(super) fn write_signal(state: &mut State<'_>, signal: &Signal) {
    state.write(
        signal_key(signal.contest, signal.period, signal.entrant),
        signal,
    );
}

/// The signals of a contest for one period, by entrant.
pub(super) fn signals_for(
    state: &dyn StateReader,
    contest: ContestId,
    period: u64,
) -> Result<Vec<Signal>, StoreError> {
    all(state, &format!("{}{period:020}/", signals_of(contest)))
}

/// The signals of a contest from a period to another, in the order of periods.
pub(super) fn signals_between(
    state: &dyn StateReader,
    contest: ContestId,
    from: u64,
    to: u64,
) -> Result<Vec<Signal>, StoreError> {
    let before = match from.checked_sub(1) {
        Some(period) => signal_place(period, u16::MAX),
        None => String::new(),
    };
    let mut found = Vec::new();
    for entry in Scan::<Signal>::after(state, &signals_of(contest), &before) {
        let (_, signal) = entry?;
        if signal.period > to {
            break;
        }
        found.push(signal);
    }
    Ok(found)
}

pub(super) fn write_step(state: &mut State<'_>, step: &Step) {
    state.write(
        format!("{}{:020}", steps_of(step.contest), step.period),
        step,
    );
}

pub(super) fn write_payout(state: &mut State<'_>, record: &PayoutRecord) {
    let epoch = digits(u64::from(record.epoch));
    state.write(format!("{}{epoch}", payouts_of(record.contest)), record);
}

pub(super) fn all<T: borsh::BorshDeserialize>(
    state: &dyn StateReader,
    prefix: &str,
) -> Result<Vec<T>, StoreError> {
    Scan::new(state, prefix)
        .map(|entry| entry.map(|(_, value)| value))
        .collect()
}
