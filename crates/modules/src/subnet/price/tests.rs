use lilliput_types::subnet::Terms;
use lilliput_types::{Amount, DurationMs, TimeMs};

use super::{STEPS, burn_next, power_q32, steps};

fn terms() -> Terms {
    Terms::standard("LIL".parse().unwrap())
}

#[test]
fn the_price_after_a_registration_stays_within_bounds() {
    let terms = terms();
    assert_eq!(burn_next(Amount(1_000_000), &terms), Amount(1_260_000));
    assert_eq!(burn_next(Amount(1), &terms), terms.burn_min);
    assert_eq!(burn_next(terms.burn_max, &terms), terms.burn_max);
}

#[test]
fn a_half_life_of_steps_halves() {
    let factor = lilliput_incentives::subtensor::decay_factor_q32(STEPS);
    let half = power_q32(factor, u64::from(STEPS));
    assert!(half <= 1 << 31 && half > (1 << 31) - (1 << 12), "{half}");
    assert_eq!(power_q32(factor, u64::MAX), 0);
    assert_eq!(power_q32(factor, 0), 1 << 32);
}

#[test]
fn steps_are_counted_in_whole_thousandths() {
    let day = DurationMs(86_400_000);
    assert_eq!(steps(TimeMs(5), TimeMs(86_400_004), day), 999);
    assert_eq!(steps(TimeMs(5), TimeMs(86_400_005), day), 1_000);
    assert_eq!(steps(TimeMs(9), TimeMs(5), day), 0);
    assert_eq!(steps(TimeMs(0), TimeMs(7), DurationMs(3)), 7);
}
