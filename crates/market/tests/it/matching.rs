//! A whole book at once finds what each provider's own answer and the choice among bids would.

use lilliput_market::provide::{Answer, ClassRate, GpuRate, PriceList, Provide, Room, answer};
use lilliput_market::{Candidate, Supplier, choose, match_book};
use lilliput_types::market::{Attribute, GroupOrder, MarketProvider, Rate};
use lilliput_types::{DurationMs, List, Text, TimeMs};
use proptest::prelude::*;

use crate::sample::{H100, RTX, address, group, machine, need, unit};

fn region(name: &str) -> Attribute {
    Attribute {
        key: Text::new("region").unwrap(),
        value: Text::new(name).unwrap(),
    }
}

fn supplier(number: u8, seed: u64) -> Supplier {
    let gpu = if seed & 1 == 0 { H100 } else { RTX };
    let region_of = if seed & 2 == 0 { "eu" } else { "us" };
    let machines =
        (0..1 + seed % 2).map(|_| machine(4 + seed % 5, 16, &[(gpu, (seed % 3) as u16)]));
    Supplier {
        provider: address(number),
        attributes: vec![region(region_of)],
        prices: PriceList {
            core: 10_000 + seed % 97,
            memory_gib: 1_000 + seed % 13,
            disk_gib: vec![ClassRate {
                class: String::new(),
                rate: 10,
            }],
            gpus: vec![GpuRate {
                model: gpu.to_owned(),
                rate: 500_000 + seed % 1_009,
            }],
            port: 0,
            address: 0,
            replica: 0,
        },
        room: Room::new(machines.collect()),
    }
}

fn order(seed: u64) -> GroupOrder {
    let mut wanted = need(500 + (seed % 5_000) as u32, 1 + seed % 6);
    wanted.gpus = u16::from(seed.is_multiple_of(4));
    let mut group = group(vec![unit(wanted, 1 + (seed % 2) as u32, 900_000)], false);
    if seed.is_multiple_of(3) {
        group.attributes = List::new(vec![region("eu")]).unwrap();
    }
    group
}

/// The slow way: everyone is asked, the cheapest bid wins, the others give their room up.
fn slowly(
    orders: &[GroupOrder],
    suppliers: &mut [Supplier],
) -> Vec<Option<lilliput_market::Placed>> {
    let mut found = Vec::new();
    for (place, group) in orders.iter().enumerate() {
        let mut bids = Vec::new();
        for supplier in suppliers.iter_mut() {
            let mut provider = MarketProvider::new(supplier.provider, TimeMs(0));
            provider.attributes = List::new(supplier.attributes.clone()).unwrap();
            let own = Provide {
                provider: &provider,
                audits: &[],
                prices: &supplier.prices,
                gpu_floor: Rate(0),
                notice_max_ms: DurationMs(0),
                spot: None,
            };
            if let Answer::Bid(bid) = answer(&own, &mut supplier.room, place, group) {
                bids.push((supplier.provider, bid));
            }
        }
        let candidates: Vec<Candidate<'_>> = bids
            .iter()
            .map(|(provider, terms)| Candidate {
                provider: *provider,
                terms,
            })
            .collect();
        let placed = choose(group, &candidates).map(|mut placed| placed.remove(0));
        for supplier in suppliers.iter_mut() {
            if placed
                .as_ref()
                .is_none_or(|placed| placed.provider != supplier.provider)
            {
                supplier.room.free(&place);
            }
        }
        found.push(placed);
    }
    found
}

proptest! {
    #[test]
    fn the_fast_way_finds_what_the_slow_way_finds(
        providers in prop::collection::vec(any::<u64>(), 1..8),
        orders in prop::collection::vec(any::<u64>(), 1..20),
    ) {
        let suppliers: Vec<Supplier> = (1_u8..)
            .zip(&providers)
            .map(|(number, seed)| supplier(number, *seed))
            .collect();
        let orders: Vec<GroupOrder> = orders.iter().map(|seed| order(*seed)).collect();
        let (mut fast, mut slow) = (suppliers.clone(), suppliers);
        prop_assert_eq!(match_book(&orders, &mut fast), slowly(&orders, &mut slow));
    }
}
