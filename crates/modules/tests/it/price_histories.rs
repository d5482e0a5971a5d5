//! Random histories of feeds and contests: every invariant holds after each block, the same history gives the same events,
//! and each contest can be replayed.

use lilliput_modules::prices::POT_MIN;
use lilliput_types::Event;
use lilliput_types::prices::{ContestTerms, OutCause, PricesEvent, SlashCause};
use proptest::prelude::*;

use crate::explore::explore;
use crate::prices::{Market, PERIOD_MS, STAKE, contest_terms};

/// One random act.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
    amount: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..20, 0_u8..5, any::<u8>(), 0_u32..3_000_000);
    let step = step.prop_map(|(kind, actor, pick, amount)| Step {
        kind,
        actor,
        pick,
        amount,
    });
    prop::collection::vec(step, 20..70)
}

/// A leverage that follows from account and period, so that it can be revealed; of accounts 2 and 3 the one copies the other.
fn leverage(actor: u8, period: u64) -> i32 {
    let of = if actor == 3 { 2 } else { actor };
    let word = (period + 1) * (u64::from(of) * 2_654_435 + 977);
    (word % 9_001) as i32 - 4_500
}

fn run(steps: &[Step]) -> Market {
    let mut market = Market::reported();
    let terms = ContestTerms {
        epoch_periods: 4,
        challenge_periods: 1,
        drawdown_max_bps: 4_000,
        copy_lag: 1,
        ..contest_terms()
    };
    market.open_contest(terms, POT_MIN.0).unwrap();
    for step in steps {
        act(&mut market, *step);
    }
    market
}

/// Most acts may fail; what counts is that the books are right afterwards.
fn act(market: &mut Market, step: Step) {
    let Step {
        kind,
        actor,
        pick,
        amount,
    } = step;
    let price = 1_000_000 + u64::from(pick) * 1_500;
    let now = market.world.time;
    let period = market.feed().unclosed(now);
    let _ = match kind {
        0 => market.stake(actor, u128::from(amount) + STAKE / 2),
        1 => market.leave(actor),
        2 => market.report(actor, period, price * 2),
        3 => market.enter(actor),
        4 => market.fund(actor, u128::from(amount)),
        5 => market.open_contest(contest_terms(), POT_MIN.0 + u128::from(amount)),
        6 => {
            let next = market.next();
            market.seal(actor, next, leverage(actor, next))
        }
        7 => market.reveal(actor, period, leverage(actor, period)),
        8 => market.close(0),
        9 => return market.world.wait(PERIOD_MS * u64::from(pick % 4) + 700),
        10 => return market.world.wait(u64::from(pick) * 20),
        _ => return whole_period(market, price, pick),
    };
}

/// A period in which most do what they should.
fn whole_period(market: &mut Market, price: u64, pick: u8) {
    let period = market.next();
    for actor in 0..5 {
        let _ = market.enter(actor);
        let _ = market.seal(actor, period, leverage(actor, period));
    }
    let feed = market.feed();
    market.until(feed.opens(period));
    for actor in 0..5 {
        if pick % 7 != actor {
            let _ = market.reveal(actor, period, leverage(actor, period));
        }
        if pick % 5 != actor || pick < 128 {
            let lie = if pick % 11 == actor { 40_000 } else { 0 };
            let _ = market.report(actor, period, price + lie);
        }
    }
    market.until(feed.closes(period));
}

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<&'static str> {
    let Event::Prices(event) = event else {
        return None;
    };
    match event {
        PricesEvent::Priced { price: None, .. } => Some("unpriced"),
        PricesEvent::Slashed { cause, .. } => Some(match cause {
            SlashCause::Off => "off",
            SlashCause::Silent => "silent",
        }),
        PricesEvent::Left { .. } => Some("left"),
        PricesEvent::Eliminated { cause, .. } => Some(match cause {
            OutCause::Drawdown => "drawdown",
            OutCause::Unrevealed => "unrevealed",
        }),
        PricesEvent::Copied { .. } => Some("copied"),
        PricesEvent::Paid { .. } => Some("paid"),
        PricesEvent::ContestClosed { .. } => Some("closed"),
        _ => None,
    }
}

#[test]
fn money_is_conserved_after_every_block_of_any_history_of_prices() {
    let seen = explore(40, &steps(), |steps, seen| {
        // `World` checks every invariant after each block.
        let (first, second) = (run(&steps), run(&steps));
        prop_assert_eq!(&first.world.events, &second.world.events);
        first.assert_replays();
        seen.note(first.world.events.iter().filter_map(kind));
        Ok(())
    });
    let wanted = [
        "unpriced", "off", "silent", "left", "drawdown", "copied", "paid", "closed",
    ];
    seen.assert_each(wanted, 5);
}
