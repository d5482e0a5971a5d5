//! Whatever is changed about a contest is found.

use lilliput_crypto::Digest;
use lilliput_modules::prices::{account, median, replay};
use lilliput_types::prices::{
    Contest, ContestId, ContestState, ContestTerms, Feed, FeedId, FeedTerms, Judgement,
    PriceRecord, Reported, Signal, Step, seal_signal,
};
use lilliput_types::{Address, Amount, ChainId, DurationMs, Height, List, Text, TimeMs};

use super::{Fetched, differences};

const CHAIN: ChainId = ChainId(Digest([1; 32]));
const CONTEST: ContestId = ContestId(1);
const SALT: Digest = Digest([2; 32]);
const PERIODS: u64 = 12;

fn who(number: u16) -> Address {
    Address(Digest([number as u8 + 10; 32]))
}

fn feed() -> Feed {
    Feed {
        id: FeedId(1),
        name: Text::shortened("gold"),
        unit: Text::shortened("USD"),
        decimals: 2,
        asset: "USDX".parse().expect("a genesis asset"),
        opener: who(9),
        deposit: Amount(1),
        terms: FeedTerms {
            period_ms: DurationMs(10_000),
            window_ms: DurationMs(4_000),
            tolerance_bps: 100,
            stake_min: Amount(10),
            quorum: 2,
            silence_max: 2,
            slash_bps: 1_000,
            history: 100,
        },
        starts_at: TimeMs(50_000),
        next: PERIODS,
        due: None,
        reporters: 2,
        active: 2,
        staked: Amount(20),
        slashed: Amount(0),
        contests: 0,
        priced: PERIODS,
        latest: None,
        opened_at: Height(1),
    }
}

fn contest() -> Contest {
    Contest {
        id: CONTEST,
        feed: FeedId(1),
        name: Text::shortened("test"),
        opener: who(9),
        asset: feed().asset,
        terms: ContestTerms {
            entry_fee: Amount(5),
            entrants_max: 4,
            leverage_max: 5_000,
            drawdown_max_bps: 1_000,
            challenge_periods: 2,
            epoch_periods: 6,
            epochs: 2,
            by_drawdown: false,
            copy_lag: 2,
            copy_part_bps: 9_000,
        },
        state: ContestState::Open,
        first: 0,
        epoch_from: 0,
        settled: 0,
        price: None,
        entrants: 3,
        sequence: 0,
        epochs_paid: 0,
        pot: Amount::ZERO,
        funded: Amount(1_000),
        paid: Amount::ZERO,
        left: Amount::ZERO,
        opened_at: Height(1),
        closed_at: Some(Height(9)),
    }
}

fn record(period: u64) -> PriceRecord {
    let price = 10_000 + 150 * period;
    let reports = [price, price + 1].map(|price| Reported {
        account: who(7),
        stake: Amount(10),
        price,
        judgement: Judgement::Right,
    });
    let prices = [(price, 10), (price + 1, 10)];
    PriceRecord {
        feed: FeedId(1),
        period,
        price: median::median(&prices, 2, 20),
        staked: Amount(20),
        reports: List::new(reports.to_vec()).expect("two reports"),
        height: Height(period),
    }
}

fn signals(feed: &Feed) -> Vec<Signal> {
    let mut all = Vec::new();
    for period in 0..PERIODS {
        for entrant in 0..3_u16 {
            // The second copies the first; the third is shown once in three.
            let of = period.saturating_sub(u64::from(entrant == 1)) as i32;
            let leverage = if entrant == 2 { -1 } else { 1 } * (500 + 10 * of);
            let sealed = seal_signal(CHAIN, CONTEST, who(entrant), period, leverage, SALT);
            let shown = entrant < 2 || period % 3 == 0;
            all.push(Signal {
                contest: CONTEST,
                period,
                entrant,
                sequence: all.len() as u64,
                committed_at: TimeMs(feed.opens(period).0 - 100),
                sealed,
                leverage: shown.then_some(leverage),
                salt: shown.then_some(SALT),
                changed: false,
            });
        }
    }
    all
}

