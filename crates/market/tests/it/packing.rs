//! Groups on machines: all or nothing, and free again without a trace.

use lilliput_market::provide::Room;
use lilliput_types::market::{OfferLine, Rate, UnitOrder};
use lilliput_types::{List, Text};
use proptest::prelude::*;

use crate::sample::{H100, machine, need, unit, volume};

fn lines(units: &[UnitOrder], gpu: Option<&str>) -> Vec<OfferLine> {
    let places = (0_u16..).zip(units);
    places
        .map(|(place, unit)| OfferLine {
            unit: place,
            count: unit.count,
            rate: Rate(1),
            gpu: gpu
                .filter(|_| unit.need.gpus > 0)
                .map(|gpu| Text::new(gpu).unwrap()),
        })
        .collect()
}

#[test]
fn a_group_that_does_not_fit_takes_nothing() {
    let mut room = Room::new(vec![machine(4, 16, &[]), machine(4, 16, &[])]);
    let before = room.left().to_vec();
    let units = [unit(need(3_000, 1), 3, 1)];
    let refused = room.reserve(1, &units, &lines(&units, None)).unwrap_err();
    assert_eq!(refused.unit, 0);
    assert_eq!(room.left(), before);
    assert!(!room.free(&1));
}

#[test]
fn a_reservation_is_free_the_moment_it_is_given_up() {
    let mut room = Room::new(vec![machine(4, 16, &[(H100, 2)])]);
    let before = room.left().to_vec();
    let mut wanted = need(4_000, 8);
    wanted.gpus = 2;
    let units = [unit(wanted, 1, 1)];
    room.reserve(1, &units, &lines(&units, Some(H100))).unwrap();
    assert!(room.reserve(2, &units, &lines(&units, Some(H100))).is_err());
    assert!(room.rename(&1, 7) && room.taken(&1).is_none());
    assert!(room.free(&7) && !room.free(&7));
    assert_eq!(room.left(), before);
    room.reserve(2, &units, &lines(&units, Some(H100))).unwrap();
}

#[test]
fn a_reservation_is_replaced_in_its_own_place() {
    let mut room = Room::new(vec![machine(4, 16, &[])]);
    let small = [unit(need(3_000, 1), 1, 1)];
    let large = [unit(need(4_000, 1), 1, 1)];
    let huge = [unit(need(5_000, 1), 1, 1)];
    room.reserve(1, &small, &lines(&small, None)).unwrap();
    room.reserve(1, &large, &lines(&large, None)).unwrap();
    assert!(room.reserve(1, &huge, &lines(&huge, None)).is_err());
    assert_eq!(room.taken(&1).unwrap()[0].need.cpu_milli, 4_000);
}

#[test]
fn the_largest_replicas_and_the_tightest_machines_come_first() {
    // Small replicas first would leave no machine for the large one.
    let mut room = Room::new(vec![machine(4, 16, &[]), machine(2, 16, &[])]);
    let units = [unit(need(1_000, 1), 2, 1), unit(need(4_000, 1), 1, 1)];
    room.reserve(1, &units, &lines(&units, None)).unwrap();
    // What needs no GPU stays away from machines that have some.
    let mut room = Room::new(vec![machine(4, 16, &[(H100, 1)]), machine(4, 16, &[])]);
    let units = [unit(need(4_000, 1), 1, 1)];
    room.reserve(1, &units, &lines(&units, None)).unwrap();
    assert_eq!(room.taken(&1).unwrap()[0].machine, 1);
}

#[test]
fn volumes_lie_on_disks_of_their_class_and_ram_volumes_in_memory() {
    let mut room = Room::new(vec![machine(64, 16, &[])]);
    let with = |volumes: Vec<_>| {
        let mut wanted = need(1_000, 10);
        wanted.volumes = List::new(volumes).unwrap();
        [unit(wanted, 1, 1)]
    };
    for (gib, class, fits) in [
        (51, "beta2", false),
        (50, "beta2", true),
        (1, "beta2", false),
        (10, "default", true),
        (1, "default", false),
        (7, "ram", false),
    ] {
        let units = with(vec![volume(gib, class)]);
        let key = room.left().len() as u64 + gib;
        let told = room.reserve(key, &units, &lines(&units, None)).is_ok();
        assert_eq!(told, fits, "{gib} {class}");
        if fits {
            // Memory is needed again by the next.
            let memory = room.left()[0].memory;
            assert!(memory < 16 << 30);
        }
    }
}

proptest! {
    /// Whatever is reserved and given up in whatever order: in the end all is as it was, and never is more taken than there is.
    #[test]
    fn nothing_leaks(steps in prop::collection::vec((0_u8..6, 1_u32..9, 1_u64..20, 1_u32..4, any::<bool>()), 1..60)) {
        let all = vec![machine(8, 32, &[(H100, 4)]), machine(16, 64, &[]), machine(4, 8, &[])];
        let mut room = Room::new(all.clone());
        for (key, cores, memory, count, gives_up) in steps {
            if gives_up {
                room.free(&key);
                continue;
            }
            let mut wanted = need(cores * 1_000, memory);
            wanted.gpus = u16::from(key % 3 == 0);
            wanted.volumes = List::new(vec![volume(memory, "default"), volume(1, "")]).unwrap();
            let units = [unit(wanted, count, 1)];
            let _ = room.reserve(key, &units, &lines(&units, Some(H100)));
            let taken: u64 = (0..6)
                .filter_map(|key| room.taken(&key))
                .flatten()
                .map(|spot| u64::from(spot.need.cpu_milli))
                .sum();
            let left: u64 = room.left().iter().map(|machine| machine.cpu_milli).sum();
            prop_assert_eq!(taken + left, 28_000);
        }
        for key in 0..6 {
            room.free(&key);
        }
        prop_assert_eq!(room.left(), all);
    }
}
