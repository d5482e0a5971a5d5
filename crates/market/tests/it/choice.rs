//! Which bids make a group: whole or not at all, and none cheaper.

use lilliput_market::{Candidate, Placed, choose};
use lilliput_types::market::{BidTerms, GroupOrder, LEASES_MAX, LeaseLevel};
use proptest::prelude::*;

use crate::sample::{address, bid, group, need, unit};

fn candidates(bids: &[BidTerms]) -> Vec<Candidate<'_>> {
    let numbered = bids.iter().zip(1_u8..);
    numbered
        .map(|(terms, number)| Candidate {
            provider: address(number),
            terms,
        })
        .collect()
}

fn cost(placed: &[Placed]) -> u64 {
    let lines = placed.iter().flat_map(|part| &part.lines);
    lines.map(|line| line.rate.0 * u64::from(line.count)).sum()
}

fn filled(group: &GroupOrder, placed: &[Placed]) -> bool {
    (0_u16..).zip(group.units.iter()).all(|(place, unit)| {
        let lines = placed.iter().flat_map(|part| &part.lines);
        let count: u32 = lines
            .filter(|line| line.unit == place)
            .map(|line| line.count)
            .sum();
        count == unit.count
    })
}

#[test]
fn equal_prices_go_to_the_lower_address() {
    let group = group(vec![unit(need(1_000, 1), 2, 100)], false);
    let bids = [bid(&[(0, 2, 50)]), bid(&[(0, 2, 50)]), bid(&[(0, 2, 51)])];
    let placed = choose(&group, &candidates(&bids)).unwrap();
    assert_eq!(placed.len(), 1);
    assert_eq!(placed[0].provider, address(1));
}

#[test]
fn a_replicated_group_takes_as_many_whole_bids_as_it_has_replicas() {
    let mut group = group(vec![unit(need(1_000, 1), 1, 100)], false);
    group.terms.level = LeaseLevel::Replicated { replicas: 2 };
    let bids = [bid(&[(0, 1, 9)]), bid(&[(0, 1, 3)]), bid(&[(0, 1, 5)])];
    let placed = choose(&group, &candidates(&bids)).unwrap();
    let providers: Vec<_> = placed.iter().map(|part| part.provider).collect();
    assert_eq!(providers, [address(2), address(3)]);
    assert_eq!(choose(&group, &candidates(&bids[..1])), None);
}

#[test]
fn a_group_is_never_shared_by_more_providers_than_it_may_have_leases() {
    let group = group(vec![unit(need(1_000, 1), 40, 100)], true);
    // Twenty with one replica each at the lowest price, two with twenty dear ones.
    let mut bids = vec![bid(&[(0, 1, 1)]); 20];
    bids.extend(vec![bid(&[(0, 20, 90)]); 2]);
    let placed = choose(&group, &candidates(&bids)).unwrap();
    assert!(placed.len() <= LEASES_MAX as usize && filled(&group, &placed));
}

/// Every way to share one unit among the bids, to compare with.
fn cheapest_by_trying(counts: &[(u32, u64)], wanted: u32) -> Option<u64> {
    let Some(((most, rate), rest)) = counts.split_first() else {
        return (wanted == 0).then_some(0);
    };
    (0..=(*most).min(wanted))
        .filter_map(|taken| {
            let others = cheapest_by_trying(rest, wanted - taken)?;
            Some(others + u64::from(taken) * rate)
        })
        .min()
}

proptest! {
    #[test]
    fn a_split_group_is_whole_and_nothing_is_cheaper(
        wanted in prop::collection::vec(1_u32..5, 1..3),
        offers in prop::collection::vec(prop::collection::vec((0_u32..4, 1_u64..50), 3), 1..5),
    ) {
        let units = wanted.iter().map(|count| unit(need(1_000, 1), *count, 100));
        let group = group(units.collect(), true);
        let bids: Vec<BidTerms> = offers
            .iter()
            .map(|lines| {
                let lines: Vec<(u16, u32, u64)> = (0_u16..)
                    .zip(lines.iter().zip(&wanted))
                    .map(|(place, ((count, rate), most))| (place, (*count).min(*most), *rate))
                    .filter(|(_, count, _)| *count > 0)
                    .collect();
                bid(&lines)
            })
            .collect();
        let least: Option<u64> = (0..wanted.len())
            .map(|place| {
                let counts: Vec<(u32, u64)> = bids
                    .iter()
                    .filter_map(|bid| bid.offers.iter().find(|line| usize::from(line.unit) == place))
                    .map(|line| (line.count, line.rate.0))
                    .collect();
                cheapest_by_trying(&counts, wanted[place])
            })
            .sum();
        match choose(&group, &candidates(&bids)) {
            None => prop_assert_eq!(least, None),
            Some(placed) => {
                prop_assert!(filled(&group, &placed));
                prop_assert_eq!(Some(cost(&placed)), least);
            }
        }
    }
}
