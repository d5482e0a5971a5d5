//! Leases begin, pause, end, and live through restarts.

use lilliput_gateway::LeaseState;
use lilliput_workload::State;
use serde_json::{Value, json};

use crate::provider::{Provider, component, lease, token, until, web};

fn full() -> Value {
    json!({"access": "full"})
}

#[test]
fn a_provider_that_ends_finds_its_leases_running() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    assert!(provider.get(&host, "/count").body.contains('1'));
    let name = lilliput_gateway::manifest::workload_name(&lease, "web");
    let process = provider.runtime().status(&name).unwrap().process;
    let provider = provider.start_again();
    let done = provider.desk.reconcile(vec![lease]).unwrap();
    assert!(
        done.started.is_empty() && done.stopped.is_empty() && done.trouble.is_empty(),
        "{done:?}"
    );
    assert!(provider.get(&host, "/count").body.contains('2'));
    assert_eq!(
        provider.runtime().status(&name).unwrap().process,
        process,
        "it was never ended"
    );
}

#[test]
fn a_paused_lease_keeps_its_files_and_an_ended_one_nothing() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let mut lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    assert!(provider.get(&host, "/count").body.contains('1'));
    lease.state = LeaseState::Paused;
    assert_eq!(
        provider
            .desk
            .reconcile(vec![lease.clone()])
            .unwrap()
            .stopped
            .len(),
        1
    );
    assert_eq!(provider.get(&host, "/").status, 503);
    lease.state = LeaseState::Active;
    assert_eq!(
        provider.desk.reconcile(vec![lease]).unwrap().started.len(),
        1
    );
    until("it runs again", || {
        provider
            .get(&host, "/count")
            .body
            .contains('2')
            .then_some(())
    });
    assert_eq!(
        provider.desk.reconcile(Vec::new()).unwrap().stopped.len(),
        1
    );
    assert_eq!(provider.get(&host, "/").status, 404);
    assert!(provider.runtime().list().unwrap().is_empty());
}

#[test]
fn a_manifest_is_taken_if_it_is_the_leases_and_everything_is_there() {
    let provider = Provider::start();
    let manifest = web(&["shop.example"]);
    provider
        .desk
        .reconcile(vec![lease(1, 7, &manifest), lease(2, 8, &manifest)])
        .unwrap();
    let send = |dseq: u64, owner: u8, bytes: &[u8]| {
        provider.api(
            "PUT",
            &format!("/deployment/{dseq}/manifest"),
            &token(owner, full()),
            bytes,
        )
    };
    let other = send(1, 7, &web(&["another.example"]));
    assert_eq!(other.status, 422, "{}", other.body);
    let early = send(1, 7, &manifest);
    assert_eq!(early.status, 409, "{}", early.body);
    assert!(early.body.contains("upload it first"));
    let put = provider.api(
        "POST",
        "/deployment/1/blobs",
        &token(7, full()),
        &component("hello"),
    );
    assert_eq!(put.status, 200);
    assert_eq!(send(1, 7, &manifest).status, 200);
    let taken = send(2, 8, &manifest);
    assert_eq!(
        taken.status, 409,
        "a host name belongs to who had it first: {}",
        taken.body
    );
    let huge = send(1, 7, &vec![b' '; 2 << 20]);
    assert_eq!(huge.status, 413);
}

#[test]
fn logs_events_status_files_and_restart_go_through_the_gateway() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    let token = token(7, full());
    let about = |method: &str, what: &str| {
        provider.api(method, &format!("/lease/1/1/1/{what}"), &token, b"")
    };
    provider.get(&host, "/log?first");
    provider.get(&host, "/count");
    assert!(about("GET", "logs").body.contains("\"first\""));
    assert!(about("GET", "status").body.contains(&host));
    assert!(about("GET", "kubeevents").body.contains("\"started\""));
    assert!(about("GET", "files").body.contains("\"count\""));
    assert!(about("GET", "files?path=count").body.contains('1'));
    assert_eq!(about("GET", "files?path=..%2F..%2Fstatus.json").status, 400);
    assert_eq!(about("GET", "shell").status, 404);
    // Followed until the service ends.
    let follow = std::thread::scope(|scope| {
        let follower = scope.spawn(|| about("GET", "logs?follow=true").body);
        provider.get(&host, "/log?second");
        let name = lilliput_gateway::manifest::workload_name(&lease, "web");
        provider.runtime().stop(&name).unwrap();
        follower.join().unwrap()
    });
    assert!(
        follow.contains("\"first\"") && follow.contains("\"second\""),
        "{follow}"
    );
    let name = lilliput_gateway::manifest::workload_name(&lease, "web");
    provider.runtime().resume(&name).unwrap();
    let running = |status: lilliput_workload::Status| status.state == State::Running;
    until("it runs", || {
        provider
            .runtime()
            .status(&name)
            .ok()
            .filter(|status| running(status.clone()))
    });
    let before = provider.runtime().status(&name).unwrap().process;
    assert_eq!(about("POST", "restart").status, 200);
    until("another process runs", || {
        provider
            .runtime()
            .status(&name)
            .ok()
            .filter(|status| status.process != before && running(status.clone()))
    });
}
