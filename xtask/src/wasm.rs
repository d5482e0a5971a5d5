//! The verifier as WebAssembly, for the node's pages.
//!
//! The module is committed, so that nobody needs a second compiler to build the node. Beside it stands what it was made
//! from: the hash of all sources and pinned dependencies, and the compiler's name. A test compares.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

#[cfg(test)]
mod tests;

/// The package that is compiled.
const PACKAGE: &str = "lilliput-browser";
/// What is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
/// Our crates that go in.
const CRATES: [&str; 3] = ["graph", "verifier", "browser"];
/// Where the module goes.
const MODULE: &str = "crates/node/assets/verifier.wasm";
/// Where it is told what it was made from.
const MANIFEST: &str = "crates/node/assets/verifier.wasm.json";
/// Debian's compiler for WebAssembly, and its linker.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "wasm-ld-19";

/// Compiles the verifier and writes module and manifest.
pub(crate) fn run() -> Result<()> {
    let root = crate::root()?;
    let (built, toolchain) = build(&root)?;
    let module = std::fs::read(&built).with_context(|| format!("{}", built.display()))?;
    let manifest = json!({
        "sources_blake3": sources_hash(&root)?,
        "wasm_blake3": blake3::hash(&module).to_string(),
        "bytes": module.len(),
        "toolchain": toolchain,
    });
    std::fs::write(root.join(MODULE), &module).context(MODULE)?;
    let text = format!("{manifest:#}\n");
    std::fs::write(root.join(MANIFEST), text).context(MANIFEST)?;
    crate::say(&format!("{MODULE}: {} bytes, {toolchain}", module.len()));
    Ok(())
}

/// Why the committed module isn't made from the sources that are here; nothing if it is.
pub(crate) fn stale(root: &Path) -> Result<Option<String>> {
    let text = std::fs::read_to_string(root.join(MANIFEST)).context(MANIFEST)?;
    let manifest: Value = serde_json::from_str(&text).context(MANIFEST)?;
    let module = std::fs::read(root.join(MODULE)).context(MODULE)?;
    let reason = if manifest["wasm_blake3"] != blake3::hash(&module).to_string() {
        "is another file than its manifest names"
    } else if manifest["sources_blake3"] != sources_hash(root)? {
        "was made from other sources"
    } else {
        return Ok(None);
    };
    Ok(Some(format!("{MODULE} {reason}: run cargo xtask wasm")))
}

/// The module's path, and the compiler that made it.
fn build(root: &Path) -> Result<(PathBuf, String)> {
    let folder = root.join("target/wasm");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(root)
        .args(["build", "--release", "--locked", "--package", PACKAGE])
        .args(["--target", TARGET])
        .env("CARGO_TARGET_DIR", &folder);
    let own = sysroot("rustc")?;
    let compiler = if own.join("lib/rustlib").join(TARGET).exists() {
        "rustc"
    } else if Path::new(DEBIAN_RUSTC).exists()
        && sysroot(DEBIAN_RUSTC)?.join("lib/rustlib/src").exists()
    {
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", format!("-C linker={DEBIAN_LINKER}"));
        DEBIAN_RUSTC
    } else {
        bail!(
            "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
             `apt-get install rustc-web rust-web-src lld-19`"
        );
    };
    ensure!(cargo.status()?.success(), "the verifier doesn't compile");
    let module = folder.join(TARGET).join("release/lilliput_browser.wasm");
    Ok((module, version(compiler)?))
}

fn sysroot(rustc: &str) -> Result<PathBuf> {
    Ok(PathBuf::from(output(rustc, &["--print", "sysroot"])?))
}

fn version(rustc: &str) -> Result<String> {
    output(rustc, &["--version"])
}

fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("failed to run {program}"))?;
    ensure!(output.status.success(), "{program} failed");
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The hash of every file that goes in, tests left out, and of the pinned dependencies.
fn sources_hash(root: &Path) -> Result<String> {
    let mut files = BTreeSet::new();
    for name in CRATES {
        let folder = root.join("crates").join(name);
        files.insert(folder.join("Cargo.toml"));
        collect(&folder.join("src"), &mut files)?;
    }
    let mut hasher = blake3::Hasher::new();
    for file in files {
        let name = file.strip_prefix(root).unwrap_or(&file);
        let name = name.to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&file).with_context(|| format!("{}", file.display()))?;
        hasher.update(name.as_bytes());
        hasher.update(&[0]);
        hasher.update(blake3::hash(&bytes).as_bytes());
    }
    for dependency in dependencies(root)? {
        hasher.update(dependency.as_bytes());
        hasher.update(&[0]);
    }
    Ok(hasher.finalize().to_string())
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
        if is_test {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(path);
        }
    }
    Ok(())
}

/// Name, version and checksum of everything from the registry that the package needs, by Cargo.lock.
fn dependencies(root: &Path) -> Result<BTreeSet<String>> {
    let text = std::fs::read_to_string(root.join("Cargo.lock")).context("Cargo.lock")?;
    let lock: toml::Table = toml::from_str(&text).context("Cargo.lock")?;
    let packages = lock.get("package").and_then(toml::Value::as_array);
    let packages = packages.context("Cargo.lock has no packages")?;
    let text_of = |package: &toml::Value, key: &str| {
        let value = package.get(key).and_then(toml::Value::as_str);
        value.unwrap_or_default().to_owned()
    };
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut open = vec![PACKAGE.to_owned()];
    while let Some(wanted) = open.pop() {
        if !seen.insert(wanted.clone()) {
            continue;
        }
        // A dependency is named by its name alone, or with its version where there are several.
        let mut words = wanted.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        let own = packages.iter().filter(|package| {
            text_of(package, "name") == name
                && version.is_none_or(|version| text_of(package, "version") == version)
        });
        for package in own {
            let checksum = text_of(package, "checksum");
            if !checksum.is_empty() {
                found.insert(format!("{name} {} {checksum}", text_of(package, "version")));
            }
            let list = package.get("dependencies").and_then(toml::Value::as_array);
            let names = list.into_iter().flatten().filter_map(toml::Value::as_str);
            open.extend(names.map(str::to_owned));
        }
    }
    Ok(found)
}
