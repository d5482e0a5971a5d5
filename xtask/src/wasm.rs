//! The verifier as WebAssembly, for the node's pages.
//!
//! The module is committed, so that nobody needs a second compiler to build the node. Beside it stands what it was made
//! from: the hash of all sources, settings and pinned dependencies, and the compiler's name. A test compares.

mod sources;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

/// The package that is compiled.
const PACKAGE: &str = "lilliput-browser";
/// What is compiled for.
const TARGET: &str = "wasm32-unknown-unknown";
/// The profile of the root manifest that says how.
const PROFILE: &str = "wasm";
/// What the compiler is told besides.
const FLAGS: &str = "-C target-feature=+bulk-memory,+sign-ext";
/// Where the module goes.
const MODULE: &str = "crates/node/assets/verifier.wasm";
/// Where it is told what it was made from.
const MANIFEST: &str = "crates/node/assets/verifier.wasm.json";
/// Debian's compiler for WebAssembly, and its linker.
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_LINKER: &str = "wasm-ld-19";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only say whether the committed module was made from these sources.
    #[arg(long)]
    check: bool,
}

/// Compiles the verifier and writes module and manifest.
pub(crate) fn run(args: &Args) -> Result<()> {
    let root = crate::root()?;
    if args.check {
        return match stale(&root)? {
            Some(reason) => bail!("{reason}"),
            None => {
                crate::say(&format!("{MODULE} was made from these sources"));
                Ok(())
            }
        };
    }
    let (built, toolchain) = build(&root)?;
    let module = std::fs::read(&built).with_context(|| format!("{}", built.display()))?;
    let manifest = json!({
        "sources_blake3": sources::hash(&root)?,
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
fn stale(root: &Path) -> Result<Option<String>> {
    let text = std::fs::read_to_string(root.join(MANIFEST)).context(MANIFEST)?;
    let manifest: Value = serde_json::from_str(&text).context(MANIFEST)?;
    let module = std::fs::read(root.join(MODULE)).context(MODULE)?;
    let reason = if manifest["wasm_blake3"] != blake3::hash(&module).to_string() {
        "is another file than its manifest names"
    } else if manifest["sources_blake3"] != sources::hash(root)? {
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
        .args(["build", "--lib", "--locked", "--package", PACKAGE])
        .args(["--profile", PROFILE])
        .env("CARGO_TARGET_DIR", &folder);
    let toolchain = compiler(&mut cargo, root, FLAGS)?;
    ensure!(cargo.status()?.success(), "the verifier doesn't compile");
    let module = folder
        .join(TARGET)
        .join(PROFILE)
        .join("lilliput_browser.wasm");
    Ok((module, toolchain))
}

/// Has a command compile for WebAssembly; the name of the compiler that will.
pub(crate) fn compiler(cargo: &mut Command, root: &Path, flags: &str) -> Result<String> {
    let mut flags = format!("{flags} {}", remapped(root));
    let own = sysroot("rustc")?;
    cargo.args(["--target", TARGET]);
    let compiler = if own.join("lib/rustlib").join(TARGET).exists() {
        "rustc"
    } else if Path::new(DEBIAN_RUSTC).exists()
        && sysroot(DEBIAN_RUSTC)?.join("lib/rustlib/src").exists()
    {
        cargo
            .arg("-Zbuild-std=std,panic_abort")
            .env("RUSTC", DEBIAN_RUSTC)
            .env("RUSTC_BOOTSTRAP", "1");
        flags += &format!(" -C linker={DEBIAN_LINKER}");
        DEBIAN_RUSTC
    } else {
        bail!(
            "no compiler for {TARGET}: run `rustup target add {TARGET}`, or on Debian \
             `apt-get install rustc-web rust-web-src lld-19`"
        );
    };
    cargo.env("RUSTFLAGS", flags);
    version(compiler)
}

/// Flags that keep the folders of whoever compiles out of the module.
fn remapped(root: &Path) -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let registries = home.map(|home| home.join("registry/src"));
    let registries = registries.and_then(|folder| std::fs::read_dir(folder).ok());
    let registries = registries.into_iter().flatten().flatten();
    let flag = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    let mut flags = vec![flag(root, "lilliput")];
    flags.extend(registries.map(|registry| flag(&registry.path(), "registry")));
    flags.join(" ")
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
