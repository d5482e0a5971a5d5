//! What a level asks, and what a meter counts.

use lilliput_fee::{Controller, Level, Meter, Settings, Tariff};

const TARIFF: Tariff = Tariff {
    fee: 3,
    hashes: 1_000,
    weight_permille: 1_000,
};

#[test]
fn a_level_scales_fee_and_work_and_rounds_up() {
    assert_eq!(Level::OFF.fee(&TARIFF), 0);
    assert_eq!(Level::OFF.hashes(&TARIFF), 0);
    assert_eq!(Level::OFF.hash_max(&TARIFF), u64::MAX);
    assert_eq!(Level::ONE.fee(&TARIFF), 3);
    assert_eq!(Level::ONE.hashes(&TARIFF), 1_000);
    assert_eq!(Level::ONE.hash_max(&TARIFF), u64::MAX / 1_000);
    let dear = Tariff {
        weight_permille: 2_500,
        ..TARIFF
    };
    assert_eq!(Level::ONE.fee(&dear), 8);
    let exempt = Tariff {
        weight_permille: 0,
        ..TARIFF
    };
    let mut controller = Controller::new(Settings::default()).unwrap();
    for _ in 0..100 {
        let level = controller.observe(u32::MAX);
        assert_eq!((level.fee(&exempt), level.hashes(&exempt)), (0, 0));
    }
    let most = Tariff {
        fee: u64::MAX,
        hashes: u64::MAX,
        weight_permille: u32::MAX,
    };
    assert_eq!(controller.level().fee(&most), u64::MAX);
    assert_eq!(controller.level().hash_max(&most), 1);
}

#[test]
fn a_meter_gives_each_window_once() {
    let mut meter = Meter::new(1_000, 200, 5_000);
    meter.count(100);
    meter.count(50);
    assert_eq!(meter.close(5_999).count(), 0);
    assert_eq!(meter.close(6_000).collect::<Vec<_>>(), [750]);
    assert_eq!(meter.close(6_000).count(), 0);
    meter.count(400);
    // Three windows later: the counted one, then two without requests.
    assert_eq!(meter.close(9_100).collect::<Vec<_>>(), [2_000, 0, 0]);
    assert_eq!(meter.close(9_999).count(), 0);
    assert_eq!(meter.close(10_000).collect::<Vec<_>>(), [0]);
    // A clock that goes back ends nothing; one that jumps ends a bounded number.
    assert_eq!(meter.close(0).count(), 0);
    assert_eq!(meter.close(u64::MAX).count(), 600);
}
