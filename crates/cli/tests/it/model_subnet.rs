//! A model subnet at work: miners and validators as processes, one killed at the worst moment; and the demo, with cheats.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use lilliput_client::{Client, Sender};
use lilliput_types::subnet::{Open, Scorer, Settings, SubnetMessage};
use lilliput_types::{Address, Amount, DurationMs, Message, SubnetEpoch, SubnetId, Text};
use serde_json::Value;

use crate::browser::Browser;
use crate::world::{Imported, Up, arg, json, ledger, lilliput, models, secret, sender};

const SUBNET: SubnetId = SubnetId(1);
/// Nothing here takes as long.
const PATIENCE: Duration = Duration::from_secs(120);
/// How often a kill is tried.
const ATTEMPTS: u32 = 4;
const COIN: u128 = 1_000_000;

/// A process whose lines are read as they come; killed when dropped.
struct Running {
    child: Child,
    lines: Receiver<String>,
}

impl Running {
    fn start(arguments: &[&str], stderr: bool) -> Self {
        let mut command = lilliput();
        command.args(arguments).stdout(Stdio::piped());
        command.stderr(if stderr {
            Stdio::piped()
        } else {
            Stdio::inherit()
        });
        let mut child = command.spawn().unwrap();
        let stream: Box<dyn Read + Send> = match stderr {
            true => Box::new(child.stderr.take().unwrap()),
            false => Box::new(child.stdout.take().unwrap()),
        };
        let (tell, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                eprintln!("{line}");
                let _ = tell.send(line);
            }
        });
        Self { child, lines }
    }

    /// The first line from here on that holds a text.
    fn line_with(&self, text: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(left);
            let line = line.unwrap_or_else(|_| panic!("no line with {text:?}"));
            if line.contains(text) {
                return line;
            }
        }
    }

    /// As a power cut would.
    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let started = Instant::now();
    while !done() {
        assert!(started.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

fn amount(value: &Value) -> u128 {
    match value {
        Value::String(text) => text.parse().unwrap(),
        number => number.as_u64().unwrap().into(),
    }
}

#[test]
fn the_best_earn_most_cheats_lose_and_every_coin_is_accounted_for() {
    let mut demo = Running::start(
        &[
            "subnet",
            "demo",
            "--epochs",
            "3",
            "--phase-ms",
            "4000",
            "--json",
        ],
        true,
    );
    let mut stdout = demo.child.stdout.take().unwrap();
    let reading = thread::spawn(move || {
        let mut text = String::new();
        stdout.read_to_string(&mut text).unwrap();
        text
    });
    let page = demo.line_with("page ");
    let url = page.split_whitespace().nth(1).unwrap();
    let node = url.strip_suffix("/subnet/1").unwrap();
    the_page_follows(url);
    // While it runs: the page has it, and the ledger explains each payout.
    demo.line_with("epoch 2:");
    let seats = Client::new(node)
        .unwrap()
        .subnet_seats(SUBNET, None)
        .unwrap();
    let mut explained = Vec::new();
    for seat in &seats.items {
        let account = seat.member.account.to_string();
        let found = json(&["explain", "subnet:1:2", &account, "--node", node], 0);
        assert_eq!(found["matches"], true);
        explained.push(found["payout"].clone());
    }
    let mut shown = ureq::get(url).call().unwrap();
    let shown = shown.body_mut().read_to_string().unwrap();
    for text in ["digits", "exact match", "audits held", "uid 6", "revenue"] {
        assert!(shown.contains(text), "{text}\n{shown}");
    }
    let text = reading.join().unwrap();
    assert!(demo.child.wait().unwrap().success());
    let end: Value = serde_json::from_str(&text).unwrap();
    earned(&end);
    let second = end["epochs"].as_array().unwrap();
    let second = second.iter().find(|epoch| epoch["epoch"] == 2).unwrap();
    for (uid, payout) in explained.iter().enumerate() {
        let row = &second["rows"][uid];
        assert_eq!(row["incentive"], payout["incentive"]);
        assert_eq!(row["dividend"], payout["dividend"]);
    }
}

/// The page comes to the next epoch by itself.
fn the_page_follows(url: &str) {
    let Some(mut browser) = Browser::start(1280, 1500) else {
        return;
    };
    browser.open(url);
    browser.wait_for("document.querySelector('h2') !== null");
    let heading = "document.querySelector('h2').textContent";
    let before = browser.evaluate(heading);
    browser.wait_for(&format!("{heading} !== {before}"));
    browser.screenshot("subnet.png");
    let fits = "document.documentElement.scrollWidth <= window.innerWidth";
    assert_eq!(browser.evaluate(fits), true);
}

/// Who earned and lost what in all.
fn earned(end: &Value) {
    let members = end["members"].as_array().unwrap();
    let of = |uid: usize, what: &str| amount(&members[uid][what]);
    let [good, mediocre, bad, copier] = [0, 1, 2, 3].map(|uid| of(uid, "incentive"));
    assert!(good > mediocre, "{good} {mediocre}");
    assert!(mediocre > bad, "{mediocre} {bad}");
    assert!(mediocre > copier, "{mediocre} {copier}");
    for honest in [4, 5] {
        assert!(of(honest, "dividend") > 0);
        // On a busy machine it may have missed a phase.
        assert!(of(honest, "slashed") < of(6, "slashed"));
    }
    assert_eq!(of(6, "dividend"), 0);
    assert_eq!(of(6, "audits_passed"), 0);
    assert!(of(6, "slashed") > 0);
    assert_eq!(of(6, "stake") + of(6, "slashed"), of(6, "staked"));
    assert!(amount(&end["relayed"]["requests"]) > 0);
    assert_eq!(end["relayed"]["requests"], end["relayed"]["refused"]);
    assert_eq!(end["recomputed"], true);
    assert_eq!(end["money"]["conserved"], true, "{}", end["money"]);
    assert_eq!(end["money"]["accounted"], true, "{}", end["money"]);
}

/// Opens a subnet for labels, with phases of this many seconds.
fn open(owner: &Sender, [commit, reveal, audit]: [u64; 3]) {
    let seconds = |count: u64| DurationMs(count * 1_000);
    let message = SubnetMessage::Open(Open {
        name: Text::new("digits").unwrap(),
        about: Text::new("").unwrap(),
        settings: Settings {
            probes_min: 4,
            reveal_ms: seconds(reveal),
            audit_ms: seconds(audit),
            ..Settings::standard(Scorer::ExactMatch, seconds(commit))
        },
        deposit_max: Amount(1_000 * COIN),
    });
    owner
        .send(vec![Message::Subnet(message)], Vec::new())
        .unwrap();
}

/// The bundled pictures as numpy's arrays.
fn pictures(folder: &Path) -> (PathBuf, PathBuf) {
    let mut names: Vec<PathBuf> = std::fs::read_dir(models().join("digits/images"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    names.sort();
    let (mut grey, mut labels) = (Vec::new(), Vec::new());
    for path in &names {
        let file = BufReader::new(std::fs::File::open(path).unwrap());
        let mut reader = png::Decoder::new(file).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        grey.extend(pixels);
        let stem = path.file_stem().unwrap().to_str().unwrap();
        labels.push(stem.split_once("label").unwrap().1.parse::<u8>().unwrap());
    }
    let array = |name: &str, shape: String, data: &[u8]| {
        let header = format!("{{'descr': '|u1', 'fortran_order': False, 'shape': ({shape}), }}\n");
        let length = (header.len() as u16).to_le_bytes();
        let bytes = [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat();
        let path = folder.join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let count = names.len();
    (
        array("images.npy", format!("{count}, 28, 28"), &grey),
        array("labels.npy", format!("{count},"), &labels),
    )
}

/// The arguments of a member's command.
fn member<'a>(up: &'a Up, command: &[&'a str], key: &'a str) -> Vec<&'a str> {
    let mut arguments = vec!["subnet"];
    arguments.extend(command);
    arguments.extend(["--register", "--key", key, "--node", &up.url]);
    arguments.extend(["--data", arg(&up.data)]);
    arguments
}

#[test]
fn a_validator_killed_between_commit_and_reveal_still_reveals_and_passes_its_audits() {
    let data = tempfile::tempdir().unwrap();
    let up = ledger(data.path());
    let client = Client::new(&up.url).unwrap();
    let owner = sender(&up.url, secret(data.path(), "default"));
    let imported = Imported::digits();
    let (images, labels) = pictures(data.path());
    open(&owner, [4, 9, 5]);
    let model = imported.path("model.lmodel");
    let mine = [
        "mine",
        "1",
        "--model",
        arg(&model),
        "--listen",
        "127.0.0.1:0",
    ];
    let miner = Running::start(&member(&up, &mine, "dev-provider"), false);
    let ready = miner.line_with("ready: ");
    strangers_are_refused(&ready);
    let (images, labels) = (arg(&images), arg(&labels));
    let validate = ["validate", "1", "--images", images, "--labels", labels];
    let validate = [&validate[..], &["--stake", "100000000"]].concat();
    let validate = member(&up, &validate, "dev-owner");
    let account = sender(&up.url, secret(data.path(), "dev-owner")).address();
    // On a busy machine a phase may end before a process has started: then the next epoch has to do.
    let survived = (0..ATTEMPTS).any(|_| survives_a_kill(&client, account, &validate, data.path()));
    assert!(survived, "what was committed to wasn't revealed");
    assert!(client.supply().unwrap().conserved);
}

/// Kills a validator once it has committed and starts it again; whether it revealed, passed its audits and was paid.
fn survives_a_kill(client: &Client, account: Address, validate: &[&str], data: &Path) -> bool {
    let seat = || client.subnet_member(SUBNET, account).unwrap();
    let validator = Running::start(validate, false);
    validator.line_with("ready: ");
    let caught = || {
        let seat = seat();
        seat.committed && !seat.revealed
    };
    wait_until("no commitment", caught);
    validator.kill();
    let epoch = client.subnet(SUBNET).unwrap().subnet.epoch;
    if !caught() {
        return false;
    }
    only_its_owner_can_read(&data.join("validators"), epoch);
    let _again = Running::start(validate, false);
    wait_until("no settling", || {
        client.subnet(SUBNET).unwrap().subnet.epoch > epoch
    });
    let record = client.subnet_epoch(SUBNET, epoch).unwrap();
    let seats = record.input.seats.iter();
    let evidence: Vec<(u8, u8)> = seats
        .filter(|seat| seat.account == account)
        .map(|seat| (seat.passed, seat.failed))
        .collect();
    let mut paid = record.payouts.iter();
    let paid = paid.any(|paid| paid.account == account && paid.dividend > Amount::ZERO);
    evidence == [(8, 0)] && paid
}

/// Over HTTP, as anyone may try.
fn strangers_are_refused(ready: &str) {
    let address = ready.split(" answers on ").nth(1).unwrap();
    let address = address.split(';').next().unwrap();
    let url = format!("http://{address}/v1/probes");
    let send = |body: &[u8]| {
        let request = ureq::post(&url)
            .config()
            .http_status_as_error(false)
            .build();
        let mut answer = request.send(body).unwrap();
        let text = answer.body_mut().read_to_string().unwrap();
        (answer.status().as_u16(), text)
    };
    let (status, text) = send(b"{}");
    assert_eq!(status, 401, "{text}");
    assert!(text.contains("probe.unsigned"), "{text}");
    let (status, text) = send(&vec![b' '; (1 << 20) + 1]);
    assert_eq!(status, 413, "{text}");
}

fn only_its_owner_can_read(folder: &Path, epoch: SubnetEpoch) {
    let name = format!("epoch-{epoch}.json");
    let mut folders = std::fs::read_dir(folder).unwrap();
    let file = folders.next().unwrap().unwrap().path().join(name);
    let found = std::fs::metadata(&file).unwrap();
    assert!(found.is_file());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(found.permissions().mode() & 0o777, 0o600);
    }
}
