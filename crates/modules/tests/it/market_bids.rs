//! Orders and bids: open, sealed, split, audited; refusals, declines, choices.

use lilliput_modules::market::{BOND_MIN, query};
use lilliput_types::market::{
    BidState, Book, Choice, Dimension, Latency, MarketMessage, OfferLine, OrderEnd, OrderId,
    OrderState, Rate, Reason, Retract, Revoke, SayNo, SignAttributes,
};
use lilliput_types::{Amount, DurationMs, Holder, List, Text, TimeMs};

use crate::market::{BIDDING_MS, CEILING, Market, STAKE, attributes, group, offer, terms, unit};
use crate::world::address;

const REVEAL_MS: u64 = 2_000;

fn state(market: &Market, order: OrderId) -> OrderState {
    market.known(order).state
}

fn ended(market: &Market, order: OrderId) -> Option<OrderEnd> {
    match state(market, order) {
        OrderState::Closed { end } => Some(end),
        _ => None,
    }
}

#[test]
fn the_cheapest_bid_is_leased_and_the_others_get_their_bond_back() {
    let mut market = Market::new();
    let group = group(terms(), &[2, 1]);
    let order = market.order(&group);
    let deposit = market.known(order).deposit;
    for (provider, rates) in [(2, [500, 900]), (3, [400, 900]), (4, [400, 950])] {
        market.bid(provider, order, offer(&group, &rates)).unwrap();
        assert_eq!(market.stake(provider), STAKE - BOND_MIN.0);
    }
    market.world.wait(BIDDING_MS);
    let leased = market.known(order);
    assert_eq!(leased.state, OrderState::Leased);
    let lease = market.lease(leased.leases[0]);
    assert_eq!(lease.provider, address(3));
    assert_eq!((lease.rate, lease.escrow), (Rate(1_700), deposit));
    assert_eq!(market.stake(2), STAKE);
    assert_eq!(market.stake(3), STAKE - BOND_MIN.0);
    assert_eq!(market.world.held(Holder::Order(order), "USDX"), 0);
}

#[test]
fn an_order_without_a_fitting_bid_gives_the_deposit_back() {
    let mut market = Market::new();
    let before = market.money(0);
    let group = group(terms(), &[1]);
    let order = market.order(&group);
    market.world.wait(BIDDING_MS - 1);
    assert!(market.known(order).is_open());
    market.world.wait(1);
    assert_eq!(ended(&market, order), Some(OrderEnd::Unmatched));
    assert_eq!(market.money(0), before);
}

#[test]
fn bids_that_break_a_rule_are_refused() {
    let mut market = Market::new();
    let group = group(terms(), &[2]);
    let order = market.order(&group);
    let good = offer(&group, &[100]);
    let line = |change: &dyn Fn(&mut OfferLine)| {
        let mut line = good.offers[0].clone();
        change(&mut line);
        let mut bid = good.clone();
        bid.offers = List::new(vec![line]).unwrap();
        bid
    };
    let wrong = [
        line(&|line| line.rate = Rate(CEILING + 1)),
        line(&|line| line.count = 1),
        line(&|line| line.count = 3),
        line(&|line| line.unit = 1),
        line(&|line| line.gpu = Some(Text::new("vendor/nvidia/model/h100").unwrap())),
    ];
    for bid in wrong {
        assert_eq!(market.bid(2, order, bid).unwrap_err(), "market.bid");
    }
    let mut pooled = good.clone();
    pooled.pool = Some(1);
    assert_eq!(market.bid(2, order, pooled).unwrap_err(), "market.bid");
    assert_eq!(
        market.bid(1, order, good.clone()).unwrap_err(),
        "market.not_registered"
    );
    assert_eq!(market.seal(2, order, &good).unwrap_err(), "market.book");
    market.bid(2, order, good.clone()).unwrap();
    market.bid(2, order, good.clone()).unwrap();
    assert_eq!(
        market.stake(2),
        STAKE - BOND_MIN.0,
        "replacing locks no more"
    );
    market
        .act(2, MarketMessage::Retract(Retract { order }))
        .unwrap();
    assert_eq!(market.stake(2), STAKE);
    market.world.wait(BIDDING_MS);
    assert_eq!(market.bid(2, order, good).unwrap_err(), "market.late");
}

