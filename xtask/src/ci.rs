//! What has to be green before a change lands.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// The second command of the README.
const TEST_COMMAND: &str = "cargo test --workspace";

const STEPS: [&str; 3] = [
    "cargo fmt --all --check",
    "cargo clippy --workspace --all-targets -- --deny warnings",
    TEST_COMMAND,
];

/// Runs all steps, stops at the first that fails.
pub(crate) fn run() -> Result<()> {
    let root = crate::root()?;
    let readme = std::fs::read_to_string(root.join("README.md")).context("README.md")?;
    ensure!(
        readme.contains(TEST_COMMAND),
        "the README doesn't name the test command `{TEST_COMMAND}`"
    );
    for step in STEPS {
        run_step(&root, step)?;
    }
    Ok(())
}

/// Runs one command, passes its output on, and refuses ignored tests: a test that needs something
/// that is missing either fails or says why it skips.
fn run_step(root: &Path, step: &str) -> Result<()> {
    crate::say(&format!("ci: {step}"));
    let mut words = step.split(' ');
    let program = words.next().context("empty step")?;
    let mut child = Command::new(program)
        .args(words)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("failed to run {step}"))?;
    let stdout = child.stdout.take().context("no stdout")?;
    let mut ignored = Vec::new();
    for line in BufReader::new(stdout).lines() {
        let line = line?;
        if line.starts_with("test ") && line.contains("... ignored") {
            ignored.push(line.clone());
        }
        crate::print(&line);
    }
    ensure!(child.wait()?.success(), "`{step}` failed");
    ensure!(ignored.is_empty(), "ignored tests:\n{}", ignored.join("\n"));
    Ok(())
}
