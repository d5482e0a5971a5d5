//! Each limit is a limit.

use lilliput_workload::{Limit, Outcome};

use crate::runtime::{Ended, Runtime};

fn assert_exceeded(ended: &Ended, limit: Limit) {
    assert_eq!(
        ended.report.outcome,
        Outcome::Exceeded { limit },
        "{}",
        ended.stdout
    );
}

#[test]
fn a_job_that_loops_ends_with_its_fuel() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["loop"], |workload| workload.limits.fuel = 10_000_000);
    assert_exceeded(&ended, Limit::Fuel);
    assert_eq!(ended.report.used.fuel, 10_000_000);
    assert!(ended.report.output.is_some(), "it ends there every time");
}

#[test]
fn a_job_that_loops_or_sleeps_ends_with_its_time() {
    let runtime = Runtime::start();
    for arguments in [&["loop"][..], &["sleep", "60000"]] {
        let ended = runtime.job(arguments, |workload| {
            workload.limits.fuel = 1 << 50;
            workload.limits.wall_ms = 300;
        });
        assert_exceeded(&ended, Limit::WallTime);
        assert_eq!(ended.report.output, None);
        let took = ended.report.used.wall_ms;
        assert!((300..5_000).contains(&took), "{took}");
    }
}

#[test]
fn a_job_gets_the_memory_that_it_may_have_and_is_told_of_its_end() {
    let runtime = Runtime::start();
    let most = 64 << 20;
    let ended = runtime.job(&["allocate"], |workload| {
        workload.limits.memory_bytes = most;
    });
    ended.assert_exit(0);
    let got: u64 = ended.stdout.split(' ').next().unwrap().parse().unwrap();
    assert!((40..64).contains(&got), "{got}");
    let peak = ended.report.used.memory_bytes_peak;
    assert!(peak > 40 << 20 && peak <= most, "{peak}");
    let ended = runtime.job(&["allocate"], |workload| {
        workload.limits.memory_bytes = 1 << 16;
    });
    assert_exceeded(&ended, Limit::Memory);
}

#[test]
fn a_job_that_calls_itself_ends_at_the_depth_of_its_stack() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["recurse"], |_| {});
    assert!(
        matches!(
            ended.report.outcome,
            Outcome::Exceeded {
                limit: Limit::Stack
            } | Outcome::Trapped { .. }
        ),
        "{:?}",
        ended.report.outcome
    );
}

#[test]
fn a_job_cannot_hold_more_than_its_handles() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["handles"], |workload| workload.limits.handles = 500);
    assert_exceeded(&ended, Limit::Handles);
}

#[test]
fn a_job_that_floods_its_output_ends_and_a_log_keeps_its_bound() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["flood", "100000"], |workload| {
        workload.limits.output_bytes = 50_000;
    });
    assert_exceeded(&ended, Limit::Output);
    assert_eq!(ended.stdout.len(), 50_000);
    let ended = runtime.job(&["flood", "20000"], |workload| {
        workload.limits.log_bytes = 40_000;
    });
    ended.assert_exit(0);
    let logged: Vec<_> = runtime
        .client
        .logs(&ended.name, 0, false)
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(logged.len() < 1000, "{}", logged.len());
    assert_eq!(logged.last().unwrap().text, "line 19999");
}

#[test]
fn more_zeroes_than_a_stream_takes_are_not_made() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["zeroes", "4294967295"], |_| {});
    assert!(
        matches!(ended.report.outcome, Outcome::Trapped { .. }),
        "{:?}",
        ended.report.outcome
    );
}

#[test]
fn an_exit_code_and_a_trap_are_reported() {
    let runtime = Runtime::start();
    runtime.job(&["exit", "7"], |_| {}).assert_exit(7);
    runtime.job(&["no-such-thing"], |_| {}).assert_exit(1);
    let ended = runtime.job(&["trap"], |_| {});
    assert!(
        matches!(&ended.report.outcome, Outcome::Trapped { reason } if reason.contains("unreachable"))
    );
}

#[test]
fn nothing_of_the_supervisors_environment_reaches_a_job() {
    let runtime = Runtime::start();
    let ended = runtime.job(&["environment", "x"], |workload| {
        workload
            .environment
            .insert("KEY".to_owned(), "value".to_owned());
    });
    let name = ended.name.to_string();
    assert_eq!(
        ended.stdout,
        format!("[{name:?}, \"environment\", \"x\"]\n[(\"KEY\", \"value\")]\n")
    );
}