#[test]
fn orders_that_make_no_sense_are_refused() {
    let mut market = Market::new();
    let base = group(terms(), &[1]);
    let mut cases = vec![(base.clone(), 1, "market.deposit")];
    let mut change = |make: &dyn Fn(&mut lilliput_types::market::GroupOrder)| {
        let mut wrong = base.clone();
        make(&mut wrong);
        cases.push((wrong, 1_000_000_000, "market.terms"));
    };
    change(&|group| group.units = List::default());
    change(&|group| group.units = List::new(vec![unit(0)]).unwrap());
    change(&|group| group.units = List::new(vec![unit(5_000)]).unwrap());
    change(&|group| group.terms.bond = Amount(1));
    change(&|group| {
        group.terms.book = Book::Open {
            for_ms: DurationMs(1),
        };
    });
    change(&|group| group.terms.deadline_ms = Some(DurationMs(BIDDING_MS)));
    change(&|group| {
        group.terms.level = lilliput_types::market::LeaseLevel::Replicated { replicas: 3 };
    });
    for (wrong, deposit, code) in cases {
        assert_eq!(market.create(vec![(wrong, deposit)]).unwrap_err(), code);
    }
    assert_eq!(market.create(vec![]).unwrap_err(), "market.terms");
}

fn sealed_order(market: &mut Market) -> (lilliput_types::market::GroupOrder, OrderId) {
    let mut terms = terms();
    terms.book = Book::Sealed {
        for_ms: DurationMs(BIDDING_MS),
        reveal_ms: DurationMs(REVEAL_MS),
    };
    let group = group(terms, &[1]);
    let order = market.order(&group);
    (group, order)
}

#[test]
fn a_sealed_bid_counts_once_shown_and_silence_costs_the_bond() {
    let mut market = Market::new();
    let (group, order) = sealed_order(&mut market);
    let (cheap, dear) = (offer(&group, &[10]), offer(&group, &[20]));
    market.seal(2, order, &dear).unwrap();
    market.seal(3, order, &cheap).unwrap();
    market.seal(4, order, &cheap).unwrap();
    assert_eq!(market.seal(4, order, &cheap).unwrap_err(), "market.sealed");
    assert_eq!(
        market.reveal(2, order, dear.clone()).unwrap_err(),
        "market.early"
    );
    market.world.wait(BIDDING_MS);
    assert!(matches!(
        state(&market, order),
        OrderState::Revealing { .. }
    ));
    assert_eq!(
        market.reveal(2, order, cheap.clone()).unwrap_err(),
        "market.seal"
    );
    market.reveal(2, order, dear.clone()).unwrap();
    assert_eq!(market.reveal(2, order, dear).unwrap_err(), "market.shown");
    market.reveal(3, order, cheap).unwrap();
    let money = market.money(0);
    market.world.wait(REVEAL_MS);
    let lease = market.lease(market.known(order).leases[0]);
    assert_eq!(lease.provider, address(3));
    let silent = market.bids(order).into_iter().nth_back(0);
    let states: Vec<BidState> = market.bids(order).iter().map(|bid| bid.state).collect();
    assert!(silent.is_some() && states.contains(&BidState::Void));
    assert_eq!(market.stake(4), STAKE - BOND_MIN.0);
    assert_eq!(market.money(0) - money, BOND_MIN.0 / 2);
    assert_eq!(market.provider(4).bonds_lost, 1);
}

