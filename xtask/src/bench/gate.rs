//! `cargo xtask bench gate`: runs the gate's bench and writes its figures down.

use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::machine;
use crate::{root, say};

const FILE: &str = "docs/gate-figures.md";

pub(super) fn run() -> Result<()> {
    let root = root()?;
    say("building and running the gate's bench …");
    let load = machine::load();
    let output = Command::new(env!("CARGO"))
        .args(["bench", "-p", "lilliput-gate", "--bench", "gate"])
        .current_dir(&root)
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("failed to run the gate's bench")?;
    ensure!(output.status.success(), "the gate's bench failed");
    let text = String::from_utf8(output.stdout).context("the bench printed no text")?;
    let start = text.find('{').context("the bench printed no JSON")?;
    let figures: Value =
        serde_json::from_str(&text[start..]).context("the bench printed no JSON")?;
    let file = root.join(FILE);
    let written = page(&figures, load);
    fs::write(
        &file,
        with_rest(&written, &fs::read_to_string(&file).unwrap_or_default()),
    )
    .with_context(|| format!("failed to write {FILE}"))?;
    say(&format!("wrote {FILE}"));
    Ok(())
}

/// What stands below the figures was written by hand.
fn with_rest(written: &str, before: &str) -> String {
    const MARK: &str = "\n## What they mean";
    match before.find(MARK) {
        Some(place) => format!("{written}{}", &before[place..]),
        None => written.to_owned(),
    }
}

fn page(figures: &Value, load: Option<f64>) -> String {
    let mut text = String::from("# Figures of the gate\n\n");
    // A String takes everything that is written to it.
    let _ = writeln!(
        text,
        "`cargo xtask bench gate` on {}, {}, load {} when it began. Loopback; site, visitors and gate share the cores. \
         A page of 1 KiB, keep-alive; {} requests one after another for the times, {} connections for {} s for the rates. \
         A CPU second is one of the process in the row (user and system).\n",
        machine::today(),
        machine::name(),
        load.map_or_else(|| "unknown".to_owned(), |load| format!("{load:.1}")),
        figures["alone"],
        figures["connections"],
        figures["seconds"],
    );
    text.push_str("| | p50, µs | p99, µs | added p50, µs | added p99, µs | requests a CPU second | peak, MiB |\n|---|--:|--:|--:|--:|--:|--:|\n");
    let rows = figures["rows"].as_array().cloned().unwrap_or_default();
    let direct = rows.first().cloned().unwrap_or_default();
    for row in &rows {
        let added = |name: &str| match (row[name].as_f64(), direct[name].as_f64()) {
            (Some(value), Some(base)) if row["cpu_seconds"].is_number() => {
                format!("{:.0}", value - base)
            }
            _ => "–".to_owned(),
        };
        let number = |name: &str, divisor: f64| {
            row[name]
                .as_f64()
                .map_or_else(|| "–".to_owned(), |value| format!("{:.0}", value / divisor))
        };
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} | {} |",
            row["name"].as_str().unwrap_or_default(),
            number("p50_micros", 1.0),
            number("p99_micros", 1.0),
            added("p50_micros"),
            added("p99_micros"),
            number("requests_a_cpu_second", 1.0),
            number("peak_kib", 1024.0),
        );
    }
    let memory = &figures["memory"];
    let _ = writeln!(
        text,
        "\n| | aim | here |\n|---|--:|--:|\n| memory with {} live tokens, MiB | 64 | {:.0} |\n| check of work, µs | 20 | {:.1} |\n| check of a Semaphore proof (depth 16), ms | 5 | {:.2} |",
        memory["tokens"],
        memory["peak_kib"].as_f64().unwrap_or(f64::NAN) / 1024.0,
        figures["work_check_micros"].as_f64().unwrap_or(f64::NAN),
        figures["semaphore_millis"].as_f64().unwrap_or(f64::NAN),
    );
    text
}
