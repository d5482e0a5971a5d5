//! What the tests share: running the command, starting networks, small files.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The bundled model's folder.
pub(crate) fn models() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models")
}

/// The command, without a terminal or anyone's settings.
pub(crate) fn lilliput() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lilliput"));
    command
        .env_remove("LILLIPUT_PASSPHRASE_FILE")
        .stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    lilliput().args(arguments).output().unwrap()
}

/// Runs it with `--json`, and wants this exit code and exactly one JSON object.
pub(crate) fn json(arguments: &[&str], exit: i32) -> Value {
    let output = lilliput().args(arguments).arg("--json").output().unwrap();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(
        output.status.code(),
        Some(exit),
        "lilliput {arguments:?}\n{stdout}\n{stderr}"
    );
    let value: Value = serde_json::from_str(&stdout)
        .unwrap_or_else(|error| panic!("lilliput {arguments:?}: {error}\n{stdout}\n{stderr}"));
    assert!(value.is_object(), "{value}");
    value
}

/// Runs it, wants this exit code, and gives what it said on standard error.
pub(crate) fn refused(arguments: &[&str], exit: i32) -> String {
    let output = run(arguments);
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(exit), "{arguments:?}\n{stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    stderr
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A path as an argument.
pub(crate) fn arg(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// `lilliput up` as a process of its own.
pub(crate) struct Up {
    pub(crate) url: String,
    pub(crate) page: String,
    pub(crate) data: PathBuf,
    child: Child,
    // Keeps the pipe open: a process that can't print must not be what ends it.
    _stdout: BufReader<std::process::ChildStdout>,
}

impl Up {
    /// Starts it on a free port and waits until it is up.
    pub(crate) fn start(data: &Path) -> Self {
        let mut command = lilliput();
        command.args(["up", "--listen", "127.0.0.1:0", "--data", arg(data)]);
        Self::spawn(command, data)
    }

    pub(crate) fn spawn(mut command: Command, data: &Path) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut said = String::new();
        let page = loop {
            let mut line = String::new();
            let read = stdout.read_line(&mut line).unwrap();
            assert!(read > 0, "lilliput up ended:\n{said}");
            said.push_str(&line);
            if let Some(page) = line.strip_prefix("page      ") {
                break page.trim().to_owned();
            }
        };
        let (url, _) = page.split_once("/?key=").unwrap();
        Self {
            url: url.to_owned(),
            page: page.clone(),
            data: data.to_owned(),
            child,
            _stdout: stdout,
        }
    }

    /// Arguments that name this network and its buyer's key.
    pub(crate) fn buyer(&self) -> Vec<String> {
        let passphrase = self.data.join("keys").join("dev-passphrase");
        [
            "--node",
            &self.url,
            "--data",
            arg(&self.data),
            "--passphrase-file",
            arg(&passphrase),
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    }

    /// Runs a command as this network's buyer; `account` takes no node.
    pub(crate) fn json(&self, arguments: &[&str], exit: i32) -> Value {
        let buyer = self.buyer();
        let local = arguments.first() == Some(&"account");
        let mut all = arguments.to_vec();
        all.extend(
            buyer
                .iter()
                .skip(if local { 2 } else { 0 })
                .map(String::as_str),
        );
        json(&all, exit)
    }

    /// As a power cut would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The digits model, imported once for all tests of this process.
pub(crate) struct Imported {
    pub(crate) folder: TempDir,
}

impl Imported {
    pub(crate) fn digits() -> Self {
        Self::digits_with(&[])
    }

    /// Imported with more arguments.
    pub(crate) fn digits_with(more: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        json(&[&Self::arguments(folder.path())[..], more].concat(), 0);
        Self { folder }
    }

    /// Tries to import into the same folder, and gives what that says.
    pub(crate) fn import_again(&self) -> String {
        refused(&Self::arguments(self.folder.path()), 2)
    }

    fn arguments(folder: &Path) -> Vec<&str> {
        vec![
            "model",
            "import",
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../models/digits/digits.onnx"
            ),
            "--calibrate",
            concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/../../models/digits/calibration.json"
            ),
            "--out",
            arg(folder),
        ]
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes an input of 784 numbers.
    pub(crate) fn input(&self, name: &str, seed: u64) -> PathBuf {
        let mut state = seed;
        let numbers: Vec<String> = (0..784)
            .map(|_| {
                state = next(state);
                format!("{}", (state >> 40) as f64 / f64::from(1 << 24))
            })
            .collect();
        let path = self.path(name);
        let text = format!("{{\"input_data\": [[{}]]}}", numbers.join(","));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// Proves an input.
    pub(crate) fn prove(&self, input: &Path, name: &str) -> (PathBuf, Value) {
        let proof = self.path(name);
        let proved = json(
            &[
                "prove",
                "--model",
                arg(&self.path("model.lmodel")),
                "--input",
                arg(input),
                "--out",
                arg(&proof),
            ],
            0,
        );
        (proof, proved)
    }
}

/// SplitMix64: a fixed sequence for each seed.
pub(crate) fn next(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Starts a ledger without model and provider.
pub(crate) fn ledger(data: &Path) -> Up {
    let mut command = lilliput();
    command.args(["up", "--ledger-only", "--listen", "127.0.0.1:0"]);
    command.args(["--data", arg(data)]);
    Up::spawn(command, data)
}

/// A key of a data folder, opened as its owner would.
pub(crate) fn secret(data: &Path, name: &str) -> lilliput_crypto::SecretKey {
    let keys = data.join("keys");
    let passphrase = std::fs::read(keys.join("dev-passphrase")).unwrap();
    let file = std::fs::read(keys.join(format!("{name}.key"))).unwrap();
    let file = lilliput_crypto::KeyFile::from_json(&file).unwrap();
    file.open(&passphrase).unwrap()
}

/// Someone who signs transactions on a network.
pub(crate) fn sender(url: &str, secret: lilliput_crypto::SecretKey) -> lilliput_client::Sender {
    lilliput_client::Sender::new(lilliput_client::Client::new(url).unwrap(), secret).unwrap()
}

/// A transfer of the smallest unit.
pub(crate) fn transfer(to: lilliput_types::Address, amount: u128) -> lilliput_types::Message {
    use lilliput_types::bank::{BankMessage, Transfer};
    lilliput_types::Message::Bank(BankMessage::Transfer(Transfer {
        asset: "LIL".parse().unwrap(),
        to,
        amount: lilliput_types::Amount(amount),
    }))
}
