use super::*;

#[test]
fn emission_halves_when_half_of_the_rest_is_issued() {
    assert_eq!(block_emission(0), 1_000_000_000);
    assert_eq!(block_emission(TOTAL_SUPPLY / 2 - 1), 1_000_000_000);
    assert_eq!(block_emission(TOTAL_SUPPLY / 2), 500_000_000);
    assert_eq!(block_emission(TOTAL_SUPPLY / 4 * 3), 250_000_000);
    assert_eq!(block_emission(TOTAL_SUPPLY - 1), 0);
    assert_eq!(block_emission(u64::MAX), 0);
}

#[test]
fn a_burn_halves_within_its_half_life() {
    for half_life in [1_u16, 2, 360, 36_100] {
        let factor = decay_factor_q32(half_life);
        assert!(power_q32(factor, half_life) <= ONE_Q32 / 2);
        assert!(power_q32(factor + 1, half_life) > ONE_Q32 / 2);
    }
    assert_eq!(decay_factor_q32(0), ONE_Q32);
}

#[test]
fn a_bumped_burn_stays_within_its_bounds() {
    assert_eq!(
        bumped_burn(0, BURN_MULTIPLIER_Q64, 500_000, 1 << 40),
        500_000
    );
    assert_eq!(bumped_burn(u64::MAX, u128::MAX, 0, 9), 9);
    assert_eq!(bumped_burn(100, 0, 0, 1_000), 100);
}

#[test]
fn a_split_never_pays_more_than_the_amount() {
    for amount in [0, 1, 999, u64::MAX] {
        for share in [0, 1, ONE_Q32 / 3, ONE_Q32, u64::MAX] {
            let split = emission_split(amount, u16::MAX / 5, share);
            let parts = [split.owner, split.servers, split.root, split.validators];
            let paid: u128 = parts.iter().map(|&part| u128::from(part)).sum();
            assert!(paid <= u128::from(amount) && paid + 4 > u128::from(amount));
        }
    }
}
