//! What the module is made from, as one hash.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml::{Table, Value};

use super::{FLAGS, PACKAGE, PROFILE};

/// How our packages' names begin; what follows is their folder.
const OWN: &str = "lilliput-";

/// What goes in.
#[derive(Default)]
pub(super) struct Sources {
    /// Folders of our crates.
    pub(super) crates: BTreeSet<String>,
    /// Name, version and checksum of everything from the registry, by Cargo.lock.
    pub(super) pinned: BTreeSet<String>,
    /// How the root manifest asks for these: versions and features.
    pub(super) asked: BTreeSet<String>,
}

/// The hash of every file that goes in, tests left out, of the pinned dependencies, and of the settings.
pub(super) fn hash(root: &Path) -> Result<String> {
    let sources = find(root)?;
    let mut files = BTreeSet::new();
    for name in &sources.crates {
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
    let settings = [FLAGS.to_owned(), profile(root)?];
    for line in sources.pinned.iter().chain(&sources.asked).chain(&settings) {
        hasher.update(line.as_bytes());
        hasher.update(&[0]);
    }
    Ok(hasher.finalize().to_string())
}

/// Follows the package's dependencies, those of tests left out.
pub(super) fn find(root: &Path) -> Result<Sources> {
    let lock = table(&root.join("Cargo.lock"))?;
    let packages = lock.get("package").and_then(Value::as_array);
    let packages = packages.context("Cargo.lock has no packages")?;
    let manifest = table(&root.join("Cargo.toml"))?;
    let asked = at(&manifest, &["workspace", "dependencies"]);
    let asked = asked.context("Cargo.toml has no dependencies")?;
    let mut sources = Sources::default();
    let mut seen = BTreeSet::new();
    let mut open = vec![PACKAGE.to_owned()];
    while let Some(wanted) = open.pop() {
        if !seen.insert(wanted.clone()) {
            continue;
        }
        // A dependency is named by its name alone, or with its version where there are several.
        let mut words = wanted.split(' ');
        let (name, version) = (words.next().unwrap_or_default(), words.next());
        if let Some(folder) = name.strip_prefix(OWN) {
            let manifest = table(&root.join("crates").join(folder).join("Cargo.toml"))?;
            let needed = at(&manifest, &["dependencies"]).cloned();
            open.extend(needed.unwrap_or_default().keys().cloned());
            sources.crates.insert(folder.to_owned());
            continue;
        }
        if let Some(how) = asked.get(name) {
            sources.asked.insert(format!("{name} = {how}"));
        }
        let found = packages.iter().filter(|package| {
            text(package, "name") == name
                && version.is_none_or(|version| text(package, "version") == version)
        });
        for package in found {
            let (version, checksum) = (text(package, "version"), text(package, "checksum"));
            sources
                .pinned
                .insert(format!("{name} {version} {checksum}"));
            let list = package.get("dependencies").and_then(Value::as_array);
            let names = list.into_iter().flatten().filter_map(Value::as_str);
            open.extend(names.map(str::to_owned));
        }
    }
    Ok(sources)
}

/// How the root manifest says to compile.
fn profile(root: &Path) -> Result<String> {
    let manifest = table(&root.join("Cargo.toml"))?;
    let settings = at(&manifest, &["profile", PROFILE]);
    Ok(settings
        .context("Cargo.toml lacks the profile")?
        .to_string())
}

fn table(path: &Path) -> Result<Table> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
    toml::from_str(&text).with_context(|| format!("{}", path.display()))
}

fn at<'a>(table: &'a Table, path: &[&str]) -> Option<&'a Table> {
    let mut table = table;
    for name in path {
        table = table.get(*name)?.as_table()?;
    }
    Some(table)
}

fn text<'a>(package: &'a Value, key: &str) -> &'a str {
    package.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn collect(folder: &Path, files: &mut BTreeSet<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| format!("{}", folder.display()))? {
        let path = entry?.path();
        if path.file_stem().is_some_and(|stem| stem == "tests") {
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
