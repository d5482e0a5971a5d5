//! The table as text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::judge::{Fixed, Outcome};

/// Longest reason in the table.
const REASON_CHARACTERS_MAX: usize = 140;

#[derive(Default)]
struct Row {
    cases: usize,
    passed: usize,
    some_fixed: usize,
    all_fixed: usize,
    reasons: BTreeMap<String, usize>,
}

/// Operator, name and outcome of every case to Markdown.
pub(super) fn text(judged: &[(String, String, Outcome)], onnx_version: &str) -> String {
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut excluded: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (operator, name, outcome) in judged {
        if let Outcome::Excluded(reason) = outcome {
            excluded.entry(reason).or_default().push(name);
            continue;
        }
        let row = rows.entry(operator).or_default();
        row.cases += 1;
        match outcome {
            Outcome::Passed(fixed) => {
                row.passed += 1;
                row.some_fixed += usize::from(*fixed == Fixed::Some);
                row.all_fixed += usize::from(*fixed == Fixed::All);
            }
            Outcome::Refused(reason) => *row.reasons.entry(short(reason)).or_default() += 1,
            Outcome::Wrong(reason) => {
                *row.reasons.entry(kind(reason).into()).or_default() += 1;
            }
            Outcome::Excluded(_) => {}
        }
    }
    let sum = |count: fn(&Row) -> usize| rows.values().map(count).sum::<usize>();
    let (cases, passed) = (sum(|row| row.cases), sum(|row| row.passed));
    let mut text = format!(
        "# Which ONNX operators can be proven\n\n\
         Made by `cargo xtask onnx-coverage --data DIR --onnx-version {onnx_version}` from the node cases that the Python\n\
         package `onnx` {onnx_version} holds in `onnx/backend/test/data/node`. Not edited by hand.\n\n\
         A case passes when import takes it with its own inputs as calibration, the integer executor agrees with the\n\
         reference (integers and truth values equal, floats within 1 % of the output's range) and a proof of the run is\n\
         accepted. Inputs that shapes, positions or weights depend on are fixed at import, as `--fix` does: the proof is then\n\
         one of the model for these values. Where all are fixed, the model is a constant. Import may use tables of up to\n\
         2^18 entries here, as many as a graph may have, where `model import` keeps to 2^15 if 7 bits are left by then.\n\n\
         **{passed} of {cases} cases pass ({:.1} %)**, {} of them with some inputs fixed, {} with all.\n\n\
         | operator | passed | cases | some fixed | all fixed | the rest |\n|---|---|---|---|---|---|\n",
        100.0 * passed as f64 / cases.max(1) as f64,
        sum(|row| row.some_fixed),
        sum(|row| row.all_fixed),
    );
    for (operator, row) in &rows {
        let reasons: Vec<String> = row
            .reasons
            .iter()
            .map(|(reason, count)| format!("{count}: {reason}"))
            .collect();
        // Writing to a string never fails.
        let _ = writeln!(
            text,
            "| {operator} | {} | {} | {} | {} | {} |",
            row.passed,
            row.cases,
            row.some_fixed,
            row.all_fixed,
            reasons.join("; ")
        );
    }
    text.push_str("\n## Excluded\n\n");
    for (reason, names) in &excluded {
        let names: Vec<&str> = names
            .iter()
            .map(|name| name.trim_start_matches("test_"))
            .collect();
        let _ = writeln!(text, "- {reason}, {}: {}", names.len(), names.join(", "));
    }
    text
}

/// What is wrong with an answer, in few words.
fn kind(reason: &str) -> &'static str {
    if reason.contains("no proof") {
        "has no proof"
    } else if reason.contains("no integer stands for") {
        "the reference holds what is no finite number"
    } else {
        "differs from the reference"
    }
}

/// A reason without the names of its case and what to do about it, fit for a cell.
fn short(reason: &str) -> String {
    let reason = reason.split("): ").last().unwrap_or(reason);
    let reason = reason.split("; ").next().unwrap_or(reason);
    let reason: String = reason
        .chars()
        .map(|letter| if letter == '|' { '/' } else { letter })
        .collect();
    let cut: String = reason.chars().take(REASON_CHARACTERS_MAX).collect();
    cut
}
