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

/// What a command used.
#[derive(Clone, Copy)]
pub(super) struct Usage {
    pub(super) wall_seconds: f64,
    pub(super) cpu_seconds: f64,
    pub(super) memory_mib: f64,
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
    let report = json!({
        "wall_seconds": wall_seconds,
        "cpu_seconds": seconds(usage.user_time()) + seconds(usage.system_time()),
        // Kibibytes on Linux.
        "memory_mib": usage.max_rss() as f64 / 1024.0,
    });
    crate::print(&report.to_string());
    Ok(())
}

fn seconds(time: TimeVal) -> f64 {
    time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6
}

/// Runs a command in a measuring process `runs` times, after one run that doesn't count, and gives
/// the median of each figure.
pub(super) fn median(command: &[String], runs: usize) -> Result<Usage> {
    let mut all = Vec::new();
    for run in 0..=runs {
        let usage = once(command)?;
        if run > 0 {
            all.push(usage);
        }
    }
    let middle = |figure: fn(&Usage) -> f64| {
        let mut values: Vec<f64> = all.iter().map(figure).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    Ok(Usage {
        wall_seconds: middle(|usage| usage.wall_seconds),
        cpu_seconds: middle(|usage| usage.cpu_seconds),
        memory_mib: middle(|usage| usage.memory_mib),
    })
}

fn once(command: &[String]) -> Result<Usage> {
    let output = Command::new(std::env::current_exe()?)
        .args(["bench", "measure", "--"])
        .args(command)
        .stderr(Stdio::inherit())
        .output()?;
    ensure!(output.status.success(), "failed: {}", command.join(" "));
    let report: Value = serde_json::from_slice(&output.stdout)?;
    let figure = |name: &str| report[name].as_f64().with_context(|| format!("no {name}"));
    Ok(Usage {
        wall_seconds: figure("wall_seconds")?,
        cpu_seconds: figure("cpu_seconds")?,
        memory_mib: figure("memory_mib")?,
    })
}
