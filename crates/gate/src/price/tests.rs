use super::*;

#[test]
fn prices_are_read_as_they_are_written() {
    for text in ["0", "1", "0.002", "12.345678", "0.000001"] {
        assert_eq!(text.parse::<Price>().unwrap().to_string(), text);
    }
    assert_eq!("1.50".parse::<Price>().unwrap().millionths, 1_500_000);
}

#[test]
fn what_is_no_price_is_refused() {
    for text in [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "+1",
        "1e3",
        "0.0000001",
        "99999999999999999999",
        "1.2.3",
    ] {
        assert!(text.parse::<Price>().is_err(), "{text}");
    }
}
