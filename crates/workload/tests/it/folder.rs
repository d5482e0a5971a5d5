//! A job's folder: input, output, and what can't be done there.

use lilliput_workload::protocol::Part;
use lilliput_workload::{Digest, Workload};

use crate::runtime::Runtime;

const DISK: u64 = 1 << 20;

fn small(workload: &mut Workload) {
    workload.limits.disk_bytes = DISK;
    workload.limits.files = 20;
}

#[test]
fn input_goes_in_and_output_comes_out() {
    let runtime = Runtime::start();
    let text = runtime.put(b"one two two\nthree three three\n");
    let ended = runtime.job(&["count"], |workload| {
        workload.stdin = Some(text);
        workload.files.insert("in/copy".parse().unwrap(), text);
    });
    ended.assert_exit(0);
    assert_eq!(ended.stdout, "one 1\nthree 3\ntwo 2\n");
    let words = Part::File("words".parse().unwrap());
    let words = runtime.client.read(&ended.name, words, 1000).unwrap();
    assert_eq!(words, ended.stdout.as_bytes());
    let files = runtime.client.files(&ended.name).unwrap();
    let files: Vec<_> = files
        .iter()
        .map(|(path, bytes)| (path.as_str(), *bytes))
        .collect();
    assert_eq!(files, [("in/copy", 30), ("words", 20)]);
    assert_eq!(
        (ended.report.used.disk_bytes, ended.report.used.files),
        (50, 3)
    );
}

#[test]
fn a_disk_is_full_at_its_bound_however_it_is_filled() {
    let runtime = Runtime::start();
    for how in ["call", "stream", "append"] {
        let ended = runtime.job(&["fill", how], small);
        ended.assert_exit(0);
        let written: u64 = ended.stdout.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(written, DISK, "{how}: {}", ended.stdout);
        assert_eq!(ended.report.used.disk_bytes, DISK);
    }
}

#[test]
fn a_hole_counts_like_what_it_pretends_to_be() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["hole", "1073741824"], small);
    ended.assert_exit(0);
    assert_eq!(
        ended.stdout.matches("InsufficientSpace").count()
            + ended.stdout.matches("insufficient-space").count(),
        2,
        "{}",
        ended.stdout
    );
    assert_eq!(ended.report.used.disk_bytes, 0);
}

#[test]
fn a_file_without_a_name_counts_until_it_is_closed() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["hide", "262144"], small);
    ended.assert_exit(0);
    assert_eq!(ended.stdout, "4\nOk(262144)\n");
}

#[test]
fn files_and_folders_are_counted() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["files"], small);
    ended.assert_exit(0);
    assert!(ended.stdout.starts_with("20 "), "{}", ended.stdout);
}

#[test]
fn no_path_leads_out_of_the_folder() {
    let runtime = Runtime::start();
    for path in [
        "/etc/passwd",
        "../workload.json",
        "../../../lock",
        "a/../../status.json",
        "/proc/self/environ",
    ] {
        let ended = runtime.job(&["escape", path], |_| {});
        ended.assert_exit(0);
        assert!(!ended.stdout.contains("Ok("), "{path}: {}", ended.stdout);
    }
}

#[test]
fn a_job_that_wants_more_input_than_is_there_is_not_accepted() {
    let runtime = Runtime::start();
    let mut workload = crate::runtime::workload("a", runtime.tool(), lilliput_workload::Kind::Job);
    workload.stdin = Some(Digest::of_blob(b"never put"));
    let error = runtime.client.start(&workload).unwrap_err();
    assert!(error.to_string().contains("put it first"), "{error}");
}
