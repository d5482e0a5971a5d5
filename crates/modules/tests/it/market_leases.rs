//! Leases: metered, lost and heard of again, low, paused, filled, left, reclaimed, reserved, spot.

use std::cell::Cell;

use lilliput_crypto::Digest;
use lilliput_ledger::{
    BlockContext, Machine, MemoryState, MessageContext, State, StateReader, StoreError,
};
use lilliput_modules::market::{BOND_MIN, GRACE_MS, LOW_MS, PAUSE_MS};
use lilliput_types::market::{
    BidTerms, CloseCause, CloseDeployment, DeploymentId, GroupOrder, Lease, LeaseId, LeaseState,
    MarketEvent, MarketMessage, Purchase, Rate, Rebid, Reclaim, SetPool, Settle,
};
use lilliput_types::{Amount, BlobId, DurationMs, Event, Holder, Message, Receipt, TransactionId};

use crate::market::{BIDDING_MS, HOUR, Market, STAKE, group, offer, terms};
use crate::world::{address, secret};

/// One unit of money a millisecond.
const RATE: u64 = 3_600_000;
const ESCROW: u128 = 10 * 3_600_000;

fn cause(lease: &Lease) -> Option<CloseCause> {
    match lease.state {
        LeaseState::Closed { cause, .. } => Some(cause),
        _ => None,
    }
}

fn happened(market: &Market, wanted: impl Fn(&MarketEvent) -> bool) -> usize {
    let events = market.world.events.iter();
    events
        .filter(|event| matches!(event, Event::Market(event) if wanted(event)))
        .count()
}

#[test]
fn a_lease_pays_by_the_millisecond_and_gives_the_rest_back() {
    let mut market = Market::new();
    let lease = market.leased(RATE, ESCROW);
    let (owner, provider) = (market.money(0), market.money(2));
    market.run(&[2], 150_000);
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 150_000);
    market.world.wait(30_000);
    // Not heard of since: only what ends a lease counts until now.
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 150_000);
    market.leave(0, lease).unwrap();
    assert_eq!(market.money(2) - provider, 180_000);
    assert_eq!(market.money(0) - owner, ESCROW - 180_000);
    assert_eq!(market.stake(2), STAKE);
    for who in [0, 2] {
        assert_eq!(market.leave(who, lease).unwrap_err(), "market.closed");
    }
    assert_eq!(market.top_up(0, lease, 5).unwrap_err(), "market.closed");
}

#[test]
fn how_often_a_lease_is_settled_changes_nothing() {
    let run = |every_ms: u64| {
        let mut market = Market::new();
        let lease = market.leased(1_234_567, ESCROW);
        let before = market.money(2);
        let mut left = 900_000;
        while left > 0 {
            market.run(&[2], every_ms);
            market.settle(lease).unwrap();
            left -= every_ms;
        }
        market.leave(0, lease).unwrap();
        market.money(2) - before
    };
    assert_eq!(run(900_000), run(12_500));
    assert_eq!(run(900_000), 1_234_567 * 900_000 / 3_600_000);
}

#[test]
fn a_provider_that_is_lost_closes_nothing_and_earns_nothing() {
    let mut market = Market::new();
    let lease = market.leased(RATE, ESCROW);
    let provider = market.money(2);
    market.run(&[2], 60_000);
    // An hour without a word.
    market.world.wait(GRACE_MS);
    assert!(market.provider(2).lost);
    for _ in 0..20 {
        market.world.wait(180_000);
    }
    assert_eq!(market.lease(lease).state, LeaseState::Active);
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 60_000);
    // It comes back, and the lease goes on.
    market.beat(2);
    assert!(!market.provider(2).lost);
    market.run(&[2], 40_000);
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 100_000);
    assert_eq!(
        happened(&market, |event| matches!(event, MarketEvent::Lost { .. })),
        1
    );
    assert_eq!(
        happened(&market, |event| matches!(
            event,
            MarketEvent::Returned { .. }
        )),
        1
    );
}

#[test]
fn a_word_that_comes_in_the_block_in_which_it_is_too_late_counts_as_a_return() {
    let mut market = Market::new();
    let lease = market.leased(RATE, ESCROW);
    let provider = market.money(2);
    market.run(&[2], 1_000);
    market.world.time = market.world.time.after(DurationMs(GRACE_MS + 1));
    market.beat(2);
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 1_000);
    assert_eq!(market.provider(2).losses, 1);
    market.world.time = market.world.time.after(DurationMs(GRACE_MS));
    market.beat(2);
    market.settle(lease).unwrap();
    assert_eq!(market.money(2) - provider, 1_000 + u128::from(GRACE_MS));
}

