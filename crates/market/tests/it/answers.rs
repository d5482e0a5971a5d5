//! What a provider says to orders: bids that the ledger takes, and declines that name every dimension.

use lilliput_market::check_bid;
use lilliput_market::provide::{
    Answer, ClassRate, GpuRate, Machine, PriceList, Provide, Room, answer,
};
use lilliput_types::market::{
    Attribute, Dimension, GroupOrder, Latency, MarketProvider, Purchase, Rate, Reason,
};
use lilliput_types::{DurationMs, List, Text, TimeMs};

use crate::sample::{H100, RTX, address, group, machine, need, unit, volume};

fn prices() -> PriceList {
    PriceList {
        core: 10_000,
        memory_gib: 2_000,
        disk_gib: vec![
            ClassRate {
                class: String::new(),
                rate: 10,
            },
            ClassRate {
                class: "beta2".to_owned(),
                rate: 50,
            },
            ClassRate {
                class: "beta3".to_owned(),
                rate: 40,
            },
        ],
        gpus: vec![
            GpuRate {
                model: H100.to_owned(),
                rate: 2_000_000,
            },
            GpuRate {
                model: RTX.to_owned(),
                rate: 300_000,
            },
        ],
        port: 1,
        address: 5_000,
        replica: 100,
    }
}

fn told(group: &GroupOrder, machines: Vec<Machine>, floor: u64) -> Answer {
    let provider = MarketProvider::new(address(1), TimeMs(0));
    let prices = prices();
    let own = Provide {
        provider: &provider,
        audits: &[],
        prices: &prices,
        gpu_floor: Rate(floor),
        notice_max_ms: DurationMs(1_000),
        spot: None,
    };
    answer(&own, &mut Room::new(machines), 1, group)
}

fn reasons(answer: Answer) -> Vec<Reason> {
    match answer {
        Answer::Decline(reasons) => reasons,
        Answer::Bid(bid) => panic!("{bid:?}"),
    }
}

fn dimensions(answer: Answer) -> Vec<Dimension> {
    let reasons = reasons(answer).into_iter();
    reasons.map(|reason| reason.dimension).collect()
}

fn gpus(models: &[&str], count: u16) -> lilliput_types::market::ResourceNeed {
    let mut wanted = need(1_000, 1);
    wanted.gpus = count;
    let models = models.iter().map(|model| Text::new(*model).unwrap());
    wanted.gpu_models = List::new(models.collect()).unwrap();
    wanted
}

#[test]
fn prices_follow_from_resources_rounded_up() {
    let list = prices();
    let mut wanted = need(1_500, 2);
    assert_eq!(
        list.rate(&wanted, None),
        Some(Rate(15_000 + 4_000 + 10 + 1 + 100))
    );
    wanted.volumes = List::new(vec![volume(2, "default"), volume(1, "ram")]).unwrap();
    // `default` is the cheapest that lasts, memory costs what memory costs.
    assert_eq!(
        list.rate(&wanted, None),
        Some(Rate(15_000 + 4_000 + 80 + 2_000 + 1 + 100))
    );
    wanted.volumes = List::new(vec![volume(1, "beta1")]).unwrap();
    assert_eq!(list.rate(&wanted, None), None);
    let mut wanted = need(1, 0);
    wanted.volumes = List::default();
    wanted.ports = 0;
    assert_eq!(list.rate(&wanted, None), Some(Rate(10 + 100)));
}

#[test]
fn the_price_is_that_of_the_gpu_that_is_given() {
    let both = || vec![machine(8, 32, &[(H100, 4), (RTX, 4)])];
    let any = "vendor/nvidia/model/*";
    for (models, gpu, price) in [
        (&[any][..], RTX, 300_000),
        (&["vendor/nvidia/model/h100"], H100, 2_000_000),
        (&[H100, "vendor/nvidia/model/rtx4090"], RTX, 300_000),
    ] {
        let group = group(vec![unit(gpus(models, 2), 1, 9_000_000)], false);
        let Answer::Bid(bid) = told(&group, both(), 0) else {
            panic!("no bid for {models:?}");
        };
        let line = &bid.offers[0];
        assert_eq!(line.gpu.as_ref().unwrap().as_str(), gpu);
        assert!((2 * price..2 * price + 20_000).contains(&line.rate.0));
        assert_eq!(check_bid(&group, &bid), Ok(line.rate));
    }
    // Below its floor a GPU isn't sold.
    let group = group(vec![unit(gpus(&[any], 2), 1, 9_000_000)], false);
    let Answer::Bid(bid) = told(&group, both(), 1_500_000) else {
        panic!("no bid");
    };
    assert_eq!(bid.offers[0].rate, Rate(3_000_000));
}

#[test]
fn every_dimension_that_falls_short_is_named() {
    let small = || vec![machine(2, 4, &[(RTX, 1)])];
    let check = |group: &GroupOrder, expected: &[Dimension]| {
        assert_eq!(dimensions(told(group, small(), 0)), expected);
    };
    let one = |wanted| group(vec![unit(wanted, 1, 9_000_000)], false);
    check(&one(need(3_000, 5)), &[Dimension::Cpu, Dimension::Memory]);
    check(
        &one(gpus(&["vendor/nvidia/model/h100"], 1)),
        &[Dimension::GpuModel],
    );
    check(&one(gpus(&[RTX], 2)), &[Dimension::Gpu]);
    let mut wanted = need(1_000, 1);
    wanted.arch = Text::new("arm64").unwrap();
    check(&one(wanted.clone()), &[Dimension::Arch]);
    wanted.arch = Text::new("").unwrap();
    wanted.volumes = List::new(vec![volume(1, "beta1"), volume(60, "beta2")]).unwrap();
    check(
        &one(wanted.clone()),
        &[Dimension::StorageClass, Dimension::Storage],
    );
    wanted.volumes = List::default();
    wanted.ports = 101;
    check(&one(wanted), &[Dimension::Endpoints]);
    check(
        &group(vec![unit(need(1_000, 1), 1, 9_999)], false),
        &[Dimension::Price],
    );
    let mut far = one(need(1_000, 1));
    far.terms.latency = Some(Latency {
        to: Text::new("fra").unwrap(),
        max_ms: 9,
    });
    far.terms.notice_ms = DurationMs(1_001);
    far.terms.purchase = Purchase::Spot { bid: Rate(1) };
    far.attributes = List::new(vec![Attribute {
        key: Text::new("region").unwrap(),
        value: Text::new("mars").unwrap(),
    }])
    .unwrap();
    far.signed_by_all = List::new(vec![address(9)]).unwrap();
    far.signed_by_any = List::new(vec![address(8)]).unwrap();
    check(
        &far,
        &[
            Dimension::Attribute,
            Dimension::Latency,
            Dimension::Audit,
            Dimension::Audit,
            Dimension::Notice,
            Dimension::Time,
        ],
    );
}

#[test]
fn room_that_is_enough_in_all_but_on_no_machine_is_told_apart() {
    let halves = || vec![machine(2, 8, &[]), machine(2, 8, &[])];
    let whole = group(vec![unit(need(3_000, 1), 1, 9_000_000)], false);
    assert_eq!(dimensions(told(&whole, halves(), 0)), [Dimension::Packing]);
    let three = group(vec![unit(need(1_300, 1), 3, 9_000_000)], false);
    let reasons = reasons(told(&three, halves(), 0));
    assert_eq!(reasons[0].dimension, Dimension::Packing);
    assert_eq!(reasons[0].unit, Some(0));
}
