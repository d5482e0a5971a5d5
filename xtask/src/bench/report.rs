//! The figures as Markdown.

mod numbers;
mod tables;

use super::prover::Row;
use super::python::EZKL_VERSION;
use super::{machine, plot};

/// The whole document; a part that nothing was measured for is left out.
pub(super) fn markdown(rows: &[Row], runs: usize) -> String {
    let ezkl = |what: &str| format!("{what} EZKL {EZKL_VERSION}");
    let parts = [
        (ezkl("Proving, beside"), tables::prove(rows)),
        ("All steps".into(), tables::steps(rows)),
        ("What hiding costs".into(), tables::hiding(rows)),
        ("Beside a run without proof".into(), tables::runtime(rows)),
        (ezkl("All steps of"), tables::ezkl(rows)),
        ("Growth".into(), pictures(rows)),
        ("Not measured".into(), tables::failures(rows)),
    ];
    let parts = parts
        .iter()
        .filter(|(_, content)| !content.is_empty())
        .map(|(title, content)| format!("## {title}\n\n{content}"));
    let mut all = vec![heading(rows, runs)];
    all.extend(parts);
    all.join("\n\n") + "\n"
}

/// The pictures that a whole run draws.
fn pictures(rows: &[Row]) -> String {
    let names = plot::names(rows).into_iter();
    let links = names.map(|(title, file)| format!("![{title}](figures/{file})"));
    links.collect::<Vec<_>>().join("\n\n")
}

fn heading(rows: &[Row], runs: usize) -> String {
    let runtime = rows.iter().find_map(|row| row.runtime.as_ref());
    let runtime = runtime.map_or_else(String::new, |runtime| {
        format!(", onnxruntime {}", runtime.version)
    });
    let (date, machine) = (machine::today(), machine::name());
    let version = env!("CARGO_PKG_VERSION");
    format!(
        "# What a proof costs

Written by `cargo xtask bench prover --peer ezkl --data DIR` on {date}: lilliput {version}{runtime}, EZKL {EZKL_VERSION};
{machine}.

Ours hide weights and input, the output is public. They are whole processes of the command `lilliput`, from start to exit,
files read and written included: the median of {runs} runs after one that doesn't count, least and most in brackets. CPU seconds
are user and system time of all threads; memory is the largest resident set.

EZKL: the same ONNX file and input, once, each step in a process of its own; input hidden, weights fixed in the circuit (its
default: they stand in the proving key), output public, target `resources`, SRS made before. Proving includes the witness.

LeNet is the trained network of `models/digits`. MLPs and blocks have random weights from a fixed seed, written by this
command: what a proof costs depends on shapes and ranges, not on what a network has learnt."
    )
}
