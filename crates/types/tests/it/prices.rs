//! Messages about prices: one value, one encoding; times of windows.

use lilliput_crypto::Digest;
use lilliput_types::codec::{decode, encode};
use lilliput_types::prices::{
    CloseFeed, ContestId, ContestTerms, Enter, Feed, FeedId, FeedTerms, Fund, Leave, OpenContest,
    OpenFeed, PricesMessage, Report, RevealSignal, SealSignal, Stake, seal_signal,
};
use lilliput_types::{Amount, ChainId, DurationMs, Height, Holder, Message, Segment, Text, TimeMs};
use proptest::prelude::*;

use crate::samples::address;

fn feed_terms(amount: Amount) -> FeedTerms {
    FeedTerms {
        period_ms: DurationMs(10_000),
        window_ms: DurationMs(4_000),
        tolerance_bps: 100,
        stake_min: amount,
        quorum: 3,
        silence_max: 5,
        slash_bps: 1_000,
        history: 100,
    }
}

fn contest_terms(amount: Amount, flag: bool) -> ContestTerms {
    ContestTerms {
        entry_fee: amount,
        entrants_max: 64,
        leverage_max: 5_000,
        drawdown_max_bps: 1_000,
        challenge_periods: 10,
        epoch_periods: 20,
        epochs: 4,
        by_drawdown: flag,
        copy_lag: 2,
        copy_part_bps: 9_000,
    }
}

fn messages(a: u8, amount: Amount) -> Vec<Message> {
    let (feed, contest) = (FeedId(1 + u64::from(a)), ContestId(1 + u64::from(a)));
    let (digest, period) = (Digest([a; 32]), u64::from(a));
    let all = [
        PricesMessage::OpenFeed(OpenFeed {
            name: Text::new("gold").unwrap(),
            unit: Text::new("USD").unwrap(),
            decimals: 2,
            first_in_ms: DurationMs(1),
            terms: feed_terms(amount),
        }),
        PricesMessage::CloseFeed(CloseFeed { feed }),
        PricesMessage::Stake(Stake { feed, amount }),
        PricesMessage::Leave(Leave { feed }),
        PricesMessage::Report(Report {
            feed,
            period,
            price: 5,
        }),
        PricesMessage::OpenContest(OpenContest {
            feed,
            name: Text::new("diggers").unwrap(),
            pot: amount,
            terms: contest_terms(amount, a > 100),
        }),
        PricesMessage::Enter(Enter { contest }),
        PricesMessage::Fund(Fund { contest, amount }),
        PricesMessage::Signal(SealSignal {
            contest,
            period,
            sealed: digest,
        }),
        PricesMessage::Reveal(RevealSignal {
            contest,
            period,
            leverage: -i32::from(a),
            salt: digest,
        }),
    ];
    all.into_iter().map(Message::Prices).collect()
}

fn feed(starts_at: u64) -> Feed {
    Feed {
        id: FeedId(1),
        name: Text::new("gold").unwrap(),
        unit: Text::new("USD").unwrap(),
        decimals: 2,
        asset: "USDX".parse().unwrap(),
        opener: address(1),
        deposit: Amount(1),
        terms: feed_terms(Amount(1)),
        starts_at: TimeMs(starts_at),
        next: 0,
        due: None,
        reporters: 0,
        active: 0,
        staked: Amount(0),
        slashed: Amount(0),
        contests: 0,
        priced: 0,
        latest: None,
        opened_at: Height(1),
    }
}

proptest! {
    #[test]
    fn messages_about_prices_round_trip_in_bytes_and_json(a: u8, amount: u128) {
        for message in messages(a, Amount(amount)) {
            let bytes = encode(&message);
            prop_assert_eq!(bytes[0], 6);
            prop_assert_eq!(&decode::<Message>(&bytes, 1 << 12).unwrap(), &message);
            let json = serde_json::to_string(&message).unwrap();
            prop_assert_eq!(serde_json::from_str::<Message>(&json).unwrap(), message);
        }
    }

    #[test]
    fn windows_follow_each_other(starts_at in 0_u64..1 << 40, after in 0_u64..1 << 40) {
        let feed = feed(starts_at);
        let now = TimeMs(starts_at.saturating_add(after));
        let next = feed.opening(now);
        prop_assert!(feed.opens(next) > now);
        prop_assert!(next == 0 || feed.opens(next - 1) <= now);
        match feed.reporting(now) {
            Some(period) => {
                prop_assert!(feed.opens(period) <= now && now < feed.closes(period));
                prop_assert_eq!(feed.unclosed(now), period);
                prop_assert_eq!(next, period + 1);
            }
            None => prop_assert_eq!(feed.unclosed(now), next),
        }
    }
}

#[test]
fn before_the_beginning_the_first_window_is_next() {
    let feed = feed(1_000);
    assert_eq!(
        (feed.reporting(TimeMs(999)), feed.opening(TimeMs(999))),
        (None, 0)
    );
    assert_eq!(feed.reporting(TimeMs(1_000)), Some(0));
    assert_eq!(feed.opening(TimeMs(1_000)), 1);
    // The largest period doesn't wrap.
    assert_eq!(feed.closes(u64::MAX), TimeMs(u64::MAX));
}

#[test]
fn a_seal_is_bound_to_everything() {
    let seal = |chain: u8, contest, account, period, leverage, salt: u8| {
        let chain = ChainId(Digest([chain; 32]));
        let salt = Digest([salt; 32]);
        seal_signal(
            chain,
            ContestId(contest),
            address(account),
            period,
            leverage,
            salt,
        )
    };
    let one = seal(1, 1, 1, 1, 1, 1);
    let others = [
        seal(2, 1, 1, 1, 1, 1),
        seal(1, 2, 1, 1, 1, 1),
        seal(1, 1, 2, 1, 1, 1),
        seal(1, 1, 1, 2, 1, 1),
        seal(1, 1, 1, 1, -1, 1),
        seal(1, 1, 1, 1, 1, 2),
    ];
    assert!(others.iter().all(|other| *other != one));
}

#[test]
fn feeds_and_contests_have_one_spelling() {
    assert_eq!("7".parse(), Ok(FeedId(7)));
    for text in ["", "0", "07", "-1", "+1", "1.0", "x"] {
        assert!(text.parse::<FeedId>().is_err(), "{text}");
        assert!(text.parse::<ContestId>().is_err(), "{text}");
    }
    for holder in [Holder::Feed(FeedId(3)), Holder::Contest(ContestId(4))] {
        assert_eq!(holder.to_string().parse(), Ok(holder));
    }
    let message = messages(1, Amount(1)).remove(0);
    assert_eq!(message.segment(), Segment::Software);
    assert_eq!(message.blobs().count(), 0);
}