#[test]
fn a_sealed_bid_that_breaks_a_rule_costs_its_bond_when_shown() {
    let mut market = Market::new();
    let (group, order) = sealed_order(&mut market);
    let void = offer(&group, &[CEILING + 1]);
    market.seal(2, order, &void).unwrap();
    market.world.wait(BIDDING_MS);
    market.reveal(2, order, void).unwrap();
    assert_eq!(market.stake(2), STAKE - BOND_MIN.0);
    market.world.wait(REVEAL_MS);
    assert_eq!(ended(&market, order), Some(OrderEnd::Unmatched));
}

#[test]
fn a_split_group_is_placed_whole_over_several_providers_or_not_at_all() {
    let mut market = Market::new();
    let mut terms = terms();
    terms.split = true;
    let group = group(terms, &[3, 2]);
    let part = |lines: &[(u16, u32, u64)]| {
        let mut bid = offer(&group, &[1, 1]);
        let lines = lines.iter().map(|(unit, count, rate)| OfferLine {
            unit: *unit,
            count: *count,
            rate: Rate(*rate),
            gpu: None,
        });
        bid.offers = List::new(lines.collect()).unwrap();
        bid
    };
    let order = market.order(&group);
    market.bid(2, order, part(&[(0, 2, 10)])).unwrap();
    market
        .bid(3, order, part(&[(0, 3, 30), (1, 2, 7)]))
        .unwrap();
    market
        .bid(4, order, part(&[(0, 1, 40), (1, 1, 5)]))
        .unwrap();
    market.world.wait(BIDDING_MS);
    let known = market.known(order);
    let leases: Vec<_> = known.leases.iter().map(|id| market.lease(*id)).collect();
    let mut rates: Vec<(_, u64)> = leases
        .iter()
        .map(|lease| (lease.provider, lease.rate.0))
        .collect();
    rates.sort();
    let mut expected = vec![(address(2), 20), (address(3), 30 + 7), (address(4), 5)];
    expected.sort();
    assert_eq!(rates, expected);
    let escrow: u128 = leases.iter().map(|lease| lease.escrow.0).sum();
    assert_eq!(escrow, u128::from(group.ceiling().unwrap().0) * 10);

    let lone = market.order(&group);
    market.bid(2, lone, part(&[(0, 2, 10)])).unwrap();
    market.world.wait(BIDDING_MS);
    assert_eq!(ended(&market, lone), Some(OrderEnd::Unmatched));
}

#[test]
fn the_owner_chooses_by_hand_where_the_order_says_so() {
    let mut market = Market::new();
    let mut terms = terms();
    terms.choice = Choice::Manual {
        for_ms: DurationMs(5_000),
    };
    let group = group(terms, &[1]);
    let order = market.order(&group);
    market.bid(2, order, offer(&group, &[10])).unwrap();
    market.bid(3, order, offer(&group, &[20])).unwrap();
    market.world.wait(BIDDING_MS);
    assert!(matches!(state(&market, order), OrderState::Choosing { .. }));
    assert_eq!(market.award(order, &[4]).unwrap_err(), "market.no_bid");
    assert_eq!(market.award(order, &[3, 3]).unwrap_err(), "market.no_bid");
    assert_eq!(market.award(order, &[2, 3]).unwrap_err(), "market.too_many");
    market.award(order, &[3]).unwrap();
    assert_eq!(market.award(order, &[3]).unwrap_err(), "market.late");
    assert_eq!(
        market.lease(market.known(order).leases[0]).provider,
        address(3)
    );

    let late = market.order(&group);
    market.bid(2, late, offer(&group, &[10])).unwrap();
    market.world.wait(BIDDING_MS);
    market.world.wait(5_000);
    assert_eq!(ended(&market, late), Some(OrderEnd::NotChosen));
    let gone = market.order(&group);
    market.bid(2, gone, offer(&group, &[10])).unwrap();
    market.close_order(gone).unwrap();
    assert_eq!(ended(&market, gone), Some(OrderEnd::Withdrawn));
    assert_eq!(market.close_order(gone).unwrap_err(), "market.late");
}

