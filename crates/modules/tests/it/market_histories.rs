//! Random histories of the market: every invariant holds after each block, the same history gives the same events, no
//! money comes or goes.

use lilliput_crypto::Digest;
use lilliput_ledger::Machine;
use lilliput_modules::market::query;
use lilliput_types::market::{
    Book, Choice, CloseCause, CloseDeployment, CommitResult, DeploymentId, Evidence, GroupOrder,
    LeaseId, LeaseLevel, MarketEvent, MarketMessage, OrderId, Purchase, Rate, Rebid, Reclaim,
    Retract, SayNo, SetPool, ShowResult, UsageStatement, seal_result,
};
use lilliput_types::{DurationMs, Event, Holder, List};
use proptest::prelude::*;

use crate::explore::explore;
use crate::market::{HOUR, Market, SALT, group, offer, terms};
use crate::world::{START, address, secret};

/// One random act.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
    amount: u32,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..30, 2_u8..6, any::<u8>(), 1_u32..4_000_000);
    let step = step.prop_map(|(kind, actor, pick, amount)| Step {
        kind,
        actor,
        pick,
        amount,
    });
    prop::collection::vec(step, 20..60)
}

fn random_group(pick: u8, amount: u32) -> GroupOrder {
    let mut terms = terms();
    let short = DurationMs(1_000);
    if pick & 1 == 1 {
        terms.book = Book::Sealed {
            for_ms: short,
            reveal_ms: short,
        };
    }
    if pick & 6 == 6 {
        let for_ms = DurationMs(2_000);
        terms.choice = Choice::Manual { for_ms };
    }
    match pick >> 3 & 7 {
        0 => terms.split = true,
        1 => {
            let bid = Rate(1_000_000 + u64::from(amount));
            terms.purchase = Purchase::Spot { bid };
        }
        2 => {
            terms.purchase = Purchase::Reserved {
                in_ms: DurationMs(u64::from(pick) * 20_000),
                for_ms: DurationMs(HOUR / 2),
            };
        }
        3 => {
            terms.level = LeaseLevel::Replicated { replicas: 2 };
            terms.deadline_ms = Some(DurationMs(HOUR / 4));
        }
        4 => terms.deadline_ms = Some(DurationMs(HOUR / 3)),
        5 => terms.notice_ms = DurationMs(120_000),
        _ => {}
    }
    group(terms, &[1 + u32::from(pick & 3)])
}

fn run(steps: &[Step]) -> Market {
    let mut market = Market::new();
    for provider in 2..6 {
        let set = SetPool { pool: 1, slots: 1 };
        market.act(provider, MarketMessage::Pool(set)).unwrap();
    }
    for step in steps {
        act(&mut market, *step);
    }
    market
}

fn some_order(market: &Market, pick: u8) -> OrderId {
    let all = query::orders(&market.world.state, None, 200).unwrap();
    let open: Vec<_> = all.iter().filter(|order| order.is_open()).collect();
    if open.is_empty() {
        return OrderId(1 + u64::from(pick % 4));
    }
    open[usize::from(pick) % open.len()].id
}

fn some_lease(market: &Market, pick: u8) -> LeaseId {
    let all = query::leases(&market.world.state, None, 200).unwrap();
    let open: Vec<_> = all.iter().filter(|lease| !lease.is_closed()).collect();
    if open.is_empty() || pick > 230 {
        return LeaseId(1 + u64::from(pick % 8));
    }
    open[usize::from(pick) % open.len()].id
}

/// Who serves a lease, or anyone.
fn server(market: &Market, lease: LeaseId, actor: u8) -> u8 {
    let found = query::lease(&market.world.state, lease).unwrap();
    let provider = found.map(|lease| lease.provider);
    (2..7)
        .find(|number| Some(address(*number)) == provider)
        .unwrap_or(actor)
}

#[expect(clippy::too_many_lines, reason = "a list of one act of each kind")]
/// Most acts may fail; what counts is that the books are right afterwards.
fn act(market: &mut Market, step: Step) {
    let Step {
        kind,
        actor,
        pick,
        amount,
    } = step;
    let (order, lease) = (some_order(market, pick), some_lease(market, pick));
    let chain = market.world.network.chain();
    let server = server(market, lease, actor);
    let _ = match kind {
        0 => return drop(market.create(vec![(random_group(pick, amount), 60_000_000)])),
        1 => market.close_order(order),
        2 => market.act(actor, MarketMessage::Retract(Retract { order })),
        3 => {
            let reasons = List::default();
            market.act(actor, MarketMessage::Decline(SayNo { order, reasons }))
        }
        4 => market.award(order, &[actor]),
        5 => market.top_up(1, lease, amount.into()),
        6 => market.settle(lease),
        7 => {
            let bid = Rate(u64::from(amount));
            market.act(0, MarketMessage::Rebid(Rebid { lease, bid }))
        }
        8 => market.act(server, MarketMessage::Reclaim(Reclaim { lease })),
        9 => market.leave(0, lease),
        10 => market.leave(server, lease),
        11 => {
            let slots = u16::from(pick % 3);
            market.act(actor, MarketMessage::Pool(SetPool { pool: 1, slots }))
        }
        12 | 13 => {
            let provider = address(server);
            let result = Digest([pick % 2; 32]);
            let sealed = seal_result(chain, lease, provider, result, SALT);
            let commit = CommitResult { lease, sealed };
            market.act(server, MarketMessage::Commit(commit))
        }
        14 | 15 => {
            let show = ShowResult {
                lease,
                result: Digest([pick % 2; 32]),
                salt: SALT,
            };
            market.act(server, MarketMessage::Show(show))
        }
        16 => {
            let signed = |cpu_ms| {
                UsageStatement {
                    lease,
                    number: 1,
                    cpu_ms,
                    memory_mib_s: 0,
                    network_bytes: 0,
                    details: Digest([0; 32]),
                }
                .sign(chain, &secret(server))
            };
            let evidence = Evidence {
                lease,
                first: signed(1),
                second: signed(2),
            };
            market.act(1, MarketMessage::Evidence(Box::new(evidence)))
        }
        17 => {
            let deployment = DeploymentId(1 + u64::from(pick % 6));
            let close = CloseDeployment { deployment };
            market.act(0, MarketMessage::CloseDeployment(close))
        }
        18 => return market.world.wait(u64::from(amount)),
        19 | 20 => return market.run(&[2, 3, 4, 5], u64::from(amount) * u64::from(kind - 18)),
        21 => market.act(actor, MarketMessage::Beat),
        _ => return whole_auction(market, pick, amount),
    };
}

