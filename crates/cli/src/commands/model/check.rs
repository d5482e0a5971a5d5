//! `lilliput model check`: whether an ONNX file can be proven, what stands in the way, what it costs.

use std::path::PathBuf;

use anyhow::anyhow;
use lilliput_import::{Calibration, ImportError, Refusal, import, made_up_sample, refusals};
use serde_json::{Value, json};

use super::decided::Decided;
use crate::cost::Cost;
use crate::failure::{Failure, OrExit, Result};
use crate::files;
use crate::outcome::Outcome;

/// Most refusals that are printed for people; `--json` has all.
const SHOWN_MAX: usize = 20;

/// Say whether an ONNX model can be proven, what it costs, and every node in the way.
///
/// Without samples of real inputs the cost is that for made-up ones.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The ONNX file.
    onnx: PathBuf,

    /// Samples of real inputs, as for `lilliput model import`.
    #[arg(long, value_name = "FILE")]
    calibrate: Option<PathBuf>,

    #[command(flatten)]
    decided: Decided,
}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let context = || format!("{} can't be imported", args.onnx.display());
    let bytes = files::read(&args.onnx, files::ONNX_BYTES_MAX)?;
    let options = args.decided.options()?;
    let given = match &args.calibrate {
        None => None,
        Some(path) => {
            let bytes = files::read(path, files::NUMBERS_BYTES_MAX)?;
            let context = format!("failed to read {}", path.display());
            Some(Calibration::parse(&bytes).or_bad_input(context)?)
        }
    };
    let found = refusals(&bytes, given.as_ref(), &options)
        .map_err(|error| unsupported(&error, context()))?;
    if !found.is_empty() {
        return Err(missing(&found, &context()));
    }
    let made_up = given.is_none();
    let samples = match given {
        Some(samples) => samples,
        None => made_up_sample(&bytes, &options).or_bad_input(context())?,
    };
    let imported =
        import(&bytes, &samples, &options).map_err(|error| unsupported(&error, context()))?;
    let cost = Cost::of(&imported.graph)
        .or_bad_input(format!("{} can't be proven", args.onnx.display()))
        .map_err(|failure| failure.fact("supported", false))?;
    let report = imported.report;
    let basis = if made_up {
        "made-up samples: give --calibrate FILE for the real ones"
    } else {
        "the samples given"
    };
    let text = format!(
        "{} can be imported and proven\n{}\nvalues of {} bits, {} nodes; estimated on {basis}",
        args.onnx.display(),
        cost.text(),
        report.activation_bits,
        report.nodes,
    );
    Ok(Outcome::new(
        text,
        json!({
            "supported": true,
            "file": args.onnx,
            "missing": [],
            "cost": cost.to_json(),
            "activation_bits": report.activation_bits,
            "made_up_samples": made_up,
            "warnings": report.warnings,
        }),
    ))
}

/// A refusal that concerns the file as a whole.
fn unsupported(error: &ImportError, context: String) -> Failure {
    Failure::bad_input(anyhow!("{error}").context(context))
        .fact("supported", false)
        .hint(error.advice())
}

/// Every node that stands in the way.
fn missing(found: &[Refusal], context: &str) -> Failure {
    let list: Vec<Value> = found
        .iter()
        .map(|refusal| {
            json!({
                "node": refusal.node,
                "operator": refusal.op,
                "reason": refusal.error.to_string(),
                "advice": refusal.error.advice(),
            })
        })
        .collect();
    let shown = found.iter().take(SHOWN_MAX);
    let line = |refusal: &Refusal| format!("{}: {}", refusal.error, refusal.error.advice());
    let mut lines: Vec<String> = shown.map(line).collect();
    if found.len() > SHOWN_MAX {
        lines.push(format!(
            "{} more; --json lists all",
            found.len() - SHOWN_MAX
        ));
    }
    Failure::bad_input(
        anyhow!("{}", lines.join("\n  "))
            .context(format!("{context}: {} nodes stand in the way", found.len())),
    )
    .fact("supported", false)
    .fact("missing", list)
    .hint("docs/onnx-coverage.md lists the operators that can be proven")
}
