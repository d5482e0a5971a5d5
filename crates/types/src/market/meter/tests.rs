use super::*;

fn meter(rate: u64) -> Meter {
    Meter {
        rate: Rate(rate),
        mark: 0,
        carry: 0,
    }
}

#[test]
fn how_often_a_meter_is_read_changes_nothing() {
    for rate in [1, 7, 3_599_999, 3_600_001, u64::MAX] {
        let end = 86_400_123;
        let (whole, _) = meter(rate).read(end, Amount(u128::MAX));
        let mut sum = 0;
        let mut running = meter(rate);
        let mut clock = 0;
        while clock < end {
            clock = (clock + 977_531).min(end);
            let (owed, behind) = running.read(clock, Amount(u128::MAX));
            sum += owed.0;
            running = behind;
        }
        assert_eq!(sum, whole.0, "{rate}");
    }
}

#[test]
fn no_more_is_owed_than_there_is() {
    let (owed, behind) = meter(3_600_000).read(1_000, Amount(999));
    assert_eq!((owed, behind.carry, behind.mark), (Amount(999), 0, 1_000));
    let (owed, _) = meter(u64::MAX).read(u64::MAX, Amount(5));
    assert_eq!(owed, Amount(5));
}

#[test]
fn a_clock_that_stands_or_lags_owes_nothing() {
    let mut running = meter(3_600_000);
    running.mark = 500;
    let (owed, behind) = running.read(400, Amount(100));
    assert_eq!((owed, behind), (Amount::ZERO, running));
}

#[test]
fn an_escrow_lasts_until_it_is_owed() {
    let running = meter(3_600);
    let lasts = running.lasts_ms(0, Amount(10)).unwrap();
    assert_eq!(lasts, 10_000);
    assert_eq!(running.read(lasts, Amount(10)).0, Amount(10));
    assert_eq!(running.read(lasts - 1, Amount(10)).0, Amount(9));
    assert_eq!(meter(0).lasts_ms(0, Amount(1)), None);
}
