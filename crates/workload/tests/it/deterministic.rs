//! The same input gives the same output and the same fuel.

use std::collections::BTreeSet;

use lilliput_workload::{Deterministic, Digest, Workload};

use crate::runtime::{Ended, Runtime};

fn fixed(workload: &mut Workload) {
    workload.deterministic = Some(Deterministic {
        seed: Digest::of_blob(b"seed"),
        time_s: 1_700_000_000,
    });
}

fn result(ended: &Ended) -> (String, u64, String) {
    ended.assert_exit(0);
    (
        ended.report.output.unwrap().to_string(),
        ended.report.used.fuel,
        ended.stdout.clone(),
    )
}

#[test]
fn a_replicated_job_sees_the_same_world_everywhere() {
    let runtimes = [Runtime::start(), Runtime::start()];
    let results: BTreeSet<_> = (0..6)
        .map(|round| result(&runtimes[round % 2].job(&["all"], fixed)))
        .collect();
    assert_eq!(results.len(), 1, "{results:#?}");
    let (_, _, text) = results.first().unwrap();
    assert!(text.starts_with("wall 1700000000.0\n"), "{text}");
    assert!(
        text.contains("entry a\nentry b\nentry m\nentry y\nentry z\n"),
        "{text}"
    );
}

#[test]
fn without_that_it_does_not() {
    let runtime = Runtime::start();
    let texts: BTreeSet<_> = (0..3)
        .map(|_| runtime.job(&["all"], |_| {}).stdout)
        .collect();
    assert_eq!(texts.len(), 3);
}

#[test]
fn another_seed_or_time_is_another_world() {
    let runtime = Runtime::start();
    let one = result(&runtime.job(&["all"], fixed));
    let seed = result(&runtime.job(&["all"], |workload| {
        fixed(workload);
        workload.deterministic.as_mut().unwrap().seed = Digest::of_blob(b"other");
    }));
    let time = result(&runtime.job(&["all"], |workload| {
        fixed(workload);
        workload.deterministic.as_mut().unwrap().time_s += 1;
    }));
    assert!(one.0 != seed.0 && one.0 != time.0 && seed.0 != time.0);
}

#[test]
fn what_is_no_number_has_one_form() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["floats"], fixed);
    ended.assert_exit(0);
    let lines: Vec<_> = ended.stdout.lines().collect();
    // A sign that is turned on purpose stays turned.
    assert_eq!(
        lines,
        [["7ff8000000000000"; 4].as_slice(), &["fff8000000000000"]].concat()
    );
}

#[test]
fn a_file_that_differs_makes_another_output() {
    let runtime = Runtime::start();
    let count = |text: &[u8]| {
        let text = runtime.put(text);
        runtime.job(&["count"], |workload| {
            fixed(workload);
            workload.stdin = Some(text);
        })
    };
    let same = [count(b"a b"), count(b"a b")].map(|ended| ended.report.output.unwrap());
    assert_eq!(same[0], same[1]);
    assert_ne!(count(b"a c").report.output.unwrap(), same[0]);
    let input = runtime.put(b"x");
    let with_file = runtime.job(&["count"], |workload| {
        fixed(workload);
        workload.files.insert("x".parse().unwrap(), input);
    });
    let without = runtime.job(&["count"], fixed);
    assert_ne!(with_file.report.output, without.report.output);
}