#[test]
fn attributes_must_be_there_and_signed_by_whom_the_order_names() {
    let mut market = Market::new();
    let mut group = group(terms(), &[1]);
    group.attributes = attributes(&[("region", "eu-west")]);
    group.signed_by_all = List::new(vec![address(1)]).unwrap();
    group.terms.latency = Some(Latency {
        to: Text::new("fra").unwrap(),
        max_ms: 30,
    });
    let order = market.order(&group);
    let bid = offer(&group, &[10]);
    let sign = |market: &mut Market, latency: &str| {
        let attributes = attributes(&[("latency-ms/fra", latency), ("region", "eu-west")]);
        let provider = address(2);
        let message = SignAttributes {
            provider,
            attributes,
        };
        market.act(1, MarketMessage::Audit(message)).unwrap();
    };
    assert_eq!(
        market.bid(2, order, bid.clone()).unwrap_err(),
        "market.unmet"
    );
    market
        .describe(2, &[("latency-ms/fra", "31"), ("region", "eu-west")])
        .unwrap();
    sign(&mut market, "31");
    assert_eq!(
        market.bid(2, order, bid.clone()).unwrap_err(),
        "market.unmet"
    );
    market
        .describe(2, &[("latency-ms/fra", "30"), ("region", "eu-west")])
        .unwrap();
    // What was signed isn't what is said now.
    assert_eq!(
        market.bid(2, order, bid.clone()).unwrap_err(),
        "market.unmet"
    );
    sign(&mut market, "30");
    market.bid(2, order, bid.clone()).unwrap();
    let provider = address(2);
    market
        .act(1, MarketMessage::Revoke(Revoke { provider }))
        .unwrap();
    assert_eq!(market.bid(2, order, bid).unwrap_err(), "market.unmet");
    let own = SignAttributes {
        provider,
        attributes: List::default(),
    };
    assert_eq!(
        market.act(2, MarketMessage::Audit(own)).unwrap_err(),
        "market.own_audit"
    );
    assert_eq!(
        market.describe(2, &[("b", "1"), ("a", "1")]).unwrap_err(),
        "market.attributes"
    );
}

#[test]
fn who_does_not_bid_says_why_and_the_buyer_sees_it() {
    let mut market = Market::new();
    let group = group(terms(), &[1]);
    let order = market.order(&group);
    let reason = Reason {
        dimension: Dimension::Memory,
        unit: Some(0),
        wanted: Text::new("1Gi").unwrap(),
        has: Text::new("512Mi").unwrap(),
    };
    let say = |reasons: Vec<Reason>| {
        let reasons = List::new(reasons).unwrap();
        MarketMessage::Decline(SayNo { order, reasons })
    };
    assert_eq!(market.act(2, say(vec![])).unwrap_err(), "market.no_reason");
    market.act(2, say(vec![reason.clone()])).unwrap();
    market.act(2, say(vec![reason.clone()])).unwrap();
    let declines = query::declines(&market.world.state, order).unwrap();
    assert_eq!(declines.len(), 1);
    assert_eq!(declines[0].reasons[0], reason);
    market.bid(3, order, offer(&group, &[10])).unwrap();
    assert_eq!(
        market.act(3, say(vec![reason])).unwrap_err(),
        "market.has_bid"
    );
    assert_eq!(market.known(order).created_at, TimeMs(1_000_000));
}

#[test]
fn trades_make_prices_by_class_and_hour() {
    let mut market = Market::new();
    for rate in [1_000, 3_000] {
        market.leased(rate, 100_000_000);
    }
    let classes = query::classes(&market.world.state, 10).unwrap();
    assert_eq!(classes, ["cpu/compute"]);
    let prices = query::prices(&market.world.state, "cpu/compute").unwrap();
    assert_eq!(prices.len(), 1);
    let price = &prices[0];
    assert_eq!(price.trades, 2);
    assert_eq!((price.first, price.last), (Rate(1_000), Rate(3_000)));
    assert_eq!((price.lowest, price.highest), (Rate(1_000), Rate(3_000)));
    assert_eq!(query::index(&prices), Some(Rate(2_000)));
}
