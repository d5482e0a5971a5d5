//! The folder of a run as HELM writes it, and as nobody should.

use lilliput_crypto::Digest;
use lilliput_types::ModelId;

use super::{Run, parse};

const SPEC: &[u8] = include_bytes!("../../../../tests/data/eval/helm/run_spec.json");
const STATS: &[u8] = include_bytes!("../../../../tests/data/eval/helm/stats.json");
const INSTANCES: &[u8] = include_bytes!("../../../../tests/data/eval/helm/instances.json");

fn model() -> ModelId {
    ModelId(Digest([7; 32]))
}

fn run(spec: &[u8], stats: &[u8], instances: Option<&[u8]>) -> Run {
    Run {
        spec: spec.to_vec(),
        stats: stats.to_vec(),
        instances: instances.map(<[u8]>::to_vec),
    }
}

#[test]
fn means_by_split_without_perturbations_are_read() {
    let attempt = parse(&run(SPEC, STATS, Some(INSTANCES)), "0.5.8", model()).unwrap();
    let task = &attempt.tasks[0];
    assert_eq!(
        task.task.as_str(),
        "little_quiz:subject=sums,model=example_tiny-model"
    );
    assert_eq!(task.shots, Some(5));
    let metrics: Vec<(&str, i64)> = task
        .metrics
        .iter()
        .map(|one| (one.name.as_str(), one.value))
        .collect();
    assert_eq!(
        metrics,
        [
            ("exact_match/test", 600_000_000),
            ("exact_match/valid", 500_000_000),
            ("num_references/test", 4_000_000_000)
        ]
    );
    let seeds: Vec<(&str, i64)> = attempt
        .seeds
        .iter()
        .map(|one| (one.name.as_str(), one.value))
        .collect();
    assert_eq!(seeds, [("scenario_seed", 3), ("num_train_trials", 1)]);
    assert_eq!(
        (attempt.name.as_str(), attempt.version.as_str()),
        ("example/tiny-model", "0.5.8")
    );
}

#[test]
fn source_and_data_bind_the_files() {
    let one = parse(&run(SPEC, STATS, Some(INSTANCES)), "", model()).unwrap();
    let other = parse(&run(SPEC, STATS, Some(b"[]")), "", model()).unwrap();
    let without = parse(&run(SPEC, STATS, None), "", model()).unwrap();
    assert!(one.data != other.data && one.data != without.data && one.source == other.source);
    let changed = String::from_utf8(STATS.to_vec())
        .unwrap()
        .replace("0.6", "0.7");
    let changed = parse(&run(SPEC, changed.as_bytes(), Some(INSTANCES)), "", model()).unwrap();
    assert_ne!(one.source, changed.source);
}

#[test]
fn hostile_files_are_refused_and_say_why() {
    let stat = |mean: &str| {
        format!(
            "[{{\"name\": {{\"name\": \"a\", \"split\": \"test\"}}, \"count\": 1, \"mean\": {mean}}}]"
        )
    };
    let twice = format!("[{0},{0}]", stat("1").trim_matches(['[', ']']));
    for (stats, reason) in [
        ("[]".to_owned(), "no mean"),
        (stat("null"), "no mean"),
        (stat("NaN"), "stats.json"),
        (stat("1e200"), "too large"),
        (twice, "twice"),
        ("{}".to_owned(), "stats.json"),
    ] {
        let said = parse(&run(SPEC, stats.as_bytes(), None), "", model()).unwrap_err();
        let said = format!("{said:#}");
        assert!(said.contains(reason), "{stats}: {said}");
    }
    assert!(parse(&run(b"{}", STATS, None), "", model()).is_err());
}