#[test]
fn the_owner_leaves_a_lost_provider_free() {
    let mut market = Market::new();
    let lease = market.leased(RATE, ESCROW);
    let (owner, provider) = (market.money(0), market.money(2));
    market.run(&[2], 10_000);
    market.world.wait(GRACE_MS * 2);
    market.leave(0, lease).unwrap();
    assert_eq!(market.money(2) - provider, 10_000);
    assert_eq!(market.money(0) - owner, ESCROW - 10_000);
    market.beat(2);
}

#[test]
fn an_escrow_is_low_then_dry_then_the_lease_is_closed() {
    let mut market = Market::new();
    let lease = market.leased(RATE, 2 * 3_600_000);
    let provider = market.money(2);
    let low = |market: &Market| happened(market, |event| matches!(event, MarketEvent::Low { .. }));
    market.run(&[2], 2 * HOUR - LOW_MS - 60_000);
    assert_eq!(low(&market), 0);
    market.run(&[2], 60_000);
    assert_eq!(low(&market), 1);
    market.run(&[2], LOW_MS);
    assert!(matches!(
        market.lease(lease).state,
        LeaseState::Paused { .. }
    ));
    assert_eq!(low(&market), 1);
    assert_eq!(market.money(2) - provider, 2 * 3_600_000);
    assert_eq!(market.lease(lease).escrow, Amount::ZERO);
    market.run(&[2], PAUSE_MS);
    assert_eq!(cause(&market.lease(lease)), Some(CloseCause::Unpaid));
    assert_eq!(market.money(2) - provider, 2 * 3_600_000);
    assert_eq!(market.stake(2), STAKE);
}

#[test]
fn anyone_may_fill_an_escrow_and_a_pause_ends() {
    let mut market = Market::new();
    let lease = market.leased(RATE, HOUR.into());
    let provider = market.money(2);
    market.run(&[2], HOUR + 600_000);
    assert!(matches!(
        market.lease(lease).state,
        LeaseState::Paused { .. }
    ));
    assert_eq!(
        market.top_up(6, lease, 0).unwrap_err(),
        "market.zero_amount"
    );
    market.top_up(6, lease, 100_000).unwrap();
    assert_eq!(market.lease(lease).state, LeaseState::Active);
    market.run(&[2], 40_000);
    market.settle(lease).unwrap();
    // The pause wasn't paid for.
    assert_eq!(market.money(2) - provider, u128::from(HOUR) + 40_000);
    market.run(&[2], 60_000);
    assert!(matches!(
        market.lease(lease).state,
        LeaseState::Paused { .. }
    ));
    assert_eq!(market.lease(lease).paid, Amount(u128::from(HOUR) + 100_000));
}

#[test]
fn one_escrow_never_pays_for_two_leases() {
    let mut market = Market::new();
    let first = market.leased(RATE, 1_200_000);
    let second = market.leased(RATE, ESCROW);
    let group = group(terms(), &[1]);
    let spent = market.create(vec![(group, market.money(0) + 1)]);
    assert_eq!(spent.unwrap_err(), "bank.insufficient_balance");
    market.run(&[2], HOUR);
    let (first, second) = (market.lease(first), market.lease(second));
    assert!(matches!(first.state, LeaseState::Paused { .. }));
    assert_eq!(first.paid, Amount(1_200_000));
    assert_eq!(second.escrow.0 + second.paid.0, ESCROW);
    assert_eq!(
        market.world.held(Holder::Lease(second.id), "USDX"),
        second.escrow.0
    );
}

