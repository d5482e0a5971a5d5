//! Replicated results, and statements that contradict each other.

use lilliput_crypto::Digest;
use lilliput_ledger::Machine;
use lilliput_modules::market::{BOND_MIN, SHOW_MS};
use lilliput_types::DurationMs;
use lilliput_types::market::{
    CommitResult, Evidence, LeaseId, LeaseLevel, MarketMessage, OrderEnd, OrderId, OrderState,
    ShowResult, SignedUsage, UsageStatement, seal_result,
};

use crate::market::{BIDDING_MS, HOUR, Market, SALT, STAKE, Told, group, offer, terms};
use crate::world::{address, secret};

const RATE: u64 = 3_600_000;

/// A replicated order on three of the providers 2 to 4.
fn replicated(market: &mut Market) -> (OrderId, [LeaseId; 3]) {
    let mut terms = terms();
    terms.level = LeaseLevel::Replicated { replicas: 3 };
    terms.deadline_ms = Some(DurationMs(HOUR));
    let group = group(terms, &[1]);
    let order = market.order(&group);
    for provider in 2..5 {
        market.bid(provider, order, offer(&group, &[RATE])).unwrap();
    }
    market.world.wait(BIDDING_MS);
    let leases = market.known(order).leases;
    let of = |provider: u8| {
        let found = leases
            .iter()
            .find(|id| market.lease(**id).provider == address(provider));
        *found.unwrap()
    };
    (order, [of(2), of(3), of(4)])
}

fn commit(market: &mut Market, provider: u8, lease: LeaseId, result: u8) -> Told {
    let chain = market.world.network.chain();
    let sealed = seal_result(chain, lease, address(provider), Digest([result; 32]), SALT);
    market.act(
        provider,
        MarketMessage::Commit(CommitResult { lease, sealed }),
    )
}

fn show(market: &mut Market, provider: u8, lease: LeaseId, result: u8) -> Told {
    let (result, salt) = (Digest([result; 32]), SALT);
    market.act(
        provider,
        MarketMessage::Show(ShowResult {
            lease,
            result,
            salt,
        }),
    )
}

#[test]
fn the_majoritys_result_holds_and_who_differs_loses_its_bond() {
    let mut market = Market::new();
    let (order, leases) = replicated(&mut market);
    for (provider, (lease, result)) in (2..).zip(leases.into_iter().zip([9, 9, 8])) {
        assert_eq!(
            show(&mut market, provider, lease, result).unwrap_err(),
            "market.early"
        );
        commit(&mut market, provider, lease, result).unwrap();
    }
    assert!(matches!(
        market.known(order).state,
        OrderState::Judging { .. }
    ));
    assert_eq!(
        commit(&mut market, 2, leases[0], 9).unwrap_err(),
        "market.late"
    );
    show(&mut market, 2, leases[0], 9).unwrap();
    assert_eq!(
        show(&mut market, 2, leases[0], 9).unwrap_err(),
        "market.shown"
    );
    // Another's result and salt don't open one's own commitment.
    assert_eq!(
        show(&mut market, 4, leases[2], 9).unwrap_err(),
        "market.seal"
    );
    show(&mut market, 3, leases[1], 9).unwrap();
    show(&mut market, 4, leases[2], 8).unwrap();
    let judged = market.known(order);
    assert_eq!(judged.result, Some(Digest([9; 32])));
    let end = OrderEnd::Served;
    assert_eq!(judged.state, OrderState::Closed { end });
    assert_eq!(
        [2, 3, 4].map(|provider| market.stake(provider)),
        [STAKE, STAKE, STAKE - BOND_MIN.0]
    );
}

#[test]
fn silence_costs_the_bond_unless_nobody_has_a_result() {
    let mut market = Market::new();
    let (order, leases) = replicated(&mut market);
    for (provider, lease) in [(2, leases[0]), (3, leases[1])] {
        commit(&mut market, provider, lease, 9).unwrap();
    }
    market.run(&[2, 3, 4], HOUR);
    assert!(matches!(
        market.known(order).state,
        OrderState::Judging { .. }
    ));
    assert_eq!(
        commit(&mut market, 4, leases[2], 9).unwrap_err(),
        "market.late"
    );
    show(&mut market, 2, leases[0], 9).unwrap();
    market.run(&[2, 3, 4], SHOW_MS);
    let judged = market.known(order);
    // One of three is no majority.
    assert_eq!(judged.result, None);
    assert_eq!(
        [2, 3, 4].map(|provider| market.stake(provider)),
        [STAKE, STAKE - BOND_MIN.0, STAKE - BOND_MIN.0]
    );

    let mut market = Market::new();
    let (order, _) = replicated(&mut market);
    market.run(&[2, 3, 4], HOUR);
    assert!(matches!(
        market.known(order).state,
        OrderState::Closed { .. }
    ));
    assert_eq!([2, 3, 4].map(|provider| market.stake(provider)), [STAKE; 3]);
}

fn usage(lease: LeaseId, number: u64, cpu_ms: u64) -> UsageStatement {
    UsageStatement {
        lease,
        number,
        cpu_ms,
        memory_mib_s: 0,
        network_bytes: 0,
        details: Digest([0; 32]),
    }
}

#[test]
fn a_provider_that_contradicts_itself_loses_bond_and_lease() {
    let mut market = Market::new();
    let lease = market.leased(RATE, 36_000_000);
    let chain = market.world.network.chain();
    let signed = |number, cpu_ms, by| usage(lease, number, cpu_ms).sign(chain, &secret(by));
    let tell = |market: &mut Market, first: SignedUsage, second: SignedUsage| {
        let evidence = Evidence {
            lease,
            first,
            second,
        };
        market.act(1, MarketMessage::Evidence(Box::new(evidence)))
    };
    let good = signed(1, 5, 2);
    for worthless in [good, signed(2, 6, 2), signed(1, 6, 3)] {
        assert_eq!(
            tell(&mut market, good, worthless).unwrap_err(),
            "market.evidence"
        );
    }
    let mut forged = signed(1, 6, 2);
    forged.statement.cpu_ms = 7;
    assert_eq!(
        tell(&mut market, good, forged).unwrap_err(),
        "market.evidence"
    );
    tell(&mut market, good, signed(1, 6, 2)).unwrap();
    assert!(market.lease(lease).is_closed());
    assert_eq!(market.stake(2), STAKE - BOND_MIN.0);
    assert_eq!(
        tell(&mut market, good, signed(1, 6, 2)).unwrap_err(),
        "market.closed"
    );
}
