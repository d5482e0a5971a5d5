//! Quantities read to the last digit, and each way to write none.

use super::{Amount, Bytes, MilliCpu, QuantityError, Seconds};

#[test]
fn cpu_is_read_in_thousandths_and_the_rest_is_cut_off() {
    for (text, milli) in [
        ("100m", 100),
        ("0.5", 500),
        ("1", 1_000),
        ("1.0", 1_000),
        ("0.0109", 10),
        ("1.001", 1_001),
        ("4.35", 4_350),
        ("0.57", 570),
        ("18446744073709551", 18_446_744_073_709_551_000),
    ] {
        assert_eq!(MilliCpu::parse(text), Ok(MilliCpu(milli)), "{text}");
    }
}

#[test]
fn sizes_are_read_in_bytes_with_decimal_and_binary_units() {
    for (text, bytes) in [
        ("1", 1),
        ("1k", 1_000),
        ("1Ki", 1_024),
        ("2.5Gi", 2_684_354_560),
        ("0.1Gi", 107_374_182),
        ("4.75Gi", 5_100_273_664),
        ("512M", 512_000_000),
        ("15Ei", 15 << 60),
        ("000001Mi", 1 << 20),
    ] {
        assert_eq!(Bytes::parse(text), Ok(Bytes(bytes)), "{text}");
    }
    assert_eq!(Bytes::parse("16Ei"), Err(QuantityError::TooLarge));
    assert_eq!(
        Bytes::parse("999999999999999999999"),
        Err(QuantityError::TooManyDigits)
    );
}

#[test]
fn a_foreign_unit_is_named_with_the_one_that_was_meant() {
    for (text, meant) in [
        ("8gb", Some("Gi")),
        ("40GB", Some("Gi")),
        ("1gi", Some("Gi")),
        ("2 MiB", Some("Mi")),
        ("7m", Some("Mi")),
        ("7parsec", None),
    ] {
        let Err(QuantityError::UnknownUnit { meant: got, .. }) = Bytes::parse(text) else {
            panic!("{text}");
        };
        assert_eq!(got, meant, "{text}");
    }
    assert!(Bytes::parse_binary("80G").is_err());
    assert_eq!(Bytes::parse_binary("80Gi").map(Bytes::gibibytes), Ok(80));
}

#[test]
fn amounts_keep_eighteen_digits() {
    let amount = Amount::parse("0.000000000000000001").unwrap();
    assert_eq!(amount, Amount(1));
    assert_eq!(amount.to_string(), "0.000000000000000001");
    assert_eq!(
        Amount::parse("1000").unwrap().to_string(),
        "1000.000000000000000000"
    );
    assert_eq!(Amount::parse("1000"), Ok(Amount::whole(1_000)));
    assert_eq!(
        Amount::parse("0.0000000000000000001"),
        Err(QuantityError::TooManyDigits)
    );
    // The largest of twenty digits still fits.
    assert_eq!(
        Amount::parse("99999999999999999999.999999999999999999"),
        Ok(Amount(99_999_999_999_999_999_999_999_999_999_999_999_999))
    );
}

#[test]
fn what_is_no_number_is_refused() {
    for text in [
        "", " 1", "1 ", "+1", "1e3", "0x10", ".5", "5.", "1.2.3", "1_000", "1,5", "inf", "NaN",
        "٣", "m", "½",
    ] {
        assert!(MilliCpu::parse(text).is_err(), "{text:?}");
        assert!(Bytes::parse(text).is_err(), "{text:?}");
        assert!(Amount::parse(text).is_err(), "{text:?}");
    }
    assert_eq!(MilliCpu::parse("-100m"), Err(QuantityError::Negative));
    assert_eq!(MilliCpu::parse("0.5m"), Err(QuantityError::FractionOfMilli));
}

#[test]
fn durations_are_whole_numbers_with_one_unit() {
    assert_eq!(Seconds::parse("90s"), Ok(Seconds(90)));
    assert_eq!(Seconds::parse("30m"), Ok(Seconds(1_800)));
    assert_eq!(Seconds::parse("720h"), Ok(Seconds(2_592_000)));
    for text in ["", "h", "1h30m", "1.5h", "-1h", "7d", "10", "s1", "1é"] {
        assert!(Seconds::parse(text).is_err(), "{text:?}");
    }
    assert_eq!(
        Seconds::parse("18446744073709551615h"),
        Err(QuantityError::TooLarge)
    );
}

#[test]
fn quantities_print_in_the_largest_unit_that_is_exact() {
    assert_eq!(Bytes(5 << 30).to_string(), "5Gi");
    assert_eq!(Bytes(1_536 << 20).to_string(), "1536Mi");
    assert_eq!(Bytes(0).to_string(), "0");
    assert_eq!(Seconds(5_400).to_string(), "90m");
    assert_eq!(MilliCpu(250).to_string(), "250m");
}
