//! What one command uses, by the operating system's own account.
//!
//! The account of children is a sum over all of them, and its memory the largest of them, so that
//! each measured command gets a measuring process of its own.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::{Value, json};

/// A command and its arguments.
#[derive(clap::Args)]
pub(super) struct Args {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
    command: Vec<String>,
}

/// What one run of a command used.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    pub(super) wall_seconds: f64,
    pub(super) cpu_seconds: f64,
    pub(super) memory_mb: f64,
}

impl Usage {
    pub(super) fn to_json(self) -> Value {
        json!({
            "wall_seconds": self.wall_seconds,
            "cpu_seconds": self.cpu_seconds,
            "memory_mb": self.memory_mb,
        })
    }

    pub(super) fn from_json(report: &Value) -> Result<Self> {
        let figure = |name: &str| report[name].as_f64().with_context(|| format!("no {name}"));
        Ok(Self {
            wall_seconds: figure("wall_seconds")?,
            cpu_seconds: figure("cpu_seconds")?,
            memory_mb: figure("memory_mb")?,
        })
    }
}

/// The middle of several runs, and the extremes.
#[derive(Clone, Copy)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    pub(super) fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let at = |index: usize| values.get(index).copied().unwrap_or(f64::NAN);
        Self {
            median: at(values.len() / 2),
            least: at(0),
            most: at(values.len().saturating_sub(1)),
        }
    }
}

/// What several runs of a command used.
#[derive(Clone, Copy)]
pub(super) struct Figures {
    pub(super) wall_seconds: Spread,
    pub(super) cpu_seconds: Spread,
    pub(super) memory_mb: Spread,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let (program, rest) = args.command.split_first().context("no command")?;
    let begin = Instant::now();
    let status = Command::new(program)
        .args(rest)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .with_context(|| format!("failed to run {program}"))?;
    let wall_seconds = begin.elapsed().as_secs_f64();
    ensure!(status.success(), "{program} ended with {status}");
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let usage = Usage {
        wall_seconds,
        cpu_seconds: seconds(usage.user_time()) + seconds(usage.system_time()),
        // Kibibytes on Linux.
        memory_mb: usage.max_rss() as f64 * 1024.0 / 1e6,
    };
    crate::print(&usage.to_json().to_string());
    Ok(())
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// Runs a command `runs` times, after one run that doesn't count; `prepare` comes before each.
pub(super) fn repeatedly(
    command: &[String],
    runs: usize,
    prepare: impl Fn() -> Result<()>,
) -> Result<Figures> {
    let prepared = || {
        prepare()?;
        once(command)
    };
    prepared()?;
    let all = (0..runs)
        .map(|_| prepared())
        .collect::<Result<Vec<Usage>>>()?;
    let spread = |figure: fn(&Usage) -> f64| Spread::of(all.iter().map(figure).collect());
    Ok(Figures {
        wall_seconds: spread(|usage| usage.wall_seconds),
        cpu_seconds: spread(|usage| usage.cpu_seconds),
        memory_mb: spread(|usage| usage.memory_mb),
    })
}

/// The system ended a process that asked for more memory than there is.
#[derive(Debug)]
pub(super) struct OutOfMemory;

impl std::fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("killed: it needs more memory than there is")
    }
}

impl std::error::Error for OutOfMemory {}

/// Runs a command in a measuring process.
pub(super) fn once(command: &[String]) -> Result<Usage> {
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "measure", "--"])
        .args(command)
        .stderr(Stdio::piped())
        .output()?;
    // What the command said is its reason for failing, and the measuring process adds a line.
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("ended with signal: 9") {
        return Err(OutOfMemory.into());
    }
    let reason = said.lines().rev().find(|line| !line.contains("ended with"));
    ensure!(
        output.status.success(),
        "{}",
        reason.unwrap_or("failed without a word").trim()
    );
    Usage::from_json(&serde_json::from_slice(&output.stdout)?)
}
