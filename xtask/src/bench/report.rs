//! The figures as Markdown.

mod numbers;
mod tables;
#[cfg(test)]
mod tests;

use super::prover::Row;
use super::python::EZKL_VERSION;
use super::work::Peer;
use super::{machine, plot};

/// What the command was told, and what it left out.
pub(super) struct Run {
    pub(super) peer: bool,
    pub(super) data: bool,
    /// Titles of rows without files.
    pub(super) skipped: Vec<&'static str>,
    /// Counted runs of each of our commands.
    pub(super) runs: usize,
}

/// The whole document; a part that nothing was measured for is left out.
pub(super) fn markdown(rows: &[Row], run: &Run) -> String {
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
    let mut all = vec![heading(rows, run)];
    all.extend(parts);
    all.join("\n\n") + "\n"
}

/// The pictures that a whole run draws.
fn pictures(rows: &[Row]) -> String {
    let names = plot::names(rows).into_iter();
    let links = names.map(|(title, file)| format!("![{title}](figures/{file})"));
    links.collect::<Vec<_>>().join("\n\n")
}

/// What was run, and which figures are from earlier.
fn heading(rows: &[Row], run: &Run) -> String {
    let runtime = rows.iter().find_map(|row| row.runtime.as_ref());
    let runtime = runtime.map_or_else(String::new, |runtime| {
        format!(", onnxruntime {}", runtime.version)
    });
    let (date, machine) = (machine::today(), machine::name());
    let version = env!("CARGO_PKG_VERSION");
    let peer = if run.peer { " --peer ezkl" } else { "" };
    let data = if run.data { " --data DIR" } else { "" };
    let runs = run.runs;
    let sources = [Some(peers(rows)), real_models(rows, run)];
    let sources: Vec<String> = sources.into_iter().flatten().collect();
    format!(
        "# What a proof costs

Written by `cargo xtask bench prover{peer}{data}` on {date}: lilliput {version}{runtime}; {machine}.

{}

Ours hide weights and input, the output is public. They are whole processes of the command `lilliput`, from start to exit,
files read and written included: the median of {runs} runs after one that doesn't count, least and most in brackets. CPU seconds
are user and system time of all threads; memory is the largest resident set.

EZKL: the same ONNX file and input, once, each step in a process of its own; input hidden, weights fixed in the circuit (its
default: they stand in the proving key), output public, target `resources`, SRS made before. Proving includes the witness.

LeNet is the trained network of `models/digits`. MLPs and blocks have random weights from a fixed seed, written by this
command: what a proof costs depends on shapes and ranges, not on what a network has learnt.",
        sources.join("\n")
    )
}

/// Of which models there are figures of the peer, from when and where.
fn peers(rows: &[Row]) -> String {
    let mut measured: Vec<(String, Vec<&str>)> = Vec::new();
    let mut missing = Vec::new();
    for row in rows {
        let title = row.work.title;
        match &row.ezkl {
            Some(ezkl) => {
                let when = format!("of {} ({})", ezkl.date, ezkl.machine);
                match measured.iter_mut().find(|(known, _)| *known == when) {
                    Some((_, titles)) => titles.push(title),
                    None => measured.push((when, vec![title])),
                }
            }
            None if row.work.peer == Peer::Measured => missing.push(title),
            None => {}
        }
    }
    let mut said: Vec<String> = measured
        .iter()
        .map(|(when, titles)| {
            let titles = titles.join("; ");
            format!("EZKL {EZKL_VERSION}'s figures {when}: {titles}.")
        })
        .collect();
    if !missing.is_empty() {
        let missing = missing.join("; ");
        said.push(format!(
            "Without figures of EZKL, which `--peer ezkl` measures: {missing}."
        ));
    }
    said.join("\n")
}

/// Where models come from that aren't part of the repository, and which are left out.
fn real_models(rows: &[Row], run: &Run) -> Option<String> {
    let is_here = rows.iter().any(|row| row.work.needs_data());
    match (&run.skipped[..], is_here) {
        ([], false) => None,
        ([], true) => {
            Some("What DIR holds, and how to make it: [real-models.md](real-models.md).".into())
        }
        (skipped, _) => Some(format!(
            "Left out, since they need `--data DIR`: {}.",
            skipped.join("; ")
        )),
    }
}
