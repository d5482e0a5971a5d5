//! Files of results as version 0.4 writes them, and as nobody should.

use lilliput_crypto::Digest;
use lilliput_types::ModelId;

use super::parse;

const EXAMPLE: &[u8] =
    include_bytes!("../../../../tests/data/eval/lm-eval/results_2026-01-05.json");

fn model() -> ModelId {
    ModelId(Digest([7; 32]))
}

fn refused(text: &str) -> String {
    format!("{:#}", parse(text.as_bytes(), model()).unwrap_err())
}

#[test]
fn tasks_metrics_seeds_and_versions_are_read() {
    let attempt = parse(EXAMPLE, model()).unwrap();
    let tasks: Vec<&str> = attempt
        .tasks
        .iter()
        .map(|task| task.task.as_str())
        .collect();
    assert_eq!(tasks, ["little_sums", "little_words"]);
    let sums = &attempt.tasks[0];
    assert_eq!(
        (sums.shots, sums.samples, sums.samples_of),
        (Some(5), Some(40), Some(200))
    );
    assert_eq!(sums.version.as_str(), "1.0");
    let metrics: Vec<(&str, i64, Option<i64>)> = sums
        .metrics
        .iter()
        .map(|one| (one.name.as_str(), one.value, one.error))
        .collect();
    assert_eq!(
        metrics,
        [
            (
                "exact_match,flexible-extract",
                625_000_000,
                Some(77_512_500)
            ),
            ("exact_match,strict-match", 600_000_000, Some(78_446_454)),
        ]
    );
    assert_eq!(attempt.tasks[1].metrics[1].error, None, "N/A is no number");
    let seeds: Vec<(&str, i64)> = attempt
        .seeds
        .iter()
        .map(|one| (one.name.as_str(), one.value))
        .collect();
    assert_eq!(
        seeds,
        [
            ("random_seed", 0),
            ("numpy_seed", 1234),
            ("torch_seed", 1234),
            ("fewshot_seed", 1234)
        ]
    );
    assert_eq!(attempt.version.as_str(), "0.4.9 0f1e2d3c");
    assert_eq!(attempt.name.as_str(), "example/tiny-model");
}

#[test]
fn the_root_of_the_data_binds_each_task_and_its_hash() {
    let text = String::from_utf8(EXAMPLE.to_vec()).unwrap();
    let other = text.replace("\"little_sums\": \"5f", "\"little_sums\": \"6f");
    assert_ne!(text, other);
    let (one, two) = (
        parse(EXAMPLE, model()).unwrap(),
        parse(other.as_bytes(), model()).unwrap(),
    );
    assert_ne!(one.data, two.data);
    assert_ne!(one.source, two.source);
}

#[test]
fn hostile_files_are_refused_and_say_why() {
    for (text, reason) in [
        ("", "EOF"),
        ("{}", "results"),
        ("{\"results\": {}}", "no task"),
        ("{\"results\": {\"a\": {\"alias\": \"a\"}}}", "no task"),
        (
            "{\"results\": {\"a\": {\"acc,none\": NaN}}}",
            "expected value",
        ),
        ("{\"results\": {\"a\": {\"acc,none\": 1e300}}}", "too large"),
        (
            "{\"results\": {\"a\": {\"acc,none\": 1}}, \"n-samples\": {\"a\": {\"effective\": -1}}}",
            "invalid value",
        ),
        ("{\"results\": 7}", "invalid type"),
    ] {
        let said = refused(text);
        assert!(said.contains(reason), "{text}: {said}");
    }
    let many: Vec<String> = (0..300)
        .map(|task| format!("\"t{task}\": {{\"acc,none\": 1}}"))
        .collect();
    assert!(refused(&format!("{{\"results\": {{{}}}}}", many.join(","))).contains("at most 256"));
    let metrics: Vec<String> = (0..200).map(|one| format!("\"m{one},none\": 1")).collect();
    assert!(
        refused(&format!(
            "{{\"results\": {{\"a\": {{{}}}}}}}",
            metrics.join(",")
        ))
        .contains("at most 128")
    );
    let long = "x".repeat(300);
    assert!(
        refused(&format!(
            "{{\"results\": {{\"{long}\": {{\"acc,none\": 1}}}}}}"
        ))
        .contains("at most 256")
    );
    let deep = format!(
        "{{\"results\": {{\"a\": {{\"acc,none\": {}1{}}}}}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(refused(&deep).contains("recursion"));
}
