//! A book of orders against many providers: `cargo bench -p lilliput-market --bench matching`. Best of three runs, in
//! seconds of one core, so that a busy machine measures the same; with `--test` once, small.
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(clippy::unwrap_used, reason = "a failing step ends the bench")]

use lilliput_crypto::Digest;
use lilliput_market::provide::{DiskRoom, GpuRate, GpuRoom, Machine, PriceList, Room};
use lilliput_market::{Supplier, match_book};
use lilliput_types::market::{
    Attribute, Book, Choice, GroupOrder, LeaseLevel, OrderTerms, Purchase, Rate, ResourceNeed,
    UnitOrder, VolumeNeed,
};
use lilliput_types::{Address, Amount, DurationMs, List, Text};
use rustix::time::{ClockId, clock_gettime};

const GIB: u64 = 1 << 30;
const REGIONS: [&str; 6] = ["eu-west", "eu-east", "us-west", "us-east", "asia", "africa"];
const GPUS: [&str; 4] = ["h100", "a100", "rtx4090", "l40s"];

fn main() {
    let once = std::env::args().any(|argument| argument == "--test");
    let sizes: &[(usize, usize)] = if once {
        &[(100, 10)]
    } else {
        &[
            (1_000, 1_000),
            (2_000, 1_000),
            (5_000, 1_000),
            (10_000, 1_000),
            (20_000, 1_000),
            (10_000, 250),
            (10_000, 500),
            (10_000, 2_000),
        ]
    };
    for (orders, providers) in sizes {
        let mut draw = Draw(7);
        let book: Vec<GroupOrder> = (0..*orders).map(|_| order(&mut draw)).collect();
        let suppliers: Vec<Supplier> = (0..*providers).map(|at| supplier(at, &mut draw)).collect();
        let mut best = f64::INFINITY;
        let mut matched = 0;
        for _ in 0..if once { 1 } else { 3 } {
            let mut fresh = suppliers.clone();
            let begun = core_seconds();
            let found = match_book(&book, &mut fresh);
            best = best.min(core_seconds() - begun);
            matched = found.iter().flatten().count();
        }
        println!(
            "market::match_book/orders={orders}/providers={providers}: {:.1} ms, {matched} matched",
            best * 1e3
        );
    }
}

/// What this thread used of a core so far.
fn core_seconds() -> f64 {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    used.tv_sec as f64 + used.tv_nsec as f64 / 1e9
}

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    fn pick<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64) as usize]
    }
}

fn model(name: &str) -> String {
    format!("vendor/nvidia/model/{name}")
}

fn order(draw: &mut Draw) -> GroupOrder {
    let gpus = [0, 0, 0, 1, 1, 2, 4, 8][draw.below(8) as usize];
    let models: Vec<Text<96>> = if gpus == 0 {
        Vec::new()
    } else {
        vec![Text::new(model(draw.pick(&GPUS))).unwrap()]
    };
    let units = (0..1 + draw.below(2)).map(|place| UnitOrder {
        need: ResourceNeed {
            cpu_milli: 500 + 500 * draw.below(16) as u32,
            arch: Text::new("").unwrap(),
            memory: (1 + draw.below(32)) * GIB,
            volumes: List::new(vec![VolumeNeed {
                bytes: (1 + draw.below(64)) * GIB,
                class: Text::new("").unwrap(),
            }])
            .unwrap(),
            gpus: if place == 0 { gpus } else { 0 },
            gpu_models: List::new(if place == 0 {
                models.clone()
            } else {
                Vec::new()
            })
            .unwrap(),
            ports: 1,
            addresses: 0,
        },
        count: 1 + draw.below(3) as u32,
        rate_max: Rate(200_000 + u64::from(gpus) * 2_500_000 + draw.below(400_000)),
    });
    let units: Vec<UnitOrder> = units.collect();
    let attributes = match draw.below(3) {
        0 => Vec::new(),
        _ => vec![attribute("region", draw.pick(&REGIONS))],
    };
    GroupOrder {
        name: Text::new("here").unwrap(),
        attributes: List::new(attributes).unwrap(),
        signed_by_all: List::default(),
        signed_by_any: List::default(),
        units: List::new(units).unwrap(),
        terms: OrderTerms {
            purchase: Purchase::OnDemand,
            book: Book::Open {
                for_ms: DurationMs(1_000),
            },
            choice: Choice::Cheapest,
            split: false,
            level: LeaseLevel::Trusted,
            deadline_ms: None,
            notice_ms: DurationMs(0),
            latency: None,
            bond: Amount(100_000),
        },
    }
}

fn attribute(key: &str, value: &str) -> Attribute {
    Attribute {
        key: Text::new(key).unwrap(),
        value: Text::new(value).unwrap(),
    }
}

fn supplier(at: usize, draw: &mut Draw) -> Supplier {
    let gpu = model(draw.pick(&GPUS));
    let machines = (0..1 + draw.below(8)).map(|number| Machine {
        name: number.to_string(),
        arch: "amd64".to_owned(),
        cpu_milli: 64_000,
        memory: 512 * GIB,
        disks: vec![DiskRoom {
            class: String::new(),
            free: 4_096 * GIB,
        }],
        gpus: vec![GpuRoom {
            model: gpu.clone(),
            free: 8,
        }],
        ports: 1_000,
        addresses: 0,
    });
    let machines: Vec<Machine> = machines.collect();
    let mut name = [0; 32];
    name[..8].copy_from_slice(&at.to_le_bytes());
    Supplier {
        provider: Address(Digest(name)),
        attributes: vec![attribute("region", draw.pick(&REGIONS))],
        prices: PriceList {
            core: 8_000 + draw.below(8_000),
            memory_gib: 1_000 + draw.below(2_000),
            disk_gib: vec![lilliput_market::provide::ClassRate {
                class: String::new(),
                rate: 5 + draw.below(20),
            }],
            gpus: vec![GpuRate {
                model: gpu,
                rate: 800_000 + draw.below(2_000_000),
            }],
            port: 0,
            address: 0,
            replica: 0,
        },
        room: Room::new(machines),
    }
}
