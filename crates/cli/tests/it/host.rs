//! From an SDL file to a running component, on a local network: ordered, leased, sent, reached, and alive when its host is killed.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use lilliput_types::market::LeaseId;
use lilliput_workload::{Client, Digest, State};
use serde_json::Value;

use crate::market::Field;
use crate::world::{arg, lilliput};

const PATIENCE: Duration = Duration::from_secs(120);

/// A provider's process; killed with its runtime when the test ends.
struct Host {
    process: Child,
    url: String,
    port: u16,
}

fn component(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("../runtime/components/{name}.wasm"))
}

fn until<T>(what: &str, look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "it never was that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

impl Host {
    fn start(field: &Field, port: u16) -> Self {
        let mut command = lilliput();
        command.args([
            "host",
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--key",
            "cheap",
        ]);
        command.args(field.up.buyer()).stdout(Stdio::null());
        let process = command.spawn().unwrap();
        let host = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
            port,
        };
        until("the gateway answers", || {
            (host.get("localhost", "/status", None).0 == 200).then_some(())
        });
        host
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    fn get(&self, host: &str, target: &str, token: Option<&str>) -> (u16, String) {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else {
            return (0, String::new());
        };
        let token = token.map_or(String::new(), |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        let request =
            format!("GET {target} HTTP/1.1\r\nhost: {host}\r\n{token}connection: close\r\n\r\n");
        let _ = stream.write_all(request.as_bytes());
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let text = String::from_utf8_lossy(&answer);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head
            .split(' ')
            .nth(1)
            .and_then(|status| status.parse().ok());
        (status.unwrap_or(0), body.to_owned())
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// An SDL file with one component.
fn file(field: &Field, image: &str, more: &str) -> PathBuf {
    let text = format!(
        r#"version: "2.0"
services:
  web:
    image: {image}
{more}    expose:
      - port: 80
        to:
          - global: true
profiles:
  compute:
    web:
      resources:
        cpu:
          units: 1
        memory:
          size: 64Mi
        storage:
          size: 16Mi
  placement:
    here:
      pricing:
        web:
          denom: uact
          amount: 12000
deployment:
  web:
    here:
      profile: web
      count: 1
"#
    );
    let path = field.folder.path().join("component.yaml");
    std::fs::write(&path, text).unwrap();
    path
}

fn id(name: &str) -> Digest {
    Digest::of_blob(&std::fs::read(component(name)).unwrap())
}

/// The runtime that the host started.
fn runtime(field: &Field) -> Client {
    let short: String = field.address("cheap").chars().take(16).collect();
    Client::new(&field.folder.path().join("host").join(short).join("runtime"))
}

fn end(field: &Field, mut host: Host) {
    host.kill();
    if let Ok((_, process)) = runtime(field).hello() {
        let process = rustix::process::Pid::from_raw(i32::try_from(process).unwrap()).unwrap();
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
}

/// Orders, bids, sends; returns the lease and when the order was made.
fn lease(field: &Field, host: &Host, file: &std::path::Path, component: &str) -> LeaseId {
    let (_, order) = field.create(file, &["--bidding", "1s", "--deposit-for", "2h"]);
    field.run(
        "cheap",
        &["bid", "place", &order.to_string(), "--rate", "0=3600000"],
        0,
    );
    let lease = field.leased(order);
    let blob = self::component(component);
    // The host looks at the ledger a few times a second.
    until("the manifest is taken", || {
        let sent = send(field, host, file, &blob);
        (sent["started"]
            .as_array()
            .is_some_and(|started| started.len() == 1))
        .then_some(())
    });
    lease
}

fn send(field: &Field, host: &Host, file: &std::path::Path, blob: &std::path::Path) -> Value {
    let mut command = lilliput();
    command.args([
        "deploy",
        "send",
        arg(file),
        "--deployment",
        "1",
        "--gateway",
        &host.url,
    ]);
    command
        .args(["--blob", arg(blob), "--json", "--key", "default"])
        .args(field.up.buyer());
    let output = command.output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_default()
}

#[test]
fn a_service_is_bought_reached_and_alive_when_its_host_is_killed() {
    let field = Field::start();
    let mut host = Host::start(&field, free_port());
    let file = file(
        &field,
        &format!("lilliput.wasm/service/{}", id("hello")),
        "",
    );
    let lease = lease(&field, &host, &file, "hello");
    let token = field.run("default", &["token", "--scope", "status"], 0);
    let token = token["token"].as_str().unwrap().to_owned();
    let about = format!("/lease/1/1/{lease}/status");
    let status = host.get("localhost", &about, Some(&token));
    assert_eq!(status.0, 200, "{}", status.1);
    let status: Value = serde_json::from_str(&status.1).unwrap();
    let name = status["services"]["web"]["uris"][0]
        .as_str()
        .unwrap()
        .to_owned();
    until("the service answers", || {
        (host.get(&name, "/", None).0 == 200).then_some(())
    });
    assert!(host.get(&name, "/count", None).1.contains('1'));
    assert_eq!(host.get("localhost", &about, None).0, 401);

    let before = runtime(&field).list().unwrap();
    host.kill();
    host = Host::start(&field, host.port);
    until("the service answers again", || {
        host.get(&name, "/count", None)
            .1
            .contains('2')
            .then_some(())
    });
    assert_eq!(
        runtime(&field).list().unwrap()[0].process,
        before[0].process
    );

    field.run("default", &["lease", "leave", &lease.to_string()], 0);
    until("nothing runs any more", || {
        runtime(&field)
            .list()
            .is_ok_and(|all| all.is_empty())
            .then_some(())
    });
    let supply = field.client().supply().unwrap();
    assert!(supply.conserved, "{supply:?}");
    end(&field, host);
}

#[test]
fn a_job_is_bought_sent_and_runs_to_its_end() {
    let field = Field::start();
    let host = Host::start(&field, free_port());
    let more = "    args:\n      - exit\n      - \"0\"\n";
    let file = file(&field, &format!("lilliput.wasm/job/{}", id("tool")), more);
    let (_, order) = field.create(&file, &["--bidding", "1s", "--deposit-for", "2h"]);
    field.run(
        "cheap",
        &["bid", "place", &order.to_string(), "--rate", "0=3600000"],
        0,
    );
    field.leased(order);
    let begun = Instant::now();
    until("the manifest is taken", || {
        let sent = send(&field, &host, &file, &component("tool"));
        (sent["started"]
            .as_array()
            .is_some_and(|started| started.len() == 1))
        .then_some(())
    });
    let ended = |status: &lilliput_workload::Status| status.state == State::Ended;
    until("the job ends", || {
        runtime(&field)
            .list()
            .ok()
            .filter(|all| all.first().is_some_and(ended))
    });
    eprintln!(
        "lease to a job's end, sending and compiling included: {:?}",
        begun.elapsed()
    );
    end(&field, host);
}
