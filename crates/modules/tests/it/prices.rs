//! Feeds and contests: medians, slashing, accounts, payouts, refusals.

use lilliput_crypto::Digest;
use lilliput_ledger::Machine;
use lilliput_modules::prices::{FEED_DEPOSIT, POT_MIN, query, replay};
use lilliput_types::prices::{
    CloseFeed, Contest, ContestId, ContestState, ContestTerms, Enter, Entrant, Feed, FeedId,
    FeedTerms, Fund, Judgement, Leave, OpenContest, OpenFeed, OutCause, PayoutRecord, PriceRecord,
    PricesEvent, PricesMessage, Report, Reporter, RevealSignal, SealSignal, SlashCause, Stake,
    Standing, seal_signal,
};
use lilliput_types::{Amount, DurationMs, Event, Holder, Message, Receipt, Text, TimeMs};

use crate::world::{START, World, address};

pub(crate) const PERIOD_MS: u64 = 10_000;
pub(crate) const WINDOW_MS: u64 = 4_000;
pub(crate) const STAKE: u128 = 1_000_000;
pub(crate) const FEE: u128 = 50_000;
pub(crate) const FEED: FeedId = FeedId(1);
pub(crate) const CONTEST: ContestId = ContestId(1);
const ONE: u64 = 1 << 48;
const SALT: Digest = Digest([8; 32]);

pub(crate) fn feed_terms() -> FeedTerms {
    FeedTerms {
        period_ms: DurationMs(PERIOD_MS),
        window_ms: DurationMs(WINDOW_MS),
        tolerance_bps: 100,
        stake_min: Amount(STAKE),
        quorum: 2,
        silence_max: 2,
        slash_bps: 1_000,
        history: 6,
    }
}

pub(crate) fn contest_terms() -> ContestTerms {
    ContestTerms {
        entry_fee: Amount(FEE),
        entrants_max: 4,
        leverage_max: 5_000,
        drawdown_max_bps: 2_000,
        challenge_periods: 2,
        epoch_periods: 6,
        epochs: 2,
        by_drawdown: false,
        copy_lag: 2,
        copy_part_bps: 9_000,
    }
}

/// A network with a feed that account 0 opened.
pub(crate) struct Market {
    pub(crate) world: World,
}

type Told = Result<Receipt, String>;

impl Market {
    pub(crate) fn open() -> Self {
        let mut market = Self {
            world: World::empty(),
        };
        market.open_feed(feed_terms()).unwrap();
        market
    }

    /// With three reporters: accounts 0, 1 and 2.
    pub(crate) fn reported() -> Self {
        let mut market = Self::open();
        for reporter in 0..3 {
            market.stake(reporter, STAKE).unwrap();
        }
        market
    }

    /// With a contest that accounts 0 to 3 have entered.
    pub(crate) fn contest(terms: ContestTerms) -> Self {
        let mut market = Self::reported();
        market.open_contest(terms, POT_MIN.0 * 6).unwrap();
        for entrant in 0..4 {
            market.enter(entrant).unwrap();
        }
        market
    }

    pub(crate) fn act(&mut self, signer: u8, message: PricesMessage) -> Told {
        self.world.act(signer, Message::Prices(message))
    }

    pub(crate) fn open_feed(&mut self, terms: FeedTerms) -> Told {
        self.act(
            0,
            PricesMessage::OpenFeed(OpenFeed {
                name: Text::new("gold").unwrap(),
                unit: Text::new("USD").unwrap(),
                decimals: 2,
                first_in_ms: DurationMs(PERIOD_MS),
                terms,
            }),
        )
    }

    pub(crate) fn stake(&mut self, signer: u8, amount: u128) -> Told {
        let amount = Amount(amount);
        self.act(signer, PricesMessage::Stake(Stake { feed: FEED, amount }))
    }

    pub(crate) fn leave(&mut self, signer: u8) -> Told {
        self.act(signer, PricesMessage::Leave(Leave { feed: FEED }))
    }

    pub(crate) fn close(&mut self, signer: u8) -> Told {
        self.act(signer, PricesMessage::CloseFeed(CloseFeed { feed: FEED }))
    }

    pub(crate) fn report(&mut self, signer: u8, period: u64, price: u64) -> Told {
        self.act(
            signer,
            PricesMessage::Report(Report {
                feed: FEED,
                period,
                price,
            }),
        )
    }