/// An order on which most do what they should.
fn whole_auction(market: &mut Market, pick: u8, amount: u32) {
    let group = random_group(pick, amount);
    let deposit = u128::from(amount) + group.deposit_min(600_000).unwrap().0;
    let Ok(orders) = market.create(vec![(group.clone(), deposit)]) else {
        return;
    };
    let order = orders[0];
    let bid = |actor: u8| {
        let mut bid = offer(&group, &[2_000_000 + u64::from(pick ^ actor) * 10_000]);
        if matches!(group.terms.purchase, Purchase::Spot { .. }) {
            bid = offer(&group, &[100_000 + u64::from(pick ^ actor) * 500]);
            bid.pool = Some(1);
            bid.waiting_rate = Rate(10_000);
        }
        bid
    };
    let sealed = matches!(group.terms.book, Book::Sealed { .. });
    for actor in 2..6 {
        let _ = if sealed {
            market.seal(actor, order, &bid(actor))
        } else {
            market.bid(actor, order, bid(actor))
        };
    }
    market.world.wait(1_000);
    if sealed {
        for actor in 2..6 {
            if pick % 5 != actor - 2 {
                let _ = market.reveal(actor, order, bid(actor));
            }
        }
        market.world.wait(1_000);
    }
    let _ = market.award(order, &[2 + pick % 4]);
}

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<String> {
    let Event::Market(event) = event else {
        return None;
    };
    Some(match event {
        MarketEvent::Closed { cause, .. } => format!("{cause:?}"),
        MarketEvent::BondLost { cause, .. } => format!("{cause:?}"),
        MarketEvent::OrderClosed { end, .. } => format!("{end:?}"),
        MarketEvent::Low { .. } => "low".to_owned(),
        MarketEvent::Paused { .. } => "paused".to_owned(),
        MarketEvent::Resumed { .. } => "resumed".to_owned(),
        MarketEvent::Returned { .. } => "returned".to_owned(),
        MarketEvent::Started { .. } => "started".to_owned(),
        MarketEvent::Spot { running: false, .. } => "waits".to_owned(),
        MarketEvent::Judged {
            result: Some(_), ..
        } => "result".to_owned(),
        _ => return None,
    })
}

/// All money there is, wherever the market can bring it.
fn all_money(market: &Market) -> u128 {
    let accounts = (0..7).map(|account| {
        let bond = Holder::MarketBond(address(account));
        market.money(account) + market.stake(account) + market.world.held(bond, "USDX")
    });
    let orders = query::orders(&market.world.state, None, 1_000).unwrap();
    let orders = orders.iter().map(|order| order.deposit.0);
    let leases = query::leases(&market.world.state, None, 1_000).unwrap();
    let leases = leases.iter().map(|lease| lease.escrow.0);
    let treasury = market.world.held(Holder::Treasury, "USDX");
    accounts.chain(orders).chain(leases).sum::<u128>() + treasury
}

#[test]
fn money_is_conserved_after_every_block_of_any_history_of_the_market() {
    let seen = explore(48, &steps(), |steps, seen| {
        // `World` checks every invariant after each block.
        let (first, second) = (run(&steps), run(&steps));
        prop_assert_eq!(&first.world.events, &second.world.events);
        prop_assert_eq!(all_money(&first), START.0 * 7);
        seen.note(first.world.events.iter().filter_map(kind));
        Ok(())
    });
    let causes = [
        CloseCause::OwnerLeft,
        CloseCause::ProviderLeft,
        CloseCause::Reclaimed,
        CloseCause::Ended,
        CloseCause::Unpaid,
        CloseCause::Judged,
        CloseCause::Evidence,
    ];
    let causes = causes.iter().map(|cause| format!("{cause:?}"));
    let others = [
        "Unrevealed",
        "Left",
        "Contradiction",
        "Unmatched",
        "Withdrawn",
        "Served",
        "low",
        "paused",
        "resumed",
        "returned",
        "started",
        "waits",
    ];
    seen.assert_each(causes.chain(others.map(str::to_owned)), 2);
}
