//! Programs of others that come as Python packages: onnxruntime and the peer.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

pub(super) const EZKL_VERSION: &str = "23.0.5";
const PACKAGES: [&str; 3] = ["ezkl==23.0.5", "onnxruntime==1.32.0", "numpy==2.4.6"];

const SCRIPTS: [(&str, &str); 2] = [
    ("ezkl_step.py", include_str!("python/ezkl_step.py")),
    ("run_onnx.py", include_str!("python/run_onnx.py")),
];
const MARKER: &str = "installed";

/// An interpreter with the packages, and our scripts.
pub(super) struct Python {
    interpreter: PathBuf,
    folder: PathBuf,
}

impl Python {
    /// Makes a virtual environment in the target folder, unless there is one.
    pub(super) fn prepare(target: &Path) -> Result<Self> {
        if let Some(python) = Self::existing(target) {
            return Ok(python);
        }
        crate::say("installing onnxruntime and EZKL for the comparison");
        let python = Self::at(target);
        let folder = python.folder.display().to_string();
        succeed(Path::new("python3"), &["-m", "venv", &folder])?;
        let install = ["-m", "pip", "install", "--quiet"];
        let words = [&install[..], &PACKAGES[..]].concat();
        succeed(&python.interpreter, &words)?;
        for (name, content) in SCRIPTS {
            fs::write(python.folder.join(name), content)?;
        }
        fs::write(python.folder.join(MARKER), marker())?;
        Ok(python)
    }

    /// An environment that was made before, by this version of the scripts.
    pub(super) fn existing(target: &Path) -> Option<Self> {
        let python = Self::at(target);
        let found = fs::read_to_string(python.folder.join(MARKER)).ok()?;
        (found == marker()).then_some(python)
    }

    fn at(target: &Path) -> Self {
        let folder = target.join("python");
        Self {
            interpreter: folder.join("bin/python"),
            folder,
        }
    }

    /// Where it lives; a place for what all models share.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// One of our scripts as a command.
    pub(super) fn script(&self, name: &str, arguments: &[&Path]) -> Vec<String> {
        let script = self.folder.join(name);
        let paths = [self.interpreter.as_path(), script.as_path()];
        let all = paths.iter().chain(arguments);
        all.map(|path| path.display().to_string()).collect()
    }
}

/// Runs a command that must succeed.
pub(super) fn succeed(program: &Path, arguments: &[&str]) -> Result<()> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("failed to run {}", program.display()))?;
    ensure!(
        output.status.success(),
        "{} {} failed: {}",
        program.display(),
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(())
}

/// Tells environments of other packages or scripts apart.
fn marker() -> String {
    let scripts = SCRIPTS.map(|(_, content)| blake3::hash(content.as_bytes()).to_string());
    [PACKAGES.join("\n"), scripts.join("\n")].join("\n")
}