    pub(crate) fn open_contest(&mut self, terms: ContestTerms, pot: u128) -> Told {
        self.act(
            4,
            PricesMessage::OpenContest(OpenContest {
                feed: FEED,
                name: Text::new("gold diggers").unwrap(),
                pot: Amount(pot),
                terms,
            }),
        )
    }

    pub(crate) fn enter(&mut self, signer: u8) -> Told {
        self.act(signer, PricesMessage::Enter(Enter { contest: CONTEST }))
    }

    pub(crate) fn fund(&mut self, signer: u8, amount: u128) -> Told {
        let (contest, amount) = (CONTEST, Amount(amount));
        self.act(signer, PricesMessage::Fund(Fund { contest, amount }))
    }

    pub(crate) fn seal(&mut self, signer: u8, period: u64, leverage: i32) -> Told {
        let chain = self.world.network.chain();
        let sealed = seal_signal(chain, CONTEST, address(signer), period, leverage, SALT);
        self.act(
            signer,
            PricesMessage::Signal(SealSignal {
                contest: CONTEST,
                period,
                sealed,
            }),
        )
    }

    pub(crate) fn reveal(&mut self, signer: u8, period: u64, leverage: i32) -> Told {
        self.act(
            signer,
            PricesMessage::Reveal(RevealSignal {
                contest: CONTEST,
                period,
                leverage,
                salt: SALT,
            }),
        )
    }

    pub(crate) fn feed(&self) -> Feed {
        query::feed(&self.world.state, FEED).unwrap().unwrap()
    }

    pub(crate) fn record(&self) -> Contest {
        query::contest(&self.world.state, CONTEST).unwrap().unwrap()
    }

    pub(crate) fn entrants(&self) -> Vec<Entrant> {
        query::entrants(&self.world.state, CONTEST).unwrap()
    }

    pub(crate) fn payouts(&self) -> Vec<PayoutRecord> {
        query::payouts(&self.world.state, CONTEST, None, 1_000).unwrap()
    }

    pub(crate) fn prices(&self) -> Vec<PriceRecord> {
        query::prices(&self.world.state, FEED, None, 1_000).unwrap()
    }

    fn reporter(&self, number: u8) -> Reporter {
        let all = query::reporters(&self.world.state, FEED, None, 100).unwrap();
        all.into_iter()
            .find(|reporter| reporter.account == address(number))
            .unwrap()
    }

    /// To a time, if that is to come.
    pub(crate) fn until(&mut self, time: TimeMs) {
        let ms = time.0.saturating_sub(self.world.time.0);
        self.world.wait(ms);
    }

    /// The period whose window opens next.
    pub(crate) fn next(&self) -> u64 {
        self.feed().opening(self.world.time)
    }

    /// Runs a period: signals before its window, their reveal in it, the same price by accounts 0 to 2.
    pub(crate) fn period(&mut self, price: u64, signals: &[(u8, i32)]) -> u64 {
        self.period_of(&[(0, price), (1, price), (2, price)], signals)
    }

    pub(crate) fn period_of(&mut self, reports: &[(u8, u64)], signals: &[(u8, i32)]) -> u64 {
        let period = self.next();
        for (signer, leverage) in signals {
            self.seal(*signer, period, *leverage).unwrap();
        }
        self.until(self.feed().opens(period));
        for (signer, leverage) in signals {
            self.reveal(*signer, period, *leverage).unwrap();
        }
        for (signer, price) in reports {
            self.report(*signer, period, *price).unwrap();
        }
        self.until(self.feed().closes(period));
        period
    }

    /// Whatever the ledger has can be recomputed from terms, seals and prices.
    pub(crate) fn assert_replays(&self) {
        let contest = self.record();
        let signals = query::signals(&self.world.state, CONTEST, None, 100_000).unwrap();
        let steps = query::steps(&self.world.state, CONTEST, None, 100_000).unwrap();
        let payouts = self.payouts();
        let pot = |epoch: u32, _: Amount| payouts[epoch as usize].pot;
        let again = replay::replay(&contest, &self.entrants(), &signals, &steps, pot, |_| ());
        assert_eq!(again.entrants, self.entrants());
        assert_eq!(again.payouts, payouts);
        let settled: Vec<_> = again
            .signals
            .iter()
            .filter(|signal| signal.changed)
            .collect();
        let stored: Vec<_> = signals.iter().filter(|signal| signal.changed).collect();
        assert_eq!(settled, stored);
        assert_eq!(again.contest.paid, contest.paid);
        assert_eq!(again.contest.price, contest.price);
        assert_eq!(again.contest.state, contest.state);
    }

