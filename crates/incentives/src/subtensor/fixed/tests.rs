use super::*;

fn number(bits: i64) -> I32F32 {
    I32F32::from_bits(bits)
}

#[test]
fn products_are_floored_and_quotients_truncated() {
    assert_eq!(number(-1).saturating_mul(number(1)), number(-1));
    assert_eq!(number(1).saturating_mul(number(1)), number(0));
    let third = I32F32::from_integer(-1).div_or_zero(I32F32::from_integer(3));
    assert_eq!(third, number(-1_431_655_765));
}

#[test]
fn overflow_saturates_or_gives_zero() {
    let large = I32F32::from_integer(i32::MAX);
    assert_eq!(large.saturating_mul(large), number(i64::MAX));
    assert_eq!(
        large.saturating_mul(I32F32::from_integer(-3)),
        number(i64::MIN)
    );
    assert_eq!(large.div_or_zero(number(1)), I32F32::ZERO);
    assert_eq!(large.saturating_div(number(1)), number(i64::MAX));
    assert_eq!(large.div_or_zero(I32F32::ZERO), I32F32::ZERO);
}

#[test]
fn the_fast_division_agrees_with_the_wide_one() {
    let samples: [i64; 7] = [
        1,
        2,
        3,
        0x7fff_ffff,
        0xffff_fffe,
        0xffff_ffff,
        0x1_0000_0000,
    ];
    for dividend in samples {
        for divisor in samples {
            let wide = (i128::from(dividend) << 32) / i128::from(divisor);
            assert_eq!(
                number(dividend).saturating_div(number(divisor)).to_bits(),
                i64::try_from(wide).unwrap_or(i64::MAX)
            );
        }
    }
}

#[test]
fn exp_is_near_the_exponential_and_exact_where_upstream_is_coarse() {
    assert_eq!(I32F32::ZERO.exp(), I32F32::ONE);
    assert_eq!(I32F32::ONE.exp().to_bits(), 22_802_600 << 9);
    for tenth in [-50_i64, -17, -3, 7, 23, 50] {
        let got = number((tenth << 32) / 10).exp().to_bits() as f64 / 4_294_967_296.0;
        let expected = (tenth as f64 / 10.0).exp();
        assert!(
            (got / expected - 1.0).abs() < 1e-6,
            "{tenth}: {got} {expected}"
        );
    }
}

#[test]
fn stakes_that_exceed_the_range_are_refused() {
    assert!(stake_shares(&[u64::MAX >> 1, 1]).is_err());
    let shares = stake_shares(&[(u64::MAX >> 1) - 1, 1]).unwrap();
    assert_eq!(shares[1], I32F32::ZERO);
    assert_eq!(shares[0].to_bits(), (1 << 32) - 1);
}
