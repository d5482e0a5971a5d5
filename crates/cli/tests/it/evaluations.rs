//! Evaluations by commands: two harnesses, every attempt shown, none twice.

use std::path::PathBuf;

use crate::world::{arg, json, ledger, refused, run, text};

fn data(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/eval");
    PathBuf::from(folder).join(name)
}

#[test]
fn every_attempt_is_registered_and_shown() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    let model = "07".repeat(32);
    let results = data("lm-eval/results_2026-01-05.json");
    let samples = data("lm-eval/samples_little_sums_2026-01-05.jsonl");
    let import = [
        "eval",
        "import",
        arg(&results),
        "--harness",
        "lm-eval",
        "--model",
        &model,
    ];
    let dry = json(
        &[&import[..], &["--dry-run", "--samples", arg(&samples)]].concat(),
        0,
    );
    assert_eq!(dry["attempt"]["transcript"]["lines"], 4);
    let first = up.json(&[&import[..], &["--samples", arg(&samples)]].concat(), 0);
    assert_eq!(first["number"], 1);
    assert_eq!(first["attempt"], dry["attempt"]);
    // The same file again is the same attempt; a worse one is another, and stays.
    let buyer = up.buyer();
    let buyer: Vec<&str> = buyer.iter().map(String::as_str).collect();
    let again = [&import[..], &buyer].concat();
    let output = run(&again);
    assert!(!output.status.success());
    assert!(text(&output.stderr).contains("attempt 1"));
    let worse = folder.path().join("worse.json");
    let changed = std::fs::read_to_string(&results)
        .unwrap()
        .replace("0.625", "0.125");
    std::fs::write(&worse, changed).unwrap();
    let second = up.json(
        &[
            "eval",
            "import",
            arg(&worse),
            "--harness",
            "lm-eval",
            "--model",
            &model,
        ],
        0,
    );
    assert_eq!(second["number"], 2);
    let helm = data("helm");
    let third = [
        "eval",
        "import",
        arg(&helm),
        "--harness",
        "helm",
        "--model",
        &model,
        "--harness-version",
        "0.5.8",
    ];
    let third = up.json(&third, 0);
    assert!(third["attempt"]["transcript"]["lines"].as_u64().unwrap() > 10);

    all_are_shown(&up.url, &model);
}

fn all_are_shown(url: &str, model: &str) {
    let listed = json(&["eval", "list", model, "--node", url], 0);
    assert_eq!(
        (
            &listed["count"],
            listed["attempts"].as_array().unwrap().len()
        ),
        (&3.into(), 3)
    );
    let metrics = listed["metrics"].as_array().unwrap();
    let flexible = metrics
        .iter()
        .find(|one| one["metric"] == "exact_match,flexible-extract")
        .unwrap();
    let values: Vec<i64> = flexible["values"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["value"].as_i64().unwrap())
        .collect();
    assert_eq!(values, [625_000_000, 125_000_000]);
}

#[test]
fn what_is_wrong_about_a_file_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("results.json");
    std::fs::write(&file, "{\"results\": {\"a\": {\"acc,none\": NaN}}}").unwrap();
    let model = "07".repeat(32);
    let import = [
        "eval",
        "import",
        arg(&file),
        "--harness",
        "lm-eval",
        "--model",
        &model,
        "--dry-run",
    ];
    assert!(refused(&import, 2).contains("failed to read"));
    let helm = [
        "eval",
        "import",
        arg(folder.path()),
        "--harness",
        "helm",
        "--model",
        &model,
        "--dry-run",
    ];
    assert!(refused(&helm, 2).contains("run_spec.json"));
    let unknown = [
        "eval",
        "import",
        arg(&file),
        "--harness",
        "mine",
        "--model",
        &model,
    ];
    assert!(refused(&unknown, 2).contains("mine"));
}
