//! The log of decisions: whole as it is written, and refused when it was changed.

use std::fs;
use std::path::PathBuf;

use lilliput_gate::{JournalFault, verify_log};

use crate::world::{OPEN, World};

/// A log with some decisions, of a gate that has stopped.
fn log() -> (tempfile::TempDir, PathBuf) {
    let World { gate, folder, site } = World::start(OPEN);
    let world = World { gate, folder, site };
    for number in 0..5 {
        world.get(&format!("/page/{number}"), "");
    }
    let World { gate, folder, .. } = world;
    drop(gate);
    let file = folder.path().join("gate/decisions-000001.jsonl");
    (folder, file)
}

#[test]
fn a_log_is_whole_and_says_which_rule_decided() {
    let (_folder, file) = log();
    let report = verify_log(&file, None).unwrap();
    assert_eq!((report.decisions, report.unsealed, report.lost), (5, 0, 0));
    assert!(report.seals >= 2);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains("\"rule\":\"nothing-fits\"") && text.contains("\"path\":\"/page/3\""));
    assert!(
        text.contains("\"from\":\"127.0.0.0/24\""),
        "no more of the address is kept than was asked for"
    );
}

#[test]
fn a_log_that_was_changed_anywhere_is_refused() {
    let (_folder, file) = log();
    let text = fs::read_to_string(&file).unwrap();
    let check = |changed: &str| {
        fs::write(&file, changed).unwrap();
        verify_log(&file, None)
    };
    let other = text.replace("\"path\":\"/page/3\"", "\"path\":\"/page/9\"");
    assert!(matches!(check(&other), Err(JournalFault::Chain(_))));
    let lines: Vec<&str> = text.lines().collect();
    for gone in 1..lines.len() - 1 {
        let kept: Vec<&str> = lines
            .iter()
            .enumerate()
            .filter(|(place, _)| *place != gone)
            .map(|(_, line)| *line)
            .collect();
        assert!(
            check(&format!("{}\n", kept.join("\n"))).is_err(),
            "line {gone} taken out"
        );
    }
    assert!(check(&text[..text.len() - 5]).is_err(), "cut off in a line");
    assert!(check("").is_err());
    assert!(check(&text).is_ok());
}

#[test]
fn a_log_of_another_key_is_refused() {
    let (_folder, file) = log();
    let key = verify_log(&file, None).unwrap().key;
    assert!(verify_log(&file, Some(&key)).is_ok());
    let other = "0".repeat(64);
    assert!(matches!(
        verify_log(&file, Some(&other)),
        Err(JournalFault::OtherKey { .. })
    ));
}
