//! `cargo xtask onnx-coverage`: the node cases of ONNX's own test suite, run in integers and proven.
//!
//! A case counts when import takes it with its own inputs as calibration, the integer executor agrees
//! with the reference (integers and truth values are equal, floats lie within 1 % of the output's
//! range) and a proof of the run is accepted. No panic is caught as a result: it ends the command.

mod case;
mod judge;
mod prove;
mod report;

use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use crate::{root, say};
use case::Case;
use judge::Outcome;

/// Most cases.
const CASES_MAX: usize = 10_000;
/// Stack of a case's thread.
const STACK_BYTES: usize = 16 << 20;

/// The committed table of supported operators.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the cases: `onnx/backend/test/data/node` of the Python package `onnx`.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,

    /// Version of that package, for the table.
    #[arg(long, value_name = "VERSION", default_value = "unknown")]
    onnx_version: String,

    /// Only cases whose name contains this; prints each, writes no table.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,

    /// Where to write the table.
    #[arg(long, value_name = "FILE", default_value = "docs/onnx-coverage.md")]
    out: PathBuf,
}

pub(crate) fn run(args: &Args) -> Result<()> {
    let mut cases = case::names(&args.data)?;
    ensure!(
        cases.len() <= CASES_MAX,
        "{} cases are too many",
        cases.len()
    );
    if let Some(text) = &args.only {
        cases.retain(|name| name.contains(text.as_str()));
    }
    let mut judged = Vec::with_capacity(cases.len());
    for name in cases {
        let case = Case::read(&args.data, &name).with_context(|| name.clone())?;
        let outcome = match case.excluded() {
            Some(reason) => Outcome::Excluded(reason),
            None => on_a_thread(&case)?,
        };
        if args.only.is_some() {
            say(&format!("{name}: {outcome}"));
        }
        judged.push((case.operator(), name, outcome));
    }
    let counted = judged
        .iter()
        .filter(|(.., outcome)| !matches!(outcome, Outcome::Excluded(_)));
    let passed = counted
        .clone()
        .filter(|(.., outcome)| matches!(outcome, Outcome::Passed(_)));
    say(&format!("{} of {} passed", passed.count(), counted.count()));
    if args.only.is_none() {
        let text = report::text(&judged, &args.onnx_version);
        std::fs::write(root()?.join(&args.out), text)?;
        for (operator, name, outcome) in &judged {
            if let Outcome::Refused(_) | Outcome::Wrong(_) = outcome {
                say(&format!("{operator}\t{name}\t{outcome}"));
            }
        }
    }
    Ok(())
}

/// Judges a case on a thread that bears its name, which a panic's message shows.
fn on_a_thread(case: &Case) -> Result<Outcome> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name(case.name.clone())
            .stack_size(STACK_BYTES)
            .spawn_scoped(scope, || judge::judge(case))?;
        match thread.join() {
            Ok(outcome) => Ok(outcome),
            Err(_) => bail!(
                "{} panicked: that is a bug, whatever the case is",
                case.name
            ),
        }
    })
}
