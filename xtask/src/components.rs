//! The components of `crates/runtime/components`, compiled and committed beside their sources, so that nobody needs a second compiler to
//! test the runtime. `components.json` says what they were made from; a test compares.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::wasm::compiler;

/// Where sources and components lie.
const FOLDER: &str = "crates/runtime/components";
/// What is told about them.
const MANIFEST: &str = "components.json";
/// The packages, each of which becomes a component.
const PACKAGES: [&str; 2] = ["hello", "tool"];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only say whether the committed components were made from these sources.
    #[arg(long)]
    check: bool,
}

/// Compiles the components and writes them and the manifest.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = crate::root()?;
    let folder = root.join(FOLDER);
    if args.check {
        return match stale(&folder)? {
            Some(reason) => bail!("{reason}"),
            None => {
                crate::say("the components were made from these sources");
                Ok(())
            }
        };
    }
    let target = root.join("target/components");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(&folder)
        .args(["build", "--release", "--locked"])
        .env("CARGO_TARGET_DIR", &target);
    let toolchain = compiler(&mut cargo, &root, "")?;
    ensure!(cargo.status()?.success(), "the components don't compile");
    let mut made = serde_json::Map::new();
    for package in PACKAGES {
        let module = target.join(format!("wasm32-unknown-unknown/release/{package}.wasm"));
        let module = std::fs::read(&module).with_context(|| format!("{}", module.display()))?;
        let encoder = wit_component::ComponentEncoder::default().validate(true);
        let component = encoder.module(&module)?.encode()?;
        let path = folder.join(format!("{package}.wasm"));
        std::fs::write(&path, &component).with_context(|| format!("{}", path.display()))?;
        crate::say(&format!("{package}.wasm: {} bytes", component.len()));
        made.insert(
            package.to_owned(),
            json!(blake3::hash(&component).to_string()),
        );
    }
    let manifest = json!({
        "sources_blake3": sources(&folder)?,
        "components_blake3": made,
        "toolchain": toolchain,
    });
    let path = folder.join(MANIFEST);
    std::fs::write(&path, format!("{manifest:#}\n")).with_context(|| format!("{}", path.display()))
}

/// Why the committed components aren't made from the sources that are here; nothing if they are.
fn stale(folder: &Path) -> Result<Option<String>> {
    let text = std::fs::read_to_string(folder.join(MANIFEST)).context(MANIFEST)?;
    let manifest: Value = serde_json::from_str(&text).context(MANIFEST)?;
    for package in PACKAGES {
        let component = std::fs::read(folder.join(format!("{package}.wasm"))).context(package)?;
        if manifest["components_blake3"][package] != blake3::hash(&component).to_string() {
            let reason = format!("{package}.wasm is another file than {MANIFEST} names");
            return Ok(Some(format!("{reason}: run cargo xtask components")));
        }
    }
    if manifest["sources_blake3"] != sources(folder)? {
        let reason = "the components were made from other sources: run cargo xtask components";
        return Ok(Some(reason.to_owned()));
    }
    Ok(None)
}

/// The hash of all sources and pinned dependencies.
fn sources(folder: &Path) -> Result<String> {
    let mut files = BTreeSet::from(["Cargo.toml".to_owned(), "Cargo.lock".to_owned()]);
    for package in PACKAGES {
        files.insert(format!("{package}/Cargo.toml"));
        let source = format!("{package}/src");
        for entry in std::fs::read_dir(folder.join(&source)).context(package)? {
            let name = entry?.file_name();
            files.insert(format!("{source}/{}", name.to_string_lossy()));
        }
    }
    let mut hasher = blake3::Hasher::new();
    for file in files {
        let bytes = std::fs::read(folder.join(&file)).with_context(|| file.clone())?;
        hasher.update(file.as_bytes());
        hasher.update(&[0]);
        hasher.update(blake3::hash(&bytes).as_bytes());
    }
    Ok(hasher.finalize().to_string())
}
