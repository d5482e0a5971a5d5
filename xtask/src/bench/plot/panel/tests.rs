use super::label;

#[test]
fn labels_are_short() {
    let cases = [
        (4.0, "4"),
        (0.0494, "0.049"),
        (45.26, "45.3"),
        (17_226.0, "17.2 k"),
        (4_101_770.0, "4.10 M"),
    ];
    for (value, expected) in cases {
        assert_eq!(label(value), expected);
    }
}
