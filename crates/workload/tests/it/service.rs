//! Services: requests, limits of each, state that stays.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lilliput_workload::{Kind, Outcome, State};

use crate::runtime::{Runtime, ask, get, until, workload};

#[test]
fn a_service_answers_and_keeps_its_files_but_not_its_memory() {
    let runtime = Runtime::start();
    let service = workload("web", runtime.hello(), Kind::Service);
    let port = runtime.serve(&service);
    let (status, page) = get(port, "/");
    assert_eq!(status, 200);
    assert!(page.contains("Hello from a component"));
    assert_eq!(get(port, "/nothing").0, 404);
    let echo =
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\nhello";
    assert!(ask(port, echo).1.contains("hello"));
    assert!(get(port, "/count").1.contains('1'));
    assert!(get(port, "/count").1.contains('2'));
    let status = runtime.client.stop(&service.name).unwrap();
    let report = status.report.unwrap();
    assert_eq!(
        (status.state, report.outcome),
        (State::Ended, Outcome::Stopped)
    );
    assert_eq!((report.used.requests, report.used.files), (5, 1));
    assert!(report.used.fuel > 0);
    // Stopped isn't removed: what was paused goes on where it was.
    runtime.client.resume(&service.name).unwrap();
    assert!(get(runtime.port(&service.name), "/count").1.contains('3'));
}

#[test]
fn a_request_that_misbehaves_hurts_nobody_else() {
    let runtime = Runtime::start();
    let mut service = workload("web", runtime.hello(), Kind::Service);
    service.limits.fuel = 200_000_000;
    service.limits.memory_bytes = 16 << 20;
    service.limits.wall_ms = 20_000;
    service.limits.body_bytes = 100_000;
    let port = runtime.serve(&service);
    let loops = std::thread::spawn(move || get(port, "/loop"));
    assert_eq!(get(port, "/").0, 200);
    let (status, reason) = loops.join().unwrap();
    assert_eq!(
        (status, reason.as_str()),
        (502, "the request used up its fuel\n")
    );
    assert!(get(port, "/allocate").1.contains("MiB"));
    assert_eq!(
        get(port, "/trap"),
        (502, "the service broke down\n".to_owned())
    );
    assert_eq!(get(port, "/silent").0, 502);
    let (_, large) = get(port, "/large?1000000");
    assert!(large.len() < 120_000, "{}", large.len());
    let huge = format!(
        "POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 1000000\r\n\r\n{}",
        "x".repeat(1_000_000)
    );
    assert!(ask(port, &huge).1.len() < 120_000);
    assert_eq!(get(port, "/").0, 200);
}

#[test]
fn a_request_ends_with_its_time_and_a_busy_service_says_so() {
    let runtime = Runtime::start();
    let mut service = workload("web", runtime.hello(), Kind::Service);
    service.limits.fuel = 1 << 50;
    service.limits.wall_ms = 1_500;
    service.limits.concurrency = 1;
    let port = runtime.serve(&service);
    let loops = std::thread::spawn(move || get(port, "/loop"));
    let busy = until("the service is busy", || {
        Some(get(port, "/")).filter(|(status, _)| *status != 200)
    });
    assert_eq!(busy, (503, "the service is busy\n".to_owned()));
    assert_eq!(
        loops.join().unwrap(),
        (504, "the service took too long\n".to_owned())
    );
    assert_eq!(get(port, "/").0, 200);
}

#[test]
fn slow_clients_leave_room_for_others() {
    let runtime = Runtime::start();
    let mut service = workload("web", runtime.hello(), Kind::Service);
    service.limits.concurrency = 4;
    let port = runtime.serve(&service);
    let mut slow: Vec<TcpStream> = (0..8)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    for stream in &mut slow {
        stream.write_all(b"GET / HTTP/1.1\r\nhost: ").unwrap();
    }
    assert_eq!(get(port, "/").0, 200);
    let mut waiting = slow.pop().unwrap();
    waiting
        .set_read_timeout(Some(Duration::from_secs(60)))
        .unwrap();
    let mut rest = Vec::new();
    let _ = waiting.read_to_end(&mut rest);
    assert!(
        !String::from_utf8_lossy(&rest).contains(" 200 "),
        "it was cut off"
    );
}

#[test]
fn a_log_can_be_followed_while_it_is_written() {
    let runtime = Runtime::start();
    let service = workload("web", runtime.hello(), Kind::Service);
    let port = runtime.serve(&service);
    let mut followed = runtime.client.logs(&service.name, 0, true).unwrap();
    for line in ["one", "two", "three"] {
        get(port, &format!("/log?{line}"));
        assert_eq!(followed.next().unwrap().unwrap().text, line);
    }
    runtime.client.stop(&service.name).unwrap();
    assert!(followed.next().is_none(), "it ends with the service");
}

#[test]
fn what_handles_no_requests_is_no_service() {
    let runtime = Runtime::start();
    let service = workload("web", runtime.tool(), Kind::Service);
    let ended = runtime.run(&service);
    assert!(
        matches!(ended.report.outcome, Outcome::Refused { .. }),
        "{:?}",
        ended.report.outcome
    );
}
