//! Set-up, proof and check of models as anyone runs them, beside EZKL and onnxruntime on the same
//! files.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use super::ezkl::{self, Ezkl};
use super::ours::{self, Hide, Ours};
use super::python::Python;
use super::runtime::{self, Runtime};
use super::work::{self, Files, Peer, Work};
use super::{plot, report};

#[derive(clap::Args)]
pub(super) struct Args {
    /// Measure this prover on the same files too, once; figures it has given before are kept.
    #[arg(long, value_enum)]
    peer: Option<PeerName>,
    /// Only these rows; prints instead of writing.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Folder with models that aren't part of the repository: minilm.onnx, minilm-samples.npz and so on; how to
    /// make it: `cargo xtask eval-models --help`.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Counted runs of each of our commands.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// The command to measure [default: build target/release/lilliput].
    #[arg(long)]
    lilliput: Option<PathBuf>,
    /// Where figures-prover.md and its pictures are written [default: docs].
    #[arg(long)]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum PeerName {
    Ezkl,
}

/// All figures of one model.
pub(super) struct Row {
    pub(super) work: Work,
    pub(super) folder: PathBuf,
    /// With weights and input hidden.
    pub(super) ours: Result<Ours>,
    /// With nothing hidden.
    pub(super) open: Result<Ours>,
    pub(super) runtime: Option<Runtime>,
    pub(super) ezkl: Option<Ezkl>,
}

pub(super) fn run(args: &Args) -> Result<()> {
    let root = crate::root()?;
    let target = target(&root).join("bench-prover");
    let selected = selected(&args.only)?;
    let lilliput = match &args.lilliput {
        Some(path) => path.clone(),
        None => build(&root)?,
    };
    let python = match args.peer {
        Some(PeerName::Ezkl) => Some(Python::prepare(&target)?),
        None => Python::existing(&target),
    };
    let mut rows = Vec::new();
    let mut skipped = Vec::new();
    for work in selected {
        let Some(files) = work.files(&root, args.data.as_deref(), &target)? else {
            skipped.push(work.title);
            crate::say(&format!("{}: skipped, it needs --data", work.name));
            continue;
        };
        crate::say(work.name);
        rows.push(measure(args, work, &files, &lilliput, python.as_ref())?);
    }
    let run = report::Run {
        peer: args.peer.is_some(),
        data: args.data.is_some(),
        skipped,
        runs: args.runs,
    };
    let text = report::markdown(&rows, &run);
    if !args.only.is_empty() {
        crate::print(&text);
        return Ok(());
    }
    let out = args.out.clone().unwrap_or_else(|| root.join("docs"));
    std::fs::create_dir_all(out.join("figures"))?;
    for (name, svg) in plot::all(&rows)? {
        std::fs::write(out.join("figures").join(name), svg)?;
    }
    let path = out.join("figures-prover.md");
    std::fs::write(&path, text)?;
    crate::say(&format!("wrote {}", path.display()));
    let failed = rows
        .iter()
        .filter(|row| row.ours.is_err() || row.open.is_err())
        .count();
    ensure!(failed == 0, "{failed} models couldn't be measured");
    Ok(())
}

fn measure(
    args: &Args,
    work: Work,
    files: &Files,
    lilliput: &Path,
    python: Option<&Python>,
) -> Result<Row> {
    let measured = |hide| {
        let ours = ours::measure(lilliput, files, args.runs, hide);
        if let Err(error) = &ours {
            crate::say(&format!("  not measured: {error:#}"));
        }
        ours
    };
    let ours = measured(Hide::WeightsAndInput);
    let open = measured(Hide::Nothing);
    let runtime = python
        .map(|python| runtime::measure(python, files, args.runs))
        .transpose()?;
    let ezkl = match (args.peer, python, work.peer) {
        (Some(PeerName::Ezkl), Some(python), Peer::Measured) => Some(ezkl::measure(python, files)?),
        (None, _, Peer::Measured) => ezkl::kept(files)?,
        _ => None,
    };
    Ok(Row {
        work,
        folder: files.folder.clone(),
        ours,
        open,
        runtime,
        ezkl,
    })
}

fn selected(only: &[String]) -> Result<Vec<Work>> {
    for name in only {
        if !work::ALL.iter().any(|work| work.name == name) {
            let names = work::ALL.map(|work| work.name);
            bail!("there is no row {name}; there are {}", names.join(", "));
        }
    }
    let wanted = |work: &&Work| only.is_empty() || only.iter().any(|name| name == work.name);
    Ok(work::ALL.iter().filter(wanted).copied().collect())
}

fn target(root: &Path) -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from)
}

fn build(root: &Path) -> Result<PathBuf> {
    let status = Command::new("cargo")
        .args(["build", "--release", "--package", "lilliput-cli"])
        .current_dir(root)
        .status()
        .context("failed to run cargo")?;
    ensure!(status.success(), "the build failed");
    Ok(target(root).join("release/lilliput"))
}
