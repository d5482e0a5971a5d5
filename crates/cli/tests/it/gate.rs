//! `lilliput gate`: what scripts rely on, and the gate as a process that is paid on the ledger.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lilliput_client::Client;
use lilliput_toll::payment::{OfferToken, PaymentPayload, PaymentRequired, toll_payload};
use lilliput_types::bank::{BankMessage, Toll};
use lilliput_types::{Amount, Message, Segment, TimeMs, TollNonce};
use serde_json::json as value;

use crate::world::{arg, json, ledger, lilliput, refused, secret, sender};

fn examples() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/gate")
}

fn explained(policy: &Path, request: &serde_json::Value) -> serde_json::Value {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("request.json");
    fs::write(&file, request.to_string()).unwrap();
    json(
        &[
            "gate",
            "explain",
            "--policy",
            arg(policy),
            "--request",
            arg(&file),
        ],
        0,
    )
}

#[test]
fn a_policy_says_what_happens_and_why() {
    let policy = examples().join("policy.toml");
    let request = examples().join("request.json");
    let told = json(
        &[
            "gate",
            "explain",
            "--policy",
            arg(&policy),
            "--request",
            arg(&request),
        ],
        0,
    );
    assert_eq!(
        (&told["decision"], &told["rule"], &told["price"]),
        (
            &value!("pay"),
            &value!("the-archive-costs-more"),
            &value!("0.05")
        )
    );
    let told = explained(
        &policy,
        &value!({ "path": "/x/../wp-admin/", "headers": { "User-Agent": "Mozilla/5.0" } }),
    );
    assert_eq!(
        (&told["decision"], &told["price"]),
        (&value!("deny"), &value!(null))
    );
    let told = explained(
        &policy,
        &value!({ "path": "/robots.txt", "headers": { "User-Agent": "curl" } }),
    );
    assert_eq!(
        (&told["decision"], &told["rule"]),
        (&value!("pass"), &value!("exempt-robots"))
    );
}

#[test]
fn a_policy_or_request_that_is_wrong_is_exit_code_2_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("policy.toml");
    fs::write(
        &policy,
        "version = 1\n[[rule]]\nname = \"a\"\naction = \"alow\"\npath = \"/\"\n",
    )
    .unwrap();
    let request = examples().join("request.json");
    let said = refused(
        &[
            "gate",
            "explain",
            "--policy",
            arg(&policy),
            "--request",
            arg(&request),
        ],
        2,
    );
    assert!(
        said.contains("policy.toml, line 4: `alow` is no action"),
        "{said}"
    );
    fs::write(folder.path().join("r.json"), "{\"path\": 3}").unwrap();
    refused(
        &[
            "gate",
            "explain",
            "--request",
            arg(&folder.path().join("r.json")),
        ],
        2,
    );
    refused(&["gate", "--upstream", "https://example.org"], 2);
    refused(&["gate"], 2);
    refused(
        &[
            "gate",
            "--upstream",
            "http://127.0.0.1:1",
            "--admin",
            "0.0.0.0:0",
            "--data",
            arg(folder.path()),
        ],
        1,
    );
}

#[test]
fn a_policy_of_anubis_is_translated_or_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("botPolicies.yaml");
    fs::write(&file, "bots:\n  - name: bad\n    user_agent_regex: Evil\n    action: DENY\n  - name: far\n    action: DENY\n    geoip: {countries: [BR]}\n").unwrap();
    let said = refused(&["gate", "import-anubis", arg(&file)], 2);
    assert!(said.contains("botPolicies.yaml, line 7: `geoip`"), "{said}");
    let out = folder.path().join("policy.toml");
    let told = json(
        &[
            "gate",
            "import-anubis",
            arg(&file),
            "--leave-out",
            "--out",
            arg(&out),
        ],
        0,
    );
    assert_eq!(told["left_out"].as_array().unwrap().len(), 1);
    let told = explained(
        &out,
        &value!({ "path": "/", "headers": { "User-Agent": "Evil/1" } }),
    );
    assert_eq!(told["decision"], "deny");
}

/// `lilliput gate` as a process of its own.
struct Gate {
    child: Child,
    address: SocketAddr,
    _stdout: BufReader<std::process::ChildStdout>,
}

impl Gate {
    fn start(arguments: &[&str]) -> Self {
        let mut child = lilliput()
            .args(["gate", "--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut address = None;
        loop {
            let mut line = String::new();
            assert!(stdout.read_line(&mut line).unwrap() > 0, "the gate ended");
            if let Some(rest) = line.strip_prefix("gate      http://") {
                address = rest.split(' ').next().unwrap().parse().ok();
            }
            if line.starts_with("up;") {
                break;
            }
        }
        Self {
            child,
            address: address.unwrap(),
            _stdout: stdout,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops it as a service manager does.
    fn stop(mut self) {
        let id = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(id, rustix::process::Signal::TERM).unwrap();
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A site that says one word.
fn site() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || {
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
                    if line.ends_with("\r\n\r\n") {
                        line.clear();
                        let answer = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nserved";
                        if std::io::Write::write_all(&mut &stream, answer.as_bytes()).is_err() {
                            return;
                        }
                    }
                }
            });
        }
    });
    address
}

