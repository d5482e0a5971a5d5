//! What `rustfmt` and `clippy` don't see: layers, file lengths, names, docs, links, blobs, vectors.
//!
//! Every rule returns its findings as lines `path: what is wrong`; no line means tidy.

mod layers;
mod links;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

/// Longest source file, in lines.
const LINES_MAX: usize = 800;
/// Largest file in the repository, in bytes.
const BLOB_BYTES_MAX: u64 = 1 << 20;
/// Names that say nothing about what is inside.
const BANNED_STEMS: [&str; 7] = [
    "utils", "util", "helpers", "common", "manager", "imp", "misc",
];

/// All findings over the files that git knows or would add.
pub(crate) fn findings(root: &Path) -> Result<Vec<String>> {
    let files = repository_files(root)?;
    let mut found = layers::findings(root)?;
    for file in &files {
        found.extend(file_findings(root, file)?);
    }
    found.extend(links::findings(root, &files)?);
    found.extend(unused_vectors(root, &files)?);
    found.sort();
    Ok(found)
}

/// Paths relative to the root, sorted: tracked files and untracked ones that aren't ignored.
fn repository_files(root: &Path) -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(root)
        .output()
        .context("failed to run git")?;
    if !output.status.success() {
        bail!(
            "git ls-files failed: {}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    let mut files: Vec<PathBuf> = String::from_utf8(output.stdout)
        .context("a file name isn't UTF-8")?
        .split('\0')
        .filter(|name| !name.is_empty() && root.join(name).is_file())
        .map(PathBuf::from)
        .collect();
    files.sort();
    files.dedup();
    Ok(files)
}

fn file_findings(root: &Path, file: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let full = root.join(file);
    let bytes = full.metadata()?.len();
    if bytes > BLOB_BYTES_MAX {
        found.push(format!(
            "{}: {bytes} bytes, at most {BLOB_BYTES_MAX}",
            file.display()
        ));
    }
    if file.extension().is_none_or(|extension| extension != "rs") {
        return Ok(found);
    }
    let text = std::fs::read_to_string(&full).with_context(|| full.display().to_string())?;
    let lines = text.lines().count();
    if lines > LINES_MAX {
        found.push(format!(
            "{}: {lines} lines, at most {LINES_MAX}",
            file.display()
        ));
    }
    // `foo/tests.rs` says by its place what it is for.
    let unit_tests = file.file_name().is_some_and(|name| name == "tests.rs");
    if !unit_tests && !text.trim_start().starts_with("//!") {
        found.push(format!("{}: doesn't open with `//!`", file.display()));
    }
    for part in file {
        let name = part.to_string_lossy();
        if BANNED_STEMS.contains(&name.trim_end_matches(".rs")) {
            found.push(format!(
                "{}: the name `{name}` says nothing",
                file.display()
            ));
        }
    }
    let stem = file.file_name().map(|name| name.to_string_lossy());
    if stem.is_some_and(|name| name == "mod.rs" || name == "lib.rs") {
        for (number, line) in text.lines().enumerate() {
            if line.starts_with("pub use ") && line.ends_with("::*;") {
                found.push(format!("{}:{}: glob re-export", file.display(), number + 1));
            }
        }
    }
    Ok(found)
}

/// Test vectors that no Rust file names.
fn unused_vectors(root: &Path, files: &[PathBuf]) -> Result<Vec<String>> {
    let mut sources = String::new();
    for file in files {
        if file.extension().is_some_and(|extension| extension == "rs") {
            sources.push_str(&std::fs::read_to_string(root.join(file))?);
        }
    }
    Ok(files
        .iter()
        .filter(|file| file.starts_with("specs/vectors"))
        .filter(|file| {
            file.extension()
                .is_some_and(|extension| extension == "json")
        })
        .filter(|file| {
            file.file_name()
                .is_some_and(|name| !sources.contains(name.to_string_lossy().as_ref()))
        })
        .map(|file| format!("{}: no test reads it", file.display()))
        .collect())
}