/// A contest as an honest ledger would tell it.
fn honest() -> Fetched {
    let (feed, contest) = (feed(), contest());
    let entrants: Vec<_> = (0..3)
        .map(|number| account::start(&contest, number, who(number), 0))
        .collect();
    let prices: Vec<PriceRecord> = (0..PERIODS).map(record).collect();
    let steps: Vec<Step> = prices
        .iter()
        .map(|record| Step {
            contest: CONTEST,
            period: record.period,
            price: record.price,
        })
        .collect();
    let pot = |epoch: u32, left: Amount| if epoch == 0 { Amount(1_000) } else { left };
    let signals = signals(&feed);
    let run = replay::replay(&contest, &entrants, &signals, &steps, pot, |_| ());
    Fetched {
        chain: CHAIN,
        feed,
        contest: Contest {
            sequence: run.signals.len() as u64,
            ..run.contest
        },
        entrants: run.entrants,
        signals: run.signals,
        steps,
        payouts: run.payouts,
        prices,
    }
}

fn found(fetched: &Fetched) -> Vec<String> {
    differences(fetched).0.0
}

/// What is changed, and how.
type Change = (&'static str, fn(&mut Fetched));

#[test]
fn an_honest_contest_holds() {
    let honest = honest();
    assert_eq!(found(&honest), Vec::<String>::new());
    assert_eq!(differences(&honest).1, PERIODS as usize);
    // It is worth checking: somebody was paid, one copied, one is out.
    assert!(honest.entrants[0].paid.0 > 0);
    assert_eq!(honest.entrants[1].copies, Some(0));
    assert_ne!(honest.entrants[2].standing, honest.entrants[0].standing);
}

#[test]
fn any_change_is_found() {
    let changes: Vec<Change> = vec![
        ("value", |f| f.entrants[0].value += 1),
        ("peak", |f| f.entrants[0].peak += 1),
        ("mark", |f| f.entrants[0].mark -= 1),
        ("paid", |f| f.entrants[0].paid.0 += 1),
        ("copier", |f| f.entrants[1].copies = None),
        ("standing", |f| {
            f.entrants[2].standing = f.entrants[0].standing;
        }),
        ("position", |f| f.entrants[1].position = 0),
        ("owner", |f| f.entrants[0].account = who(5)),
        ("entrant", |f| {
            f.entrants.pop();
        }),
        ("leverage", |f| f.signals[3].leverage = Some(7)),
        ("hidden", |f| f.signals[3].leverage = None),
        ("salt", |f| f.signals[3].salt = Some(Digest([9; 32]))),
        ("late", |f| {
            f.signals[3].committed_at = f.feed.opens(f.signals[3].period);
        }),
        ("order", |f| f.signals[3].committed_at = TimeMs(0)),
        ("place", |f| f.signals[3].sequence = 0),
        ("changed", |f| f.signals[3].changed = !f.signals[3].changed),
        ("signal", |f| {
            f.signals.remove(3);
        }),
        ("step", |f| f.steps[2].price = Some(9_000)),
        ("no step", |f| {
            f.steps.pop();
        }),
        ("median", |f| f.prices[2].price = Some(10_301)),
        ("judgement", |f| {
            let mut reports = f.prices[2].reports.clone().into_vec();
            reports[0].judgement = Judgement::Off;
            f.prices[2].reports = List::new(reports).expect("two reports");
        }),
        ("pot", |f| f.payouts[1].pot.0 -= 1),
        ("amount", |f| {
            let mut payouts = f.payouts[0].payouts.clone().into_vec();
            payouts[0].amount.0 += 1;
            f.payouts[0].payouts = List::new(payouts).expect("as many as before");
        }),
        ("epoch", |f| {
            f.payouts.pop();
        }),
        ("funded", |f| f.contest.funded.0 += 1),
        ("left", |f| f.contest.left.0 += 1),
        ("state", |f| f.contest.state = ContestState::Open),
        ("terms", |f| f.contest.terms.challenge_periods += 1),
        ("chain", |f| f.chain = ChainId(Digest([7; 32]))),
    ];
    for (name, change) in changes {
        let mut fetched = honest();
        change(&mut fetched);
        assert!(!found(&fetched).is_empty(), "{name} goes unnoticed");
    }
}
