//! What the tests start from.

use lilliput_crypto::Digest;
use lilliput_market::provide::{DiskRoom, GpuRoom, Machine};
use lilliput_types::market::{
    BidTerms, Book, Choice, GroupOrder, LeaseLevel, OfferLine, OrderTerms, Purchase, Rate,
    ResourceNeed, UnitOrder, VolumeNeed,
};
use lilliput_types::{Address, Amount, DurationMs, List, Text};

pub(crate) const GIB: u64 = 1 << 30;

pub(crate) fn address(number: u8) -> Address {
    Address(Digest([number; 32]))
}

pub(crate) fn need(cpu_milli: u32, memory_gib: u64) -> ResourceNeed {
    ResourceNeed {
        cpu_milli,
        arch: Text::new("").unwrap(),
        memory: memory_gib * GIB,
        volumes: List::new(vec![volume(1, "")]).unwrap(),
        gpus: 0,
        gpu_models: List::default(),
        ports: 1,
        addresses: 0,
    }
}

pub(crate) fn volume(gib: u64, class: &str) -> VolumeNeed {
    VolumeNeed {
        bytes: gib * GIB,
        class: Text::new(class).unwrap(),
    }
}

pub(crate) fn unit(need: ResourceNeed, count: u32, rate_max: u64) -> UnitOrder {
    UnitOrder {
        need,
        count,
        rate_max: Rate(rate_max),
    }
}

pub(crate) fn group(units: Vec<UnitOrder>, split: bool) -> GroupOrder {
    GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: List::default(),
        signed_by_all: List::default(),
        signed_by_any: List::default(),
        units: List::new(units).unwrap(),
        terms: OrderTerms {
            purchase: Purchase::OnDemand,
            book: Book::Open {
                for_ms: DurationMs(1_000),
            },
            choice: Choice::Cheapest,
            split,
            level: LeaseLevel::Trusted,
            deadline_ms: None,
            notice_ms: DurationMs(0),
            latency: None,
            bond: Amount(100_000),
        },
    }
}

pub(crate) fn bid(lines: &[(u16, u32, u64)]) -> BidTerms {
    let lines = lines.iter().map(|(unit, count, rate)| OfferLine {
        unit: *unit,
        count: *count,
        rate: Rate(*rate),
        gpu: None,
    });
    BidTerms {
        offers: List::new(lines.collect()).unwrap(),
        notice_ms: DurationMs(0),
        pool: None,
        waiting_rate: Rate(0),
    }
}

pub(crate) const H100: &str = "vendor/nvidia/model/h100/ram/80Gi/interface/sxm";
pub(crate) const RTX: &str = "vendor/nvidia/model/rtx4090/ram/24Gi";

pub(crate) fn machine(cores: u64, memory_gib: u64, gpus: &[(&str, u16)]) -> Machine {
    let rooms = gpus.iter().map(|(model, free)| GpuRoom {
        model: (*model).to_owned(),
        free: *free,
    });
    Machine {
        name: "one".to_owned(),
        arch: "amd64".to_owned(),
        cpu_milli: cores * 1_000,
        memory: memory_gib * GIB,
        disks: vec![
            DiskRoom {
                class: String::new(),
                free: 100 * GIB,
            },
            DiskRoom {
                class: "beta2".to_owned(),
                free: 50 * GIB,
            },
            DiskRoom {
                class: "beta3".to_owned(),
                free: 10 * GIB,
            },
        ],
        gpus: rooms.collect(),
        ports: 100,
        addresses: 1,
    }
}