    fn told(&self, wanted: impl Fn(&PricesEvent) -> bool) -> usize {
        let prices = self.world.events.iter().filter_map(|event| match event {
            Event::Prices(event) => Some(event),
            _ => None,
        });
        prices.filter(|event| wanted(event)).count()
    }
}

#[test]
fn a_price_is_the_median_and_a_liar_loses_stake() {
    let mut market = Market::reported();
    let period = market.period_of(&[(0, 10_000), (1, 10_050), (2, 12_000)], &[]);
    assert_eq!(period, 0);
    let feed = market.feed();
    assert_eq!(
        (feed.latest, feed.priced, feed.next),
        (Some((0, 10_050)), 1, 1)
    );
    let record = market.prices().remove(0);
    let off: Vec<bool> = record
        .reports
        .iter()
        .map(|report| report.judgement == Judgement::Off)
        .collect();
    assert_eq!(off.iter().filter(|off| **off).count(), 1);
    let liar = market.reporter(2);
    assert_eq!(liar.stake, Amount(STAKE * 9 / 10));
    assert_eq!((liar.slashes, market.reporter(1).right), (1, 1));
    assert_eq!(market.world.held(Holder::Treasury, "USDX"), STAKE / 10);
    let cause = |event: &PricesEvent| {
        matches!(
            event,
            PricesEvent::Slashed {
                cause: SlashCause::Off,
                ..
            }
        )
    };
    assert_eq!(market.told(cause), 1);
    // Below the least stake it reports no more until it adds to it.
    market.until(market.feed().opens(1));
    assert_eq!(
        market.report(2, 1, 10_000).unwrap_err(),
        "prices.stake_too_small"
    );
    market.stake(2, STAKE).unwrap();
    assert_eq!(market.report(2, 1, 10_000).unwrap_err(), "prices.early");
    market.report(1, 1, 10_000).unwrap();
    market.report(0, 1, 10_000).unwrap();
    market.until(market.feed().closes(1));
    market.period(10_100, &[]);
    assert_eq!(market.feed().latest, Some((2, 10_100)));
}

#[test]
fn without_a_quorum_there_is_no_price_and_the_silent_lose() {
    let mut market = Market::reported();
    for _ in 0..3 {
        market.period_of(&[(0, 10_000)], &[]);
    }
    assert_eq!((market.feed().priced, market.feed().latest), (0, None));
    assert!(market.prices().iter().all(|record| {
        record.price.is_none()
            && record
                .reports
                .iter()
                .all(|report| report.judgement == Judgement::Unjudged)
    }));
    for silent in [1, 2] {
        let reporter = market.reporter(silent);
        assert_eq!((reporter.slashes, reporter.silent), (1, 0));
    }
    assert_eq!(market.reporter(0).slashes, 0);
    // Nobody able but one: it alone is less than the quorum, and the feed still waits for it.
    assert_eq!(market.feed().active, 1);
    market.period_of(&[(0, 10_000)], &[]);
    assert_eq!(market.feed().latest, None);
}

#[test]
fn a_feed_that_nobody_uses_waits_for_nothing_and_can_be_closed() {
    let mut market = Market::reported();
    market.period(10_000, &[]);
    assert_eq!(market.close(0).unwrap_err(), "prices.in_use");
    market.until(market.feed().opens(1));
    market.report(0, 1, 10_000).unwrap();
    assert_eq!(market.leave(0).unwrap_err(), "prices.report_pending");
    market.until(market.feed().closes(1));
    for reporter in 0..3 {
        market.leave(reporter).unwrap();
    }
    assert_eq!(market.leave(0).unwrap_err(), "prices.no_reporter");
    assert_eq!(market.feed().due, None);
    let deadline = market.world.network.next_deadline(&market.world.state);
    assert_eq!(deadline.unwrap(), None);
    // It goes on with the period that runs, not with those that were missed.
    market.world.wait(PERIOD_MS * 100);
    market.stake(0, STAKE).unwrap();
    assert!(market.feed().next >= 100);
    market.leave(0).unwrap();
    assert_eq!(market.close(1).unwrap_err(), "prices.not_opener");
    market.close(0).unwrap();
    assert_eq!(market.world.held(Holder::Feed(FEED), "USDX"), 0);
    assert_eq!(market.world.held(address(0), "USDX"), START.0);
    assert_eq!(market.stake(0, STAKE).unwrap_err(), "prices.unknown_feed");
}

