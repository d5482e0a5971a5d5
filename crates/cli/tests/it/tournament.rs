//! A round of a tournament on a local network: sealed, revealed, scored, paid, recomputed.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::browser::Browser;
use crate::world::{Up, arg, json, ledger, next, refused, text};

const ROWS: usize = 60;
const STAKE: u64 = 100_000_000;
const DEPOSIT: u64 = 10_000_000;
const SUBSIDY: u64 = 4_000_000;
/// How long a phase may take to come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A network, its organiser's and entrants' keys, and their files.
struct Field {
    up: Option<Up>,
    folder: TempDir,
    files: TempDir,
}

impl Field {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let field = Self {
            up: Some(ledger(folder.path())),
            folder,
            files: tempfile::tempdir().unwrap(),
        };
        field.write_files();
        field
    }

    fn up(&self) -> &Up {
        self.up.as_ref().unwrap()
    }

    /// As a power cut would; then again on the same chain.
    fn kill_and_restart(&mut self) {
        self.up.take().unwrap().kill();
        self.up = Some(ledger(self.folder.path()));
    }

    fn file(&self, name: &str) -> PathBuf {
        self.files.path().join(name)
    }

    fn write(&self, name: &str, head: &str, cell: impl Fn(usize) -> String) {
        let mut text = format!("{head}\n");
        // Not sorted: that is the command's to do.
        for row in (0..ROWS).rev() {
            let _ = writeln!(text, "row{row:03},{}", cell(row));
        }
        std::fs::write(self.file(name), text).unwrap();
    }

    fn write_files(&self) {
        let random = |row: usize, seed: u64| {
            let word = next(row as u64 * 1_000 + seed);
            (word >> 40) as f64 / f64::from(1 << 24)
        };
        let target = |row: usize| f64::from((random(row, 1) * 5.0) as u8) / 4.0;
        let noisy = move |row: usize, skill: f64, seed: u64| {
            format!("{}", skill * target(row) + random(row, seed))
        };
        self.write("data.csv", "id,first,second", |row| {
            format!("{},{}", random(row, 2), random(row, 3))
        });
        self.write("targets.csv", "id,target", |row| format!("{}", target(row)));
        self.write("good.csv", "id,prediction", |row| noisy(row, 2.0, 4));
        self.write("fair.csv", "id,prediction", |row| noisy(row, 0.1, 5));
        self.write("contrary.csv", "id,prediction", |row| noisy(row, -2.0, 6));
        self.write("constant.csv", "id,prediction", |_| "0.5".to_owned());
        self.write("nan.csv", "id,prediction", |_| "NaN".to_owned());
        self.write("foreign.csv", "id,prediction", |row| format!("{row}"));
        let foreign = std::fs::read_to_string(self.file("foreign.csv")).unwrap();
        std::fs::write(self.file("foreign.csv"), format!("{foreign}other,1\n")).unwrap();
        std::fs::write(self.file("few.csv"), "id,prediction\nrow001,1\nrow002,2\n").unwrap();
    }

    /// Runs a tournament command with someone's key.
    fn run(&self, key: &str, arguments: &[&str], exit: i32) -> Value {
        let mut all = vec!["tournament"];
        all.extend(arguments);
        let buyer = self.up().buyer();
        all.extend(buyer.iter().map(String::as_str));
        all.extend(["--key", key]);
        json(&all, exit)
    }

    /// Runs a tournament command that needs no key.
    fn ask(&self, arguments: &[&str], exit: i32) -> Value {
        let mut all = vec!["tournament"];
        all.extend(arguments);
        all.extend(["--node", &self.up().url, "--data", arg(self.folder.path())]);
        json(&all, exit)
    }

    fn enter(&self, key: &str, model: &str, file: &str, exit: i32) -> Value {
        let (file, stake) = (self.file(file), STAKE.to_string());
        let command = ["enter", "1/1", "--model", model, "--stake", &stake];
        self.run(
            key,
            &[&command[..], &["--prediction-file", arg(&file)]].concat(),
            exit,
        )
    }

    /// Waits until a round is in a phase.
    fn wait_for(&self, phase: &str) {
        let begin = Instant::now();
        loop {
            let shown = self.ask(&["show", "1/1"], 0);
            if shown["phase"] == phase {
                return;
            }
            assert!(begin.elapsed() < PATIENCE, "{phase}: {shown}");
            std::thread::sleep(Duration::from_millis(200));
        }
    }

    /// A key of its own, with money.
    fn make_account(&self, name: &str) {
        let buyer = self.up().buyer();
        let local = buyer.iter().skip(2).map(String::as_str);
        json(
            &[&["account", "new", name][..], &local.collect::<Vec<_>>()].concat(),
            0,
        );
        for asset in ["LIL", "USDX"] {
            let mut all = vec!["tx", "send", "--to", name, "--asset", asset];
            all.extend(["--amount", "1000000000", "--key", "dev-owner"]);
            all.extend(buyer.iter().map(String::as_str));
            json(&all, 0);
        }
    }

    /// What a key holds in USDX.
    fn held(&self, key: &str) -> i128 {
        let mut all = vec!["account", "show", key];
        let buyer = self.up().buyer();
        all.extend(buyer.iter().map(String::as_str));
        let account = json(&all[..all.len() - 2], 0);
        let balances = account["balances"].as_array().unwrap();
        let found = balances.iter().find(|balance| balance["asset"] == "USDX");
        found.map_or(0, |balance| i128::from(balance["amount"].as_u64().unwrap()))
    }

    fn conserved(&self) {
        let status = json(&["status", "--node", &self.up().url], 0);
        assert_eq!(status["supply"]["conserved"], true, "{}", status["supply"]);
    }
}

