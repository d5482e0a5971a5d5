//! A network on this machine: processes of the command `lilliput`, as anyone starts them.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

/// A ledger with its keys, in a folder of its own.
pub(super) struct Network {
    lilliput: PathBuf,
    data: PathBuf,
    url: String,
    pub(super) ledger: Running,
}

/// A process that ends with this value, and what it prints.
pub(super) struct Running {
    child: Child,
    said: BufReader<ChildStdout>,
}

impl Network {
    /// Starts a ledger and waits until it is up.
    pub(super) fn start(lilliput: &Path, data: &Path) -> Result<Self> {
        let folder = data.display().to_string();
        let words = ["up", "--ledger-only", "--listen", "127.0.0.1:0", "--data"];
        let mut command = Command::new(lilliput);
        command.args(words).arg(&folder);
        let mut ledger = Running::start(&mut command)?;
        let page = ledger.until("page ")?;
        let address = page.split_whitespace().nth(1).unwrap_or_default();
        let (url, _) = address
            .split_once("/?key=")
            .context("the ledger named no address")?;
        Ok(Self {
            lilliput: lilliput.to_owned(),
            data: data.to_owned(),
            url: url.to_owned(),
            ledger,
        })
    }

    /// Runs a command that talks to the network, to its end, and gives what it reports.
    pub(super) fn report(&self, words: &[&str], key: &str) -> Result<Value> {
        let mut command = self.command(words, key);
        report(command.arg("--json"))
    }

    /// A model as the ledger has it.
    pub(super) fn shown(&self, model: &str) -> Result<Value> {
        let mut command = Command::new(&self.lilliput);
        command.args(["model", "show", model, "--json", "--node", &self.url]);
        report(&mut command)
    }

    /// Starts a provider of models and waits until it serves them.
    pub(super) fn provider(&self, models: &[PathBuf]) -> Result<Running> {
        let mut command = self.command(&["provider"], "dev-provider");
        for model in models {
            command.arg("--models").arg(model);
        }
        let mut provider = Running::start(&mut command)?;
        provider.until("ready: ")?;
        Ok(provider)
    }

    fn command(&self, words: &[&str], key: &str) -> Command {
        let mut command = Command::new(&self.lilliput);
        command
            .args(words)
            .args(["--key", key, "--node", &self.url]);
        command.arg("--data").arg(&self.data);
        command
            .arg("--passphrase-file")
            .arg(self.data.join("keys/dev-passphrase"));
        command.stdin(Stdio::null());
        command
    }
}

/// Runs a command to its end and reads the JSON that it prints; what it says on standard error is the
/// reason if it fails.
pub(super) fn report(command: &mut Command) -> Result<Value> {
    let output = command.output().context("failed to run lilliput")?;
    let said = String::from_utf8_lossy(&output.stderr);
    let reported = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    if !output.status.success() {
        let message = reported["error"]["message"].as_str();
        let last = said.lines().last().unwrap_or("failed without a word");
        bail!("{}", message.unwrap_or(last));
    }
    ensure!(reported.is_object(), "lilliput printed no JSON");
    Ok(reported)
}

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .context("failed to start lilliput")?;
        let stdout = child.stdout.take().context("lilliput has no output")?;
        Ok(Self {
            child,
            said: BufReader::new(stdout),
        })
    }

    /// Reads what it prints up to a line that begins like this, and gives that line.
    pub(super) fn until(&mut self, start: &str) -> Result<String> {
        let mut line = String::new();
        loop {
            line.clear();
            let read = self.said.read_line(&mut line)?;
            ensure!(read > 0, "lilliput ended before it said '{start}…'");
            if line.starts_with(start) {
                return Ok(line.trim_end().to_owned());
            }
        }
    }

    /// The most memory it has had so far, in megabytes; none where the system doesn't tell.
    pub(super) fn memory_mb(&self) -> Option<f64> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = std::fs::read_to_string(path).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
        let kibibytes: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kibibytes * 1024.0 / 1e6)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
