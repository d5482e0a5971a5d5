//! Killed processes, and what becomes of what they ran.

use std::path::Path;

use lilliput_workload::{EventKind, Kind, Outcome, State};

use crate::runtime::{Runtime, get, until, workload};

fn is_alive(process: u32) -> bool {
    Path::new(&format!("/proc/{process}/fd")).exists()
        && std::fs::read_to_string(format!("/proc/{process}/stat"))
            .is_ok_and(|stat| !stat.contains(") Z "))
}

#[test]
fn a_killed_runtime_takes_its_workers_along_and_brings_them_back() {
    let mut runtime = Runtime::start();
    let service = workload("web", runtime.hello(), Kind::Service);
    let port = runtime.serve(&service);
    assert!(get(port, "/count").1.contains('1'));
    let mut long = workload("long", runtime.tool(), Kind::Job);
    long.arguments = vec!["sleep".to_owned(), "600".to_owned()];
    runtime.client.start(&long).unwrap();
    runtime.wait(&long.name, |status| status.state == State::Running);
    let before = [&service, &long].map(|workload| {
        runtime
            .client
            .status(&workload.name)
            .unwrap()
            .process
            .unwrap()
    });
    runtime.kill();
    for process in before {
        until("the worker is gone", || (!is_alive(process)).then_some(()));
    }
    runtime.start_again();
    assert!(
        get(runtime.port(&service.name), "/count").1.contains('2'),
        "its files stayed"
    );
    let ended = runtime.wait(&long.name, |status| status.state == State::Ended);
    assert_eq!(ended.report.unwrap().outcome, Outcome::Exited { code: 0 });
    assert_eq!(ended.attempts, 2);
    let events = runtime.client.events(&service.name, 0).unwrap();
    assert!(
        events
            .iter()
            .any(|event| event.event == EventKind::Recovered)
    );
}

#[test]
fn a_killed_worker_of_a_service_is_replaced_and_one_of_a_job_reported() {
    let runtime = Runtime::start();
    let service = workload("web", runtime.hello(), Kind::Service);
    runtime.serve(&service);
    let mut job = workload("job", runtime.tool(), Kind::Job);
    job.arguments = vec!["sleep".to_owned(), "60000".to_owned()];
    job.limits.wall_ms = 100_000;
    runtime.client.start(&job).unwrap();
    for workload in [&service, &job] {
        let status = runtime.wait(&workload.name, |status| status.state == State::Running);
        let process = i32::try_from(status.process.unwrap()).unwrap();
        let process = rustix::process::Pid::from_raw(process).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::KILL).unwrap();
    }
    let again = runtime.wait(&service.name, |status| {
        status.state == State::Running && status.attempts == 2
    });
    assert_eq!(get(again.port.unwrap(), "/").0, 200);
    let ended = runtime.wait(&job.name, |status| status.state == State::Ended);
    assert!(
        matches!(ended.report.unwrap().outcome, Outcome::Lost { reason } if reason.contains("signal"))
    );
}

#[test]
fn what_was_over_stays_over_and_a_name_is_taken_once() {
    let mut runtime = Runtime::start();
    let ended = runtime.job(&["exit", "3"], |_| {});
    runtime.kill();
    runtime.start_again();
    let status = runtime.client.status(&ended.name).unwrap();
    assert_eq!((status.state, status.attempts), (State::Ended, 1));
    let other = workload(ended.name.as_str(), runtime.tool(), Kind::Job);
    let error = runtime.client.start(&other).unwrap_err();
    assert!(error.to_string().contains("has this name"), "{error}");
    runtime.client.remove(&ended.name).unwrap();
    runtime.client.start(&other).unwrap();
    assert!(runtime.client.list().unwrap().len() == 1);
}

#[test]
fn one_folder_has_one_runtime() {
    let runtime = Runtime::start();
    let second = std::process::Command::new(lilliput_workload::binary().unwrap())
        .args(["serve", "--state"])
        .arg(runtime.state())
        .output()
        .unwrap();
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("another runtime serves"));
}

#[test]
fn a_restart_and_a_stop_are_done_when_they_are_asked() {
    let runtime = Runtime::start();
    let service = workload("web", runtime.hello(), Kind::Service);
    runtime.serve(&service);
    let before = runtime.client.status(&service.name).unwrap().process;
    runtime.client.restart(&service.name).unwrap();
    runtime.wait(&service.name, |status| {
        status.state == State::Running && status.process != before
    });
    let mut endless = workload("endless", runtime.tool(), Kind::Job);
    endless.arguments = vec!["loop".to_owned()];
    endless.limits.fuel = 1 << 50;
    endless.limits.wall_ms = 3_600_000;
    runtime.client.start(&endless).unwrap();
    runtime.wait(&endless.name, |status| status.state == State::Running);
    let status = runtime.client.stop(&endless.name).unwrap();
    assert_eq!(status.report.unwrap().outcome, Outcome::Stopped);
}
