//! Services by host name.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use lilliput_gateway::Config;

use crate::provider::{Provider, lease, until, web};

#[test]
fn a_service_is_reached_by_its_names_and_by_no_others() {
    let provider = Provider::start();
    let manifest = web(&["shop.example"]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    for name in [
        host.as_str(),
        "shop.example",
        "SHOP.example:8080",
        "shop.example.",
    ] {
        let answer = provider.get(name, "/");
        assert_eq!(answer.status, 200, "{name}");
        assert!(answer.body.contains("Hello from a component"));
    }
    assert_eq!(provider.get("other.example", "/").status, 404);
    assert_eq!(provider.get("wrong.gateway.test", "/").status, 404);
    let two = provider.get("shop.example\r\nhost: other.example", "/");
    assert_eq!(two.status, 400);
    let absolute = provider.get("other.example", "http://shop.example/");
    assert_eq!(absolute.status, 400);
    let echo = provider.ask("POST", "/echo", "shop.example", None, b"said");
    assert!(echo.body.contains("said"));
}

#[test]
fn a_service_that_was_started_again_is_found_again() {
    let provider = Provider::start();
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    let name = lilliput_gateway::manifest::workload_name(&lease, "web");
    provider.runtime().restart(&name).unwrap();
    until("it answers again", || {
        (provider.get(&host, "/").status == 200).then_some(())
    });
}

#[test]
fn clients_that_do_nothing_are_let_go() {
    let config = Config {
        connections_max: 4,
        client_timeout: Duration::from_millis(500),
    };
    let provider = Provider::with(config);
    let mut slow: Vec<TcpStream> = (0..4)
        .map(|_| TcpStream::connect(provider.address).unwrap())
        .collect();
    for stream in &mut slow {
        stream
            .write_all(b"GET /status HTTP/1.1\r\nhost: gate")
            .unwrap();
    }
    // All room is taken, and free again as soon as the slow ones have had their time.
    assert_eq!(provider.get("gateway.test", "/status").status, 200);
    let mut rest = Vec::new();
    let _ = slow[0].read_to_end(&mut rest);
    assert!(!String::from_utf8_lossy(&rest).contains(" 200 "));
}

#[test]
fn clients_that_do_not_take_their_answer_are_let_go() {
    let config = Config {
        connections_max: 4,
        client_timeout: Duration::from_millis(500),
    };
    let provider = Provider::with(config);
    let manifest = web(&[]);
    let lease = lease(1, 7, &manifest);
    provider.desk.reconcile(vec![lease.clone()]).unwrap();
    let host = provider.deploy(7, &lease, "hello", &manifest);
    let slow: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = TcpStream::connect(provider.address).unwrap();
            write!(
                stream,
                "GET /large?8000000 HTTP/1.1\r\nhost: {host}\r\n\r\n"
            )
            .unwrap();
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    assert_eq!(provider.get(&host, "/").status, 200);
    drop(slow);
}
