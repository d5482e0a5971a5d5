//! How the level answers to load.

use lilliput_fee::{Controller, Level, Settings};
use proptest::prelude::*;

fn standard() -> Controller {
    Controller::new(Settings::default()).unwrap()
}

fn after(controller: &mut Controller, load: u32, windows: u32) -> Level {
    for _ in 0..windows {
        controller.observe(load);
    }
    controller.level()
}

#[test]
fn nothing_is_asked_while_load_is_under_the_target() {
    let mut controller = standard();
    assert_eq!(after(&mut controller, 0, 1_000), Level::OFF);
    assert_eq!(after(&mut controller, 750, 1_000), Level::OFF);
    assert_eq!(controller.observe(751), Level::ONE);
}

#[test]
fn heavy_overload_makes_leaps_and_light_overload_creeps() {
    let mut controller = standard();
    controller.observe(10_000);
    assert_eq!(after(&mut controller, 10_000, 10).in_1024ths(), 1024 << 20);
    let mut light = standard();
    light.observe(800);
    let level = after(&mut light, 800, 10).in_1024ths();
    assert!((1_900..2_200).contains(&level), "{level}");
}

#[test]
fn the_level_never_leaves_its_bounds() {
    let mut controller = standard();
    let most = u64::from(Level::MULTIPLE_MAX) * Level::ONE.in_1024ths();
    assert_eq!(after(&mut controller, u32::MAX, 1_000).in_1024ths(), most);
    assert_eq!(after(&mut controller, 0, 100_000), Level::OFF);
}

#[test]
fn it_stays_before_it_falls_and_longer_each_time_load_comes_back() {
    let settings = Settings::default();
    let mut controller = standard();
    after(&mut controller, 5_000, 10);
    let mut stays = Vec::new();
    for _ in 0..7 {
        controller.observe(5_000);
        let level = controller.level();
        let mut stay = 0;
        while controller.observe(100) == level {
            stay += 1;
        }
        stays.push(stay);
    }
    assert_eq!(stays[0], settings.hold_windows);
    assert_eq!(stays[1], 2 * settings.hold_windows);
    assert!(stays.windows(2).all(|two| two[1] >= two[0]));
    assert_eq!(stays[6], settings.hold_max_windows);
}

#[test]
fn load_within_the_band_changes_nothing() {
    let mut controller = standard();
    let level = after(&mut controller, 3_000, 20);
    for load in [650, 700, 750] {
        assert_eq!(after(&mut controller, load, 500), level);
    }
}

#[test]
fn settings_out_of_bounds_are_named() {
    let check = |change: fn(&mut Settings)| {
        let mut settings = Settings::default();
        change(&mut settings);
        Controller::new(settings)
            .map(|_| ())
            .map_err(|error| error.name)
    };
    assert_eq!(check(|_| ()), Ok(()));
    assert_eq!(check(|s| s.target_permille = 0), Err("target_permille"));
    assert_eq!(check(|s| s.target_permille = 1_001), Err("target_permille"));
    assert_eq!(check(|s| s.band_permille = 351), Err("band_permille"));
    assert_eq!(check(|s| s.gain_permille = 0), Err("gain_permille"));
    assert_eq!(
        check(|s| s.rise_max_permille = 3_001),
        Err("rise_max_permille")
    );
    assert_eq!(
        check(|s| s.fall_max_permille = 501),
        Err("fall_max_permille")
    );
    assert_eq!(check(|s| s.hold_windows = 481), Err("hold_windows"));
    assert_eq!(check(|s| s.multiple_max = u32::MAX), Err("multiple_max"));
}

proptest! {
    #[test]
    fn no_loads_lead_out_of_bounds(loads in proptest::collection::vec(any::<u32>(), 0..300)) {
        let mut controller = standard();
        let most = u64::from(Level::MULTIPLE_MAX) * Level::ONE.in_1024ths();
        for load in loads {
            let before = controller.level();
            let level = controller.observe(load);
            prop_assert!(level.is_off() || (1_024..=most).contains(&level.in_1024ths()));
            if load > 750 {
                prop_assert!(level >= before);
            } else {
                prop_assert!(level <= before);
            }
        }
    }
}