#[test]
fn notice_is_granted_and_kept_and_leaving_without_it_costs_the_bond() {
    let mut market = Market::new();
    let mut terms = terms();
    terms.notice_ms = DurationMs(600_000);
    let group = group(terms, &[1]);
    let order = market.order(&group);
    let mut short = offer(&group, &[RATE]);
    short.notice_ms = DurationMs(599_999);
    assert_eq!(market.bid(2, order, short).unwrap_err(), "market.bid");
    market.bid(2, order, offer(&group, &[RATE])).unwrap();
    market.world.wait(BIDDING_MS);
    let lease = market.known(order).leases[0];
    let reclaim = MarketMessage::Reclaim(Reclaim { lease });
    assert_eq!(
        market.act(3, reclaim.clone()).unwrap_err(),
        "market.not_provider"
    );
    market.act(2, reclaim.clone()).unwrap();
    assert_eq!(market.act(2, reclaim).unwrap_err(), "market.noticed");
    market.run(&[2], 599_999);
    assert_eq!(market.lease(lease).state, LeaseState::Active);
    market.run(&[2], 1);
    assert_eq!(cause(&market.lease(lease)), Some(CloseCause::Reclaimed));
    assert_eq!(market.stake(2), STAKE);

    let lease = market.leased(RATE, ESCROW);
    let owner = market.money(0);
    market.leave(2, lease).unwrap();
    assert_eq!(cause(&market.lease(lease)), Some(CloseCause::ProviderLeft));
    assert_eq!(market.stake(2), STAKE - BOND_MIN.0);
    assert_eq!(market.money(0) - owner, ESCROW + BOND_MIN.0 / 2);
}

fn reserve(market: &mut Market) -> LeaseId {
    let mut terms = terms();
    terms.purchase = Purchase::Reserved {
        in_ms: DurationMs(HOUR),
        for_ms: DurationMs(2 * HOUR),
    };
    let group = group(terms, &[1]);
    let order = market.order(&group);
    market.bid(2, order, offer(&group, &[RATE])).unwrap();
    market.world.wait(BIDDING_MS);
    market.known(order).leases[0]
}

#[test]
fn a_reservation_begins_and_ends_at_its_moments() {
    let mut market = Market::new();
    let lease = reserve(&mut market);
    let provider = market.money(2);
    market.run(&[2], HOUR - BIDDING_MS - 1);
    assert!(matches!(
        market.lease(lease).state,
        LeaseState::Reserved { .. }
    ));
    assert_eq!(
        market
            .act(2, MarketMessage::Reclaim(Reclaim { lease }))
            .unwrap_err(),
        "market.reserved"
    );
    market.run(&[2], 1);
    assert_eq!(market.lease(lease).state, LeaseState::Active);
    assert_eq!(market.money(2), provider);
    market.run(&[2], 2 * HOUR);
    assert_eq!(cause(&market.lease(lease)), Some(CloseCause::Ended));
    assert_eq!(market.money(2) - provider, 2 * 3_600_000);
}

#[test]
fn who_leaves_a_reservation_pays_it_to_its_end_unless_the_provider_is_lost() {
    let mut market = Market::new();
    let lease = reserve(&mut market);
    let provider = market.money(2);
    market.run(&[2], 2 * HOUR);
    market.leave(0, lease).unwrap();
    assert_eq!(market.money(2) - provider, 2 * 3_600_000);

    let lease = reserve(&mut market);
    let provider = market.money(2);
    market.run(&[2], 2 * HOUR - BIDDING_MS);
    market.world.wait(GRACE_MS);
    market.leave(0, lease).unwrap();
    assert_eq!(market.money(2) - provider, 3_600_000);
}

fn spot(bid: u64) -> GroupOrder {
    let mut terms = terms();
    terms.purchase = Purchase::Spot { bid: Rate(bid) };
    group(terms, &[1])
}

fn ask(group: &GroupOrder) -> BidTerms {
    let mut bid = offer(group, &[1_000_000]);
    bid.pool = Some(1);
    bid.waiting_rate = Rate(100_000);
    bid
}

fn spot_lease(market: &mut Market, bid: u64) -> LeaseId {
    let group = spot(bid);
    let order = market.order(&group);
    market.bid(2, order, ask(&group)).unwrap();
    market.world.wait(BIDDING_MS);
    market.known(order).leases[0]
}

fn pool(market: &mut Market, slots: u16) -> Result<Receipt, String> {
    market.act(2, MarketMessage::Pool(SetPool { pool: 1, slots }))
}

