//! Bytes that are no component, or one that nobody should run.

use lilliput_workload::protocol::RefusalKind;
use lilliput_workload::{Kind, Outcome, WorkloadError};

use crate::runtime::{Runtime, component, free_name, workload};

fn refusal(runtime: &Runtime, bytes: &[u8]) -> String {
    let id = runtime.put(bytes);
    let ended = runtime.run(&workload(&free_name(), id, Kind::Job));
    match ended.report.outcome {
        Outcome::Refused { reason } => reason,
        other => panic!("it ran: {other:?}"),
    }
}

#[test]
fn what_is_no_component_is_refused() {
    let runtime = Runtime::start();
    for bytes in [
        &b""[..],
        b"\0asm",
        b"\0asm\x01\0\0\0",
        b"#!/bin/sh\necho",
        &[0xff; 1000],
    ] {
        refusal(&runtime, bytes);
    }
    let module = wat::parse_str("(module (memory 1))").unwrap();
    refusal(&runtime, &module);
    let empty = wat::parse_str("(component)").unwrap();
    assert!(refusal(&runtime, &empty).contains("wasi:cli/run"));
}

#[test]
fn what_wants_a_process_or_a_thread_is_refused_before_it_runs() {
    let runtime = Runtime::start();
    for import in [
        "wasi:process/spawn",
        "host:env/fork",
        "wasi:thread/spawn@0.1.0",
    ] {
        let text = format!(r#"(component (import "{import}" (instance (export "spawn" (func)))))"#);
        let reason = refusal(&runtime, &wat::parse_str(text).unwrap());
        let name = import.split('@').next().unwrap();
        assert!(reason.contains(name), "{reason}");
    }
}

#[test]
fn changed_bytes_of_a_real_component_never_break_the_supervisor() {
    let runtime = Runtime::start();
    let good = component("tool");
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        usize::try_from(random >> 33).unwrap()
    };
    for _ in 0..12 {
        let mut bytes = good.clone();
        for _ in 0..1 + next() % 8 {
            let at = next() % bytes.len();
            bytes[at] = u8::try_from(next() % 256).unwrap();
        }
        bytes.truncate(bytes.len() - next() % 2 * (next() % 1000));
        let id = runtime.put(&bytes);
        let mut changed = workload(&free_name(), id, Kind::Job);
        changed.limits.wall_ms = 2_000;
        changed.limits.fuel = 1_000_000;
        // However it ends, it ends, and the supervisor goes on.
        runtime.run(&changed);
    }
    runtime.job(&["exit", "0"], |_| {}).assert_exit(0);
}

#[test]
fn a_component_that_is_too_large_is_not_taken() {
    let runtime = Runtime::with(&["--blob-bytes-max", "1000000"]);
    let error = runtime.client.put(&vec![0; 1_000_001]).unwrap_err();
    let full = matches!(
        error,
        WorkloadError::Refused {
            kind: RefusalKind::Full,
            ..
        }
    );
    assert!(full, "{error}");
    runtime.put(&[0; 1000]);
}

#[test]
fn many_parts_that_want_memory_together_get_none() {
    let runtime = Runtime::start();
    let memories: String = (0..100)
        .map(|number| {
            format!(
                "(core module $m{number} (memory 1000)) (core instance (instantiate $m{number}))"
            )
        })
        .collect();
    let text = format!(
        r#"(component {memories}
            (core module $run (func (export "run") (result i32) (i32.const 0)))
            (core instance $run (instantiate $run))
            (func $lifted (result (result)) (canon lift (core func $run "run")))
            (instance $command (export "run" (func $lifted)))
            (export "wasi:cli/run@0.2.0" (instance $command)))"#
    );
    let id = runtime.put(&wat::parse_str(text).unwrap());
    let ended = runtime.run(&workload("many", id, Kind::Job));
    let limit = lilliput_workload::Limit::Memory;
    assert_eq!(ended.report.outcome, Outcome::Exceeded { limit });
    assert!(ended.report.used.memory_bytes_peak <= 128 << 20);
}

#[test]
fn a_start_function_that_loops_ends_with_its_fuel() {
    let runtime = Runtime::start();
    let text = r#"(component
        (core module $m (func $f (loop (br 0))) (start $f))
        (core instance (instantiate $m))
        (core module $run (func (export "run") (result i32) (i32.const 0)))
        (core instance $run (instantiate $run))
        (func $lifted (result (result)) (canon lift (core func $run "run")))
        (instance $command (export "run" (func $lifted)))
        (export "wasi:cli/run@0.2.0" (instance $command)))"#;
    let id = runtime.put(&wat::parse_str(text).unwrap());
    let mut early = workload("early", id, Kind::Job);
    early.limits.fuel = 1_000_000;
    let limit = lilliput_workload::Limit::Fuel;
    assert_eq!(
        runtime.run(&early).report.outcome,
        Outcome::Exceeded { limit }
    );
}

#[test]
fn requests_that_make_no_sense_are_answered_with_no() {
    use std::io::{BufRead, BufReader, Write};
    use std::os::unix::net::UnixStream;
    let runtime = Runtime::start();
    for line in [
        "",
        "{}",
        "[]",
        "null",
        "{\"do\":\"fly\"}",
        "{\"do\":\"status\",\"name\":\"../..\"}",
        "{\"do\":\"status\",\"name\":\"a\",\"more\":1}",
        "{\"do\":\"read\",\"name\":\"a\",\"what\":{\"file\":\"/etc/passwd\"}}",
    ] {
        let mut stream = UnixStream::connect(runtime.state().join("runtime.sock")).unwrap();
        stream.write_all(line.as_bytes()).unwrap();
        stream.write_all(b"\n").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        assert!(answer.contains("\"refused\""), "{line}: {answer}");
    }
    let mut stream = UnixStream::connect(runtime.state().join("runtime.sock")).unwrap();
    let _ = stream.write_all(&vec![b'x'; (1 << 20) + 10]);
    let mut answer = String::new();
    let _ = BufReader::new(stream).read_line(&mut answer);
    assert!(runtime.client.hello().is_ok());
}