#[test]
fn old_prices_are_forgotten() {
    let mut market = Market::reported();
    for price in 0..10 {
        market.period(10_000 + price, &[]);
    }
    let kept: Vec<u64> = market.prices().iter().map(|record| record.period).collect();
    assert_eq!(kept, [4, 5, 6, 7, 8, 9]);
}

#[test]
fn reports_are_taken_in_their_window_alone() {
    let mut market = Market::reported();
    assert_eq!(market.report(0, 0, 5).unwrap_err(), "prices.early");
    assert_eq!(market.report(0, 0, 0).unwrap_err(), "prices.price");
    assert_eq!(market.report(0, 0, 1 << 53).unwrap_err(), "prices.price");
    assert_eq!(market.report(4, 0, 5).unwrap_err(), "prices.no_reporter");
    market.until(market.feed().opens(0));
    assert_eq!(market.report(0, 1, 5).unwrap_err(), "prices.early");
    market.report(0, 0, 5).unwrap();
    assert_eq!(market.report(0, 0, 6).unwrap_err(), "prices.reported");
    // In the block that closes the window it is too late.
    market.world.time = market.feed().closes(0);
    assert_eq!(market.report(1, 0, 5).unwrap_err(), "prices.late");
    // A halt skips the windows that nobody could report in.
    market.world.time = TimeMs(market.world.time.0 + 5 * PERIOD_MS);
    assert_eq!(market.report(1, 5, 5).unwrap_err(), "prices.late");
    assert_eq!(market.feed().next, 6);
}

#[test]
fn gains_share_the_pot_and_who_falls_too_far_is_out() {
    let mut market = Market::contest(contest_terms());
    let before: Vec<u128> = (0..4)
        .map(|who| market.world.held(address(who), "USDX"))
        .collect();
    // 10 % up each time; account 3 is short with 3x: out at once.
    let mut price = 1_000_000;
    market.period(price, &[(0, 1_000), (1, 500), (3, -3_000)]);
    for _ in 0..5 {
        price += price / 10;
        market.period(price, &[]);
    }
    let entrants = market.entrants();
    assert!(entrants[0].value > ONE * 3 / 2 && entrants[2].value == ONE);
    let out = Standing::Out {
        period: 1,
        cause: OutCause::Drawdown,
    };
    assert_eq!(entrants[3].standing, out);
    assert_eq!(entrants[3].value >> 40, (ONE / 10 * 7) >> 40);
    let payouts = market.payouts();
    let (pot, fees) = (POT_MIN.0 * 6, FEE * 4);
    assert_eq!(payouts[0].pot, Amount(pot + fees));
    let got: Vec<(u16, u128)> = payouts[0]
        .payouts
        .iter()
        .map(|p| (p.entrant, p.amount.0))
        .collect();
    // Half of the pot, as there are two epochs, in proportion to gains; what was gained within the challenge doesn't count.
    assert_eq!(got.iter().map(|(who, _)| *who).collect::<Vec<_>>(), [0, 1]);
    let sum = got[0].1 + got[1].1;
    let half = (pot + fees) / 2;
    assert!(sum <= half && sum + 2 >= half, "{got:?}");
    assert!(got[0].1 > got[1].1 * 2, "{got:?}");
    assert_eq!(market.world.held(address(0), "USDX") - before[0], got[0].1);
    assert_eq!(market.seal(3, market.next(), 0).unwrap_err(), "prices.out");
    market.assert_replays();
    // Falling and rising to where one was isn't paid again; what is left goes to the treasury.
    let mark = market.entrants()[0].mark;
    for step in 0..6 {
        let level = price * if step < 5 { 90 } else { 99 } / 100;
        market.period(level, &[]);
    }
    let contest = market.record();
    assert_eq!(
        (contest.state, contest.epochs_paid),
        (ContestState::Closed, 2)
    );
    assert!(market.entrants()[0].value <= mark);
    assert_eq!(market.payouts()[1].payouts.len(), 0);
    assert_eq!(contest.left.0 + contest.paid.0, contest.funded.0);
    assert_eq!(market.world.held(Holder::Contest(CONTEST), "USDX"), 0);
    assert_eq!(market.world.held(Holder::Treasury, "USDX"), contest.left.0);
    assert_eq!(market.fund(0, 5).unwrap_err(), "prices.closed");
    assert_eq!(market.feed().contests, 0);
    market.assert_replays();
}