fn difference(value: &Value, name: &str) -> i128 {
    i128::from(value[name].as_u64().unwrap())
}

fn open(field: &Field) {
    let deposit = DEPOSIT.to_string();
    let opened = field.run(
        "dev-owner",
        &["open", "--name", "test stocks", "--deposit", &deposit],
        0,
    );
    assert_eq!(opened["tournament"], 1);
    let (data, targets) = (field.file("data.csv"), field.file("targets.csv"));
    let subsidy = SUBSIDY.to_string();
    let mut arguments = vec!["round", "1", "--data-file", arg(&data)];
    arguments.extend(["--targets-file", arg(&targets), "--subsidy", &subsidy]);
    arguments.extend([
        "--enter-for",
        "40s",
        "--reveal-for",
        "25s",
        "--targets-for",
        "10m",
    ]);
    let opened = field.run("dev-owner", &arguments, 0);
    assert_eq!(opened["round"]["rows"], ROWS);
    private(Path::new(opened["secret_file"].as_str().unwrap()));
}

/// Only its owner may read what is sealed.
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "{}", path.display());
}

fn enter_all(field: &Field) {
    for file in [
        "constant.csv",
        "nan.csv",
        "foreign.csv",
        "few.csv",
        "targets.csv",
    ] {
        field.enter("default", "bad", file, 2);
    }
    let entered = field.enter("default", "good", "good.csv", 0);
    private(Path::new(entered["secret_file"].as_str().unwrap()));
    field.enter("dev-provider", "fair", "fair.csv", 0);
    field.enter("rival", "contrary", "contrary.csv", 0);
    field.enter("default", "good", "fair.csv", 2);
    let stake = (STAKE / 2).to_string();
    let back = ["back", "1/1", "--model", "good", "--stake", &stake];
    field.run("backer", &back, 0);
    field.run("default", &["reveal", "1/1"], 1);
}

fn withdraw_all(field: &Field, before: &[(&str, i128)]) {
    let stakes = [
        ("default", STAKE),
        ("dev-provider", STAKE),
        ("rival", STAKE),
        ("backer", STAKE / 2),
    ];
    for (key, stake) in stakes {
        let taken = field.run(key, &["withdraw", "1/1"], 0);
        assert_eq!(taken["staked"].as_u64(), Some(stake));
        let all =
            difference(&taken, "staked") + difference(&taken, "won") - difference(&taken, "lost");
        assert_eq!(difference(&taken, "amount"), all);
        let start = before.iter().find(|(name, _)| *name == key).unwrap().1;
        assert_eq!(field.held(key), start + all, "{key}");
        field.run(key, &["withdraw", "1/1"], 2);
    }
}

#[test]
fn a_round_from_sealed_targets_to_the_last_coin() {
    let mut field = Field::start();
    field.make_account("rival");
    field.make_account("backer");
    open(&field);
    enter_all(&field);
    field.conserved();
    field.wait_for("revealing");
    // In the middle of the round the node's machine loses power.
    field.kill_and_restart();
    field.run("default", &["reveal", "1/1"], 0);
    field.run("dev-provider", &["reveal", "1/1"], 0);
    field.run("rival", &["reveal", "1/1", "--model", "contrary"], 0);
    field.run("dev-owner", &["targets", "1/1"], 1);
    field.ask(&["check", "1/1"], 2);
    field.wait_for("awaiting_targets");
    field.kill_and_restart();
    let keys = ["default", "dev-provider", "rival", "backer"];
    let before = field.held("dev-owner");
    let settled = field.run("dev-owner", &["targets", "1/1"], 0);
    let round = &settled["round"];
    assert_eq!(round["state"], "settled");
    let (won, lost) = (difference(round, "won"), difference(round, "lost"));
    let kept = difference(round, "kept");
    assert!(won > 0 && lost > 0, "{round}");
    assert_eq!(won + kept, lost + i128::from(SUBSIDY));
    // The deposit comes back, less what scoring cost.
    assert_eq!(field.held("dev-owner"), before + i128::from(DEPOSIT) - 500);
    field.conserved();
    let checked = field.ask(&["check", "1/1"], 0);
    assert_eq!(checked["holds"], true);
    let one = field.ask(&["check", "1/1", "--model", "good"], 0);
    let model = &one["models"][0];
    assert!(model["rate"].as_f64().unwrap() > 0.0, "{model}");
    assert_eq!(model["stakes"].as_array().unwrap().len(), 2);
    lies_are_found(&field);
    let held: Vec<(&str, i128)> = keys.map(|key| (key, field.held(key))).to_vec();
    withdraw_all(&field, &held);
    field.conserved();
    downloads(&field);
    pages(&field);
}

