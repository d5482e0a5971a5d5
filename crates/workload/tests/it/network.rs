//! Off, but for what is allowed.

use std::io::{Read, Write};
use std::net::TcpListener;

use lilliput_workload::Kind;

use crate::runtime::{Runtime, get, workload};

/// A neighbour that answers whoever gets through.
fn neighbour() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let _ = stream.read(&mut [0; 1024]);
            let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
        }
    });
    address
}

#[test]
fn a_job_opens_no_socket_unless_it_was_allowed() {
    let address = neighbour();
    let runtime = Runtime::with(&["--network", &address]);
    let ended = runtime.job(&["connect", &address], |_| {});
    ended.assert_exit(0);
    assert!(ended.stdout.starts_with("no "), "{}", ended.stdout);
    let ended = runtime.job(&["connect", &address], |workload| {
        workload.network.insert(address.parse().unwrap());
    });
    assert_eq!(ended.stdout, "connected\n");
    assert_eq!(ended.report.used.sub_requests, 1);
    let elsewhere = neighbour();
    let ended = runtime.job(&["connect", &elsewhere], |workload| {
        workload.network.insert(address.parse().unwrap());
    });
    assert!(ended.stdout.starts_with("no "), "{}", ended.stdout);
    let ended = runtime.job(&["lookup", "localhost"], |workload| {
        workload.network.insert(address.parse().unwrap());
    });
    assert!(ended.stdout.contains("Err"), "{}", ended.stdout);
}

#[test]
fn what_the_operator_did_not_allow_is_not_accepted() {
    let runtime = Runtime::start();
    let mut asked = workload("a", runtime.tool(), Kind::Job);
    asked.network.insert("example.org:80".parse().unwrap());
    let error = runtime.client.start(&asked).unwrap_err();
    assert!(
        error.to_string().contains("example.org:80 isn't among"),
        "{error}"
    );
}

#[test]
fn a_service_asks_only_what_it_may_and_only_so_often() {
    let address = neighbour();
    let elsewhere = neighbour();
    let port = address.rsplit_once(':').unwrap().1;
    let named = format!("localhost:{port}");
    let runtime = Runtime::with(&["--network", &address, "--network", &named]);
    let mut service = workload("web", runtime.hello(), Kind::Service);
    service.network.insert(address.parse().unwrap());
    service.network.insert(named.parse().unwrap());
    let port = runtime.serve(&service);
    assert!(
        get(port, &format!("/get?{address}"))
            .1
            .contains("status 204")
    );
    assert!(
        get(port, &format!("/get?{elsewhere}"))
            .1
            .contains("HttpRequestDenied")
    );
    assert!(
        get(port, &format!("/get?{named}"))
            .1
            .contains("DestinationIpProhibited")
    );
    service.name = "mute".parse().unwrap();
    service.limits.sub_requests = 0;
    let port = runtime.serve(&service);
    assert!(
        get(port, &format!("/get?{address}"))
            .1
            .contains("ConnectionLimitReached")
    );
}