#[test]
fn a_copier_earns_nothing() {
    let mut market = Market::contest(ContestTerms {
        epoch_periods: 8,
        ..contest_terms()
    });
    let moves = [1_000, -700, 1_200, -900, 800, -1_100, 600, -500];
    let mut price = 1_000_000_u64;
    for (step, leverage) in moves.into_iter().enumerate() {
        // Who copies sees a signal when it is shown, and seals the same for the next period.
        let mut signals = vec![(0, leverage), (2, 300 + step as i32)];
        if step > 0 {
            signals.push((1, moves[step - 1]));
        }
        market.period(price, &signals);
        price = price * if leverage > 0 { 104 } else { 97 } / 100;
    }
    let entrants = market.entrants();
    assert_eq!(entrants[1].copies, Some(0));
    assert_eq!((entrants[0].copies, entrants[2].copies), (None, None));
    assert!(entrants[0].paid.0 > 0);
    assert_eq!(entrants[1].paid.0, 0);
    assert_eq!(
        market.told(|event| matches!(
            event,
            PricesEvent::Copied {
                entrant: 1,
                of: 0,
                ..
            }
        )),
        1
    );
    market.assert_replays();
}

#[test]
fn two_accounts_with_the_same_signals_earn_as_one() {
    let mut market = Market::contest(ContestTerms {
        epoch_periods: 8,
        ..contest_terms()
    });
    let mut price = 1_000_000_u64;
    for step in 0..8 {
        let leverage = if step % 2 == 0 { 1_000 + step } else { 500 };
        market.period(price, &[(0, leverage), (1, leverage)]);
        price = price * 102 / 100;
    }
    let entrants = market.entrants();
    assert_eq!(entrants[0].value, entrants[1].value);
    assert_eq!((entrants[0].copies, entrants[1].copies), (None, Some(0)));
    assert_eq!(entrants[1].paid.0, 0);
}

#[test]
fn kept_back_signals_are_flat_and_the_third_is_the_end() {
    let mut market = Market::contest(contest_terms());
    market.period(1_000_000, &[(0, 2_000)]);
    for count in 1..=3 {
        let period = market.next();
        market.seal(0, period, 4_000).unwrap();
        market.period(1_000_000, &[]);
        let entrant = market.entrants().remove(0);
        assert_eq!((entrant.unrevealed, entrant.position), (count, 0));
        let out = Standing::Out {
            period,
            cause: OutCause::Unrevealed,
        };
        assert_eq!(entrant.standing == out, count == 3);
    }
    market.assert_replays();
}

#[test]
fn without_a_price_the_old_position_is_held_on() {
    let mut market = Market::contest(contest_terms());
    market.period(1_000_000, &[(0, 1_000)]);
    // Nobody reports; the change is for when there is a price again.
    market.period_of(&[(0, 900_000)], &[(0, -1_000)]);
    let entrant = market.entrants().remove(0);
    assert_eq!(
        (entrant.position, entrant.wanted, entrant.value),
        (1_000, -1_000, ONE)
    );
    market.period(900_000, &[]);
    let entrant = market.entrants().remove(0);
    // It lost a tenth as who was long, and is short from here.
    assert_eq!(entrant.position, -1_000);
    assert_eq!((entrant.value + (1 << 20)) >> 30, (ONE / 10 * 9) >> 30);
    market.assert_replays();
}

#[test]
fn signals_are_refused_unless_they_can_be_judged() {
    let mut market = Market::contest(contest_terms());
    let period = market.next();
    assert_eq!(market.seal(4, period, 1).unwrap_err(), "prices.not_entered");
    assert_eq!(market.seal(0, period + 1, 1).unwrap_err(), "prices.early");
    market.seal(0, period, 1_000).unwrap();
    market.seal(1, period, 5_001).unwrap();
    assert_eq!(
        market.seal(0, period, 2_000).unwrap_err(),
        "prices.signalled"
    );
    assert_eq!(market.reveal(0, period, 1_000).unwrap_err(), "prices.early");
    market.until(market.feed().opens(period));
    assert_eq!(market.seal(2, period, 1).unwrap_err(), "prices.late");
    assert_eq!(market.reveal(2, period, 1).unwrap_err(), "prices.no_signal");
    assert_eq!(market.reveal(0, period, 999).unwrap_err(), "prices.seal");
    assert_eq!(
        market.reveal(1, period, 5_001).unwrap_err(),
        "prices.leverage"
    );
    market.reveal(0, period, 1_000).unwrap();
    assert_eq!(
        market.reveal(0, period, 1_000).unwrap_err(),
        "prices.revealed"
    );
    market.world.time = market.feed().closes(period);
    assert_eq!(market.reveal(1, period, 1).unwrap_err(), "prices.late");
    assert_eq!(market.enter(0).unwrap_err(), "prices.entered");
    assert_eq!(market.enter(4).unwrap_err(), "prices.full");
}

