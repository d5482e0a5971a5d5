//! Slips and habits, and words that are neither.

use super::nearest;

fn check(word: &str, expected: Option<&str>) {
    let known = [
        "image",
        "command",
        "args",
        "env",
        "expose",
        "dependencies",
        "params",
        "credentials",
    ];
    assert_eq!(nearest(word, known.into_iter()), expected, "{word}");
}

#[test]
fn slips_of_the_finger_are_recognised() {
    check("imgae", Some("image"));
    check("Image", Some("image"));
    check("dependecies", Some("dependencies"));
    check("exposes", Some("expose"));
    check("credential", Some("credentials"));
}

#[test]
fn habits_from_compose_files_are_recognised() {
    check("depends-on", Some("dependencies"));
    check("depends_on", Some("dependencies"));
    check("environment", Some("env"));
    check("cmd", Some("command"));
    check("volumes", Some("params"));
}

#[test]
fn a_word_that_is_near_to_nothing_has_no_nearest() {
    check("zz", None);
    check("", None);
    check("privileged", None);
    check(&"i".repeat(10_000), None);
}
