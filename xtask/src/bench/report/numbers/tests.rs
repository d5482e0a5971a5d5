use super::{short, whole};

#[test]
fn numbers_have_three_digits_and_their_thousands_apart() {
    let cases = [
        (0.0494, "0.049"),
        (1.0349, "1.03"),
        (45.26, "45.3"),
        (276.4, "276"),
        (19_900.0, "19,900"),
        (-1_234.0, "-1,234"),
        (f64::NAN, "NaN"),
    ];
    for (value, expected) in cases {
        assert_eq!(short(value), expected);
    }
    assert_eq!(whole(4_101_770.0), "4,101,770");
}