struct Answer {
    status: u16,
    headers: ureq::http::HeaderMap,
    text: String,
}

fn get(url: &str, headers: &[(&str, &str)]) -> Answer {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .into();
    let mut request = agent.get(url);
    for (name, text) in headers {
        request = request.header(*name, *text);
    }
    let mut response = request.call().unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        text: response.body_mut().read_to_string().unwrap(),
    }
}

#[test]
fn a_gate_stops_when_told_and_its_log_can_be_checked() {
    let folder = tempfile::tempdir().unwrap();
    let site = format!("http://{}", site());
    let gate = Gate::start(&[
        "--upstream",
        &site,
        "--observe",
        "--data",
        arg(folder.path()),
    ]);
    for number in 0..5 {
        assert_eq!(
            get(
                &gate.url(&format!("/{number}")),
                &[("User-Agent", "GPTBot")]
            )
            .text,
            "served"
        );
    }
    gate.stop();
    let log = folder.path().join("gate/decisions-000001.jsonl");
    let told = json(&["gate", "log", "verify", arg(&log)], 0);
    assert_eq!(
        (&told["valid"], &told["decisions"], &told["unsealed"]),
        (&value!(true), &value!(5), &value!(0))
    );
    let changed = fs::read_to_string(&log)
        .unwrap()
        .replace("\"judged\":\"pay\"", "\"judged\":\"pass\"");
    fs::write(&log, changed).unwrap();
    let told = json(&["gate", "log", "verify", arg(&log)], 3);
    assert_eq!(told["valid"], false);
    refused(
        &["gate", "log", "verify", arg(&folder.path().join("none"))],
        2,
    );
}

#[test]
fn a_crawler_pays_on_the_ledger_and_the_money_is_revenue_of_identity() {
    let folder = tempfile::tempdir().unwrap();
    let up = ledger(folder.path());
    let crawler = sender(&up.url, secret(folder.path(), "default"));
    let owner = sender(&up.url, lilliput_crypto::SecretKey::generate().unwrap()).address();
    let policy = folder.path().join("policy.toml");
    fs::write(&policy, format!("version = 1\n[prices]\ntraining = \"0.01\"\n[pay.ledger]\nto = \"{owner}\"\nasset = \"LIL\"\nunits = 1000000\n[[rule]]\nname = \"training\"\naction = \"pay\"\nclass = [\"training\"]\n")).unwrap();
    let site = format!("http://{}", site());
    let data = folder.path().join("own");
    let gate = Gate::start(&[
        "--upstream",
        &site,
        "--policy",
        arg(&policy),
        "--ledger",
        &up.url,
        "--data",
        arg(&data),
    ]);
    let url = gate.url("/docs/page");
    let asked = get(&url, &[("User-Agent", "GPTBot/1.2")]);
    assert_eq!(asked.status, 402, "{}", asked.text);
    let required =
        PaymentRequired::from_header(asked.headers["payment-required"].to_str().unwrap()).unwrap();
    let terms = &required.accepts[0];
    let offer = OfferToken::read(terms.extra["offer"].as_str().unwrap()).unwrap();
    let in_a_minute =
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + Duration::from_secs(60);
    let toll = Toll {
        asset: "LIL".parse().unwrap(),
        to: owner,
        amount: terms.amount.parse().unwrap(),
        nonce: TollNonce(lilliput_crypto::Digest(offer.0)),
        valid_until: TimeMs(u64::try_from(in_a_minute.as_millis()).unwrap()),
    };
    let submission = crawler
        .sign(vec![Message::Bank(BankMessage::Toll(toll))], Vec::new())
        .unwrap();
    let payload = PaymentPayload {
        x402_version: 2,
        resource: None,
        accepted: terms.clone(),
        payload: toll_payload(&submission.transaction),
        extensions: None,
    };
    let header = payload.to_header();
    let pays = [
        ("User-Agent", "GPTBot/1.2"),
        ("PAYMENT-SIGNATURE", header.as_str()),
    ];
    let client = Client::new(&up.url).unwrap();
    let identity = || {
        let all = client.revenue().unwrap();
        let rows = all.iter().filter(|row| row.segment == Segment::Identity);
        rows.fold((0, 0), |(participants, network), row| {
            (participants + row.participants.0, network + row.network.0)
        })
    };
    let before = identity();
    let served = get(&url, &pays);
    assert_eq!((served.status, served.text.as_str()), (200, "served"));
    assert!(served.headers.contains_key("payment-response"));
    assert_eq!(get(&url, &pays).status, 409, "once");
    assert_eq!(
        client.account(owner).unwrap().balances[0].amount,
        Amount(10_000)
    );
    let after = identity();
    assert_eq!(after.0 - before.0, 10_000);
    assert!(after.1 > before.1, "the fee is the segment's as well");
    gate.stop();
}