/// A node that tells of other payouts, scores or sums than the ledger's arithmetic gives.
fn lies_are_found(field: &Field) {
    for (path, name) in [
        ("/stakes", "won"),
        ("/stakes", "amount"),
        ("/entries", "correlation"),
        ("/entries", "rate"),
        ("/entries", "staked"),
        ("/v1/rounds/1/1 ", "kept"),
        ("/v1/rounds/1/1 ", "subsidy"),
    ] {
        let liar = lying_proxy(&field.up().url, path, format!("\"{name}\":"));
        let check = ["tournament", "check", "1/1", "--node", &liar];
        let found = json(&check, 3);
        let differences = found["differences"].as_array().unwrap();
        assert!(!differences.is_empty(), "{path} {name}: {found}");
    }
    let honest = lying_proxy(&field.up().url, "/nothing", String::new());
    json(&["tournament", "check", "1/1", "--node", &honest], 0);
}

/// Passes requests on to a node, and changes a digit after `before` in the answers to requests that have `path`.
fn lying_proxy(node: &str, path: &str, before: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let node = node.strip_prefix("http://").unwrap().to_owned();
    let path = path.to_owned();
    // Ends with the test's process.
    std::thread::spawn(move || {
        for caller in listener.incoming().map_while(Result::ok) {
            pass_on(caller, &node, &path, &before);
        }
    });
    url
}

fn pass_on(mut caller: TcpStream, node: &str, path: &str, before: &str) {
    let mut request = Vec::new();
    while !request.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        if caller.read(&mut byte).unwrap_or(0) == 0 {
            return;
        }
        request.extend(byte);
    }
    let request = String::from_utf8(request).unwrap();
    let first = request.lines().next().unwrap();
    let plain = format!("{first}\r\nHost: {node}\r\nConnection: close\r\n\r\n");
    let mut upstream = TcpStream::connect(node).unwrap();
    upstream.write_all(plain.as_bytes()).unwrap();
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer).unwrap();
    if first.contains(path) {
        let found = answer
            .windows(before.len())
            .zip(0..)
            .find_map(|(part, at)| {
                let at = at + before.len();
                let digit = answer.get(at)?.is_ascii_digit() && answer[at] != b'0';
                (part == before.as_bytes() && digit).then_some(at)
            });
        let at = found.unwrap_or_else(|| panic!("no {before} in {}", text(&answer)));
        answer[at] = if answer[at] == b'1' { b'2' } else { b'1' };
    }
    // A caller that hung up has what it wanted.
    let _ = caller.write_all(&answer);
}

/// Data, targets and meta model as files.
fn downloads(field: &Field) {
    let [data, targets, meta] = ["out.csv", "t.csv", "m.csv"].map(|name| field.file(name));
    let mut arguments = vec!["data", "1/1", "--out", arg(&data)];
    arguments.extend(["--targets-out", arg(&targets), "--meta-out", arg(&meta)]);
    field.ask(&arguments, 0);
    for (path, head) in [
        (&data, "id,feature_0,feature_1"),
        (&targets, "id,target"),
        (&meta, "id,meta_model"),
    ] {
        let text = std::fs::read_to_string(path).unwrap();
        assert_eq!(text.lines().next(), Some(head));
        assert_eq!(text.lines().count(), ROWS + 1);
    }
    let listed = field.ask(&["list"], 0);
    assert_eq!(listed["rounds"][0]["id"], "1/1");
    let standings = field.ask(&["show", "1"], 0);
    assert_eq!(standings["standings"].as_array().unwrap().len(), 3);
    let missing = ["tournament", "show", "1/9", "--node", &field.up().url];
    assert!(refused(&missing, 2).contains("1/9"));
}

fn pages(field: &Field) {
    for (width, height, name) in [(1200, 900, "desk"), (390, 844, "phone")] {
        page(field, width, height, name);
    }
}

fn page(field: &Field, width: u32, height: u32, name: &str) {
    let Some(mut browser) = Browser::start(width, height) else {
        return;
    };
    for (path, heading) in [
        ("/tournaments", "Tournaments"),
        ("/tournaments/1", "test stocks"),
        ("/rounds/1/1", "Round 1/1"),
    ] {
        browser.open(&format!("{}{path}", field.up().url));
        browser.wait_for(&format!(
            "document.querySelector('h1')?.textContent.startsWith('{heading}')"
        ));
        let fits = "document.documentElement.scrollWidth <= window.innerWidth";
        assert_eq!(
            browser.evaluate(fits),
            true,
            "{path} is wider than the screen"
        );
        browser.screenshot(&format!("{name}{}.png", path.replace('/', "-")));
    }
    assert_eq!(
        browser.evaluate("document.querySelectorAll('svg.chart rect').length"),
        3
    );
}
