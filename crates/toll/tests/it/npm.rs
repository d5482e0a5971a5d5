//! The real clients that others publish, from npm: x402's pays and gets its page, Web Bot Auth's is known.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lilliput_crypto::PublicKey;
use lilliput_toll::bot::{
    Agent, AgentKind, BotKey, BotPolicy, Directories, DirectoryPolicy, HttpsFetch, Outcome,
    RequestHead, Verifier,
};
use lilliput_toll::payment::{
    Answer, Booth, Charge, EvmRail, EvmToken, Facilitator, Price, Receipt, Settlement,
};
use serde_json::Value;
use tempfile::tempdir;

use crate::support::{booth_with, pay_to};

fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.unwrap().as_secs()
}

/// The folder with the packages; none where npm isn't, or doesn't get them.
fn packages() -> Option<PathBuf> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("toll-npm");
    std::fs::create_dir_all(&folder).unwrap();
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/npm");
    for script in std::fs::read_dir(scripts).unwrap() {
        let script = script.unwrap();
        std::fs::copy(script.path(), folder.join(script.file_name())).unwrap();
    }
    let npm = Command::new("npm")
        .args([
            "install",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
        ])
        .current_dir(&folder)
        .output();
    match npm {
        Ok(npm) if npm.status.success() => Some(folder),
        Ok(npm) => {
            println!(
                "skipped: npm fails: {}",
                String::from_utf8_lossy(&npm.stderr)
            );
            None
        }
        Err(error) => {
            println!("skipped: there is no npm: {error}");
            None
        }
    }
}

/// Ends the process with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // Its input ends, and so does it, with what it started.
        drop(self.0.stdin.take());
        let _ = self.0.wait();
    }
}

fn node(folder: &Path, arguments: &[&str]) -> Value {
    let output = Command::new("node")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{arguments:?}: {text} {error}"))
}

/// A site of one page, behind a booth: as much of a gate as this test needs.
fn site(booth: Arc<Booth>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let page = format!("{url}/page");
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut payment = None;
            for line in BufReader::new(stream.try_clone().unwrap()).lines() {
                let line = line.unwrap();
                if line.is_empty() {
                    break;
                }
                if let Some((name, value)) = line.split_once(": ")
                    && name.eq_ignore_ascii_case("payment-signature")
                {
                    payment = Some(value.to_owned());
                }
            }
            let charge = Charge {
                method: "GET".to_owned(),
                url: page.clone(),
                price: Price(10_000),
                description: Some("a page".to_owned()),
                work: None,
            };
            let answer = respond(&booth, &charge, payment.as_deref());
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    url
}

fn respond(booth: &Booth, charge: &Charge, payment: Option<&str>) -> String {
    let whole = |status: &str, headers: &[(&str, String)], body: &str| {
        let mut text = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        format!("{text}connection: close\r\n\r\n{body}")
    };
    let answer = payment.map(|payment| booth.pay(charge, payment, now()).unwrap());
    match answer {
        None => {
            let required = booth.required(charge, "pay", now()).unwrap();
            whole("402 Payment Required", &required.headers, &required.body)
        }
        Some(Answer::Paid(granted)) => {
            whole("200 OK", &[(Answer::HEADER, granted.header)], "the page")
        }
        Some(Answer::AlreadyServed(granted)) => {
            whole("409 Conflict", &[(Answer::HEADER, granted.header)], "")
        }
        Some(other) => whole("402 Payment Required", &[], &format!("{other:?}")),
    }
}

#[test]
fn the_x402_client_pays_and_gets_its_page() {
    let Some(folder) = packages() else { return };
    let mut stage = Command::new("node")
        .arg("stage.mjs")
        .current_dir(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(stage.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let _stage = Running(stage);
    let stage: Value = serde_json::from_str(&line).unwrap();
    let text = |name: &str| stage[name].as_str().unwrap();

    let token = EvmToken {
        chain_id: 31_337,
        contract: text("token").parse().unwrap(),
        name: "Test Dollar".to_owned(),
        version: "1".to_owned(),
    };
    let facilitator = Facilitator::new(text("facilitator"), Duration::from_secs(30)).unwrap();
    let rail = EvmRail::rail(token, pay_to(), 1_000_000, facilitator, Some(text("rpc")));
    let home = tempdir().unwrap();
    let booth = Arc::new(booth_with(vec![rail.unwrap()], &home.path().join("toll")));
    let url = site(Arc::clone(&booth));

    let got = node(&folder, &["client.mjs", &format!("{url}/page")]);
    assert_eq!(
        (got["status"].as_u64(), got["body"].as_str()),
        (Some(200), Some("the page")),
        "{got}"
    );
    println!("the client's two requests took {} ms", got["milliseconds"]);
    let settled: Settlement = serde_json::from_value(got["settled"].clone()).unwrap();
    assert!(settled.success);
    let receipt = settled.extensions.unwrap();
    let jws = receipt["offer-receipt"]["info"]["receipt"]["signature"]
        .as_str()
        .unwrap();
    let receipt = Receipt::verify(jws, &booth.receipt_key()).unwrap();
    assert_eq!(receipt.transaction, settled.transaction);

    // The same payment once more, as a client would that lost the answer.
    let charge = Charge {
        method: "GET".to_owned(),
        url: format!("{url}/page"),
        price: Price(10_000),
        description: None,
        work: None,
    };
    let sent = got["sent"].as_str().unwrap();
    let again = booth.pay(&charge, sent, now()).unwrap();
    assert!(matches!(again, Answer::AlreadyServed(_)), "{again:?}");
}

#[test]
fn the_web_bot_auth_client_is_known() {
    let Some(folder) = packages() else { return };
    let fields = node(
        &folder,
        &[
            "sign.mjs",
            "https://site.example/page",
            "https://crawler.example",
        ],
    );
    let mut headers = http::HeaderMap::new();
    for (name, value) in fields.as_object().unwrap() {
        let name: http::HeaderName = name.parse().unwrap();
        headers.insert(name, value.as_str().unwrap().parse().unwrap());
    }
    let key = URL_SAFE_NO_PAD
        .decode("JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs")
        .unwrap();
    let agent = Agent::parse("https://crawler.example", AgentKind::Directory, false);
    let directories = DirectoryPolicy {
        pinned: vec![(
            agent.clone(),
            BotKey::new(PublicKey(key.try_into().unwrap())),
        )],
        ..DirectoryPolicy::default()
    };
    let directories = Directories::new(directories, Box::new(HttpsFetch::new()));
    let policy = BotPolicy {
        allow_test_keys: true,
        ..BotPolicy::default()
    };
    let verifier = Verifier::new(policy, directories, now() - 100);
    let head = RequestHead {
        method: "GET",
        scheme: "https",
        authority: "site.example",
        path: "/page",
        query: None,
        headers: &headers,
    };
    match verifier.check(&head, now()) {
        Outcome::Verified(bot) => {
            assert_eq!(bot.agent, agent);
            assert!(!bot.covers_request(), "it signs the authority alone");
        }
        other => panic!("{other:?}"),
    }
}