#[test]
fn a_feeds_terms_out_of_bounds_are_refused() {
    let mut market = Market::open();
    let changes: [fn(&mut FeedTerms); 10] = [
        |terms| terms.period_ms = DurationMs(999),
        |terms| terms.window_ms = DurationMs(PERIOD_MS / 2 + 1),
        |terms| terms.window_ms = DurationMs(499),
        |terms| terms.tolerance_bps = 10_001,
        |terms| terms.quorum = 0,
        |terms| terms.quorum = 65,
        |terms| terms.slash_bps = 0,
        |terms| terms.slash_bps = 10_001,
        |terms| terms.history = 0,
        |terms| terms.history = 4_097,
    ];
    for change in changes {
        let mut terms = feed_terms();
        change(&mut terms);
        let refused = market.open_feed(terms).unwrap_err();
        assert_eq!(refused, "prices.terms", "{terms:?}");
    }
    let none = FeedTerms {
        stake_min: Amount(0),
        ..feed_terms()
    };
    assert_eq!(market.open_feed(none).unwrap_err(), "prices.zero_amount");
}

#[test]
fn a_contests_terms_out_of_bounds_are_refused() {
    let mut market = Market::open();
    let changes: [fn(&mut ContestTerms); 13] = [
        |terms| terms.entrants_max = 0,
        |terms| terms.entrants_max = 65,
        |terms| terms.leverage_max = 0,
        |terms| terms.leverage_max = 20_001,
        |terms| terms.drawdown_max_bps = 0,
        |terms| terms.drawdown_max_bps = 10_000,
        |terms| terms.epochs = 0,
        |terms| terms.epochs = 257,
        |terms| terms.epoch_periods = 0,
        |terms| terms.epoch_periods = 2_049,
        |terms| terms.challenge_periods = 13,
        |terms| terms.copy_lag = 17,
        |terms| terms.copy_part_bps = 4_999,
    ];
    for change in changes {
        let mut terms = contest_terms();
        change(&mut terms);
        let refused = market.open_contest(terms, POT_MIN.0).unwrap_err();
        assert_eq!(refused, "prices.terms", "{terms:?}");
    }
}

#[test]
fn too_little_money_and_too_many_contests_are_refused() {
    let mut market = Market::open();
    let good = contest_terms();
    assert_eq!(
        market.open_contest(good, POT_MIN.0 - 1).unwrap_err(),
        "prices.pot_too_small"
    );
    for _ in 0..4 {
        market.open_contest(good, POT_MIN.0).unwrap();
    }
    assert_eq!(
        market.open_contest(good, POT_MIN.0).unwrap_err(),
        "prices.full"
    );
    assert_eq!(
        market.stake(0, STAKE - 1).unwrap_err(),
        "prices.stake_too_small"
    );
    assert_eq!(market.fund(0, 0).unwrap_err(), "prices.zero_amount");
    assert_eq!(
        market.world.held(Holder::Feed(FEED), "USDX"),
        FEED_DEPOSIT.0
    );
}

#[test]
fn by_drawdown_who_fell_less_gets_more() {
    let shares = |by_drawdown| {
        let terms = ContestTerms {
            by_drawdown,
            drawdown_max_bps: 9_000,
            ..contest_terms()
        };
        let mut market = Market::contest(terms);
        let prices = [
            1_000_000, 1_010_000, 950_000, 1_000_000, 1_100_000, 1_150_000,
        ];
        // The first holds on through the fall; the second sits it out.
        for (step, price) in prices.into_iter().enumerate() {
            let careful = if step == 1 { 0 } else { 900 };
            market.period(price, &[(0, 2_000), (1, careful)]);
        }
        market.assert_replays();
        let entrants = market.entrants();
        (entrants[0].paid.0, entrants[1].paid.0)
    };
    let (bold, careful) = shares(false);
    assert!(bold > careful);
    let (bold, careful) = shares(true);
    assert!(bold < careful);
}