#[test]
fn the_highest_spot_bids_run_and_the_others_wait_with_their_disk() {
    let mut market = Market::new();
    let group = spot(2_000_000);
    let order = market.order(&group);
    assert_eq!(
        market.bid(2, order, ask(&group)).unwrap_err(),
        "market.no_pool"
    );
    pool(&mut market, 1).unwrap();
    let low = spot_lease(&mut market, 2_000_000);
    let runs = |market: &Market, id: LeaseId| market.lease(id).spot.unwrap().running;
    assert!(runs(&market, low));
    let high = spot_lease(&mut market, 3_000_000);
    let same = spot_lease(&mut market, 3_000_000);
    assert_eq!(
        [low, high, same].map(|id| runs(&market, id)),
        [false, true, false]
    );
    assert_eq!(market.lease(low).meter.rate, Rate(100_000));
    // Each pays for what it has: an hour of disk, an hour of running.
    let before = [low, high].map(|id| market.lease(id).paid.0);
    market.run(&[2], HOUR);
    for id in [low, high, same] {
        market.settle(id).unwrap();
    }
    let paid = [low, high].map(|id| market.lease(id).paid.0);
    assert!(
        (99_000..=100_500).contains(&(paid[0] - before[0])),
        "{paid:?}"
    );
    assert!((2_990_000..=3_005_000).contains(&(paid[1] - before[1])));
    // More room, then a higher bid, then who ran leaves.
    pool(&mut market, 2).unwrap();
    assert_eq!(
        [low, high, same].map(|id| runs(&market, id)),
        [false, true, true]
    );
    let rebid = |bid: u64| {
        let bid = Rate(bid);
        MarketMessage::Rebid(Rebid { lease: low, bid })
    };
    assert_eq!(market.act(0, rebid(999_999)).unwrap_err(), "market.bid");
    assert_eq!(
        market.act(1, rebid(5_000_000)).unwrap_err(),
        "market.not_owner"
    );
    market.act(0, rebid(5_000_000)).unwrap();
    assert_eq!(
        [low, high, same].map(|id| runs(&market, id)),
        [true, true, false]
    );
    market.leave(0, high).unwrap();
    assert_eq!([low, same].map(|id| runs(&market, id)), [true, true]);
    pool(&mut market, 0).unwrap();
    assert_eq!([low, same].map(|id| runs(&market, id)), [false, false]);
    assert_eq!(pool(&mut market, 65).unwrap_err(), "market.slots");
}

#[test]
fn a_deployment_is_closed_with_all_that_is_left_of_it() {
    let mut market = Market::new();
    let before = market.money(0);
    let group = group(terms(), &[1]);
    let orders = market
        .create(vec![(group.clone(), ESCROW), (group.clone(), ESCROW)])
        .unwrap();
    market.bid(2, orders[0], offer(&group, &[RATE])).unwrap();
    market.world.wait(BIDDING_MS);
    let deployment = market.known(orders[0]).deployment;
    let close =
        |deployment: DeploymentId| MarketMessage::CloseDeployment(CloseDeployment { deployment });
    assert_eq!(
        market.act(1, close(deployment)).unwrap_err(),
        "market.not_owner"
    );
    market.act(0, close(deployment)).unwrap();
    assert_eq!(market.money(0), before);
    assert_eq!(
        market.act(0, close(deployment)).unwrap_err(),
        "market.closed"
    );
    let lease = market.lease(market.known(orders[0]).leases[0]);
    assert_eq!((lease.owner, lease.deployment), (address(0), deployment));
}

/// Counts what is read below.
struct Counted<'a> {
    state: &'a MemoryState,
    reads: Cell<usize>,
}

impl StateReader for Counted<'_> {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.reads.set(self.reads.get() + 1);
        self.state.get(key)
    }

    fn first(&self, from: &str, end: &str) -> Result<Option<(String, Vec<u8>)>, StoreError> {
        self.reads.set(self.reads.get() + 1);
        self.state.first(from, end)
    }

    fn blob(&self, id: BlobId) -> Result<Option<Vec<u8>>, StoreError> {
        self.state.blob(id)
    }
}

#[test]
fn settling_one_lease_reads_and_writes_as_much_beside_many_as_beside_few() {
    let cost = |leases: usize| {
        let mut market = Market::new();
        let ids: Vec<LeaseId> = (0..leases)
            .map(|_| market.leased(RATE, ESCROW / 10))
            .collect();
        market.run(&[2], 60_000);
        let below = Counted {
            state: &market.world.state,
            reads: Cell::new(0),
        };
        let mut state = State::new(&below);
        let context = MessageContext {
            block: BlockContext {
                chain: market.world.network.chain(),
                height: market.world.height,
                time: market.world.time,
                halted: DurationMs(0),
                proposer: secret(200).public_key(),
            },
            transaction: TransactionId(Digest([0; 32])),
            index: 0,
            messages: 1,
            signer: address(1),
            blobs: &[],
        };
        let lease = ids[leases / 2];
        let settle = Message::Market(MarketMessage::Settle(Settle { lease }));
        market
            .world
            .network
            .execute(&mut state, &context, &settle)
            .unwrap();
        let reads = below.reads.get();
        (reads, state.into_changes().writes.len())
    };
    assert_eq!(cost(10), cost(80));
}
