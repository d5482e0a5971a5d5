use super::*;

#[test]
fn the_committed_module_is_made_from_these_sources() {
    let root = crate::root().expect("the repository");
    assert_eq!(stale(&root).expect("module and manifest"), None);
}

#[test]
fn the_sources_are_the_verifiers_and_nothing_else() {
    let root = crate::root().expect("the repository");
    let found = sources::find(&root).expect("manifests and Cargo.lock");
    let has = |name: &str| {
        let begin = format!("{name} ");
        found.pinned.iter().any(|line| line.starts_with(&begin))
    };
    for needed in ["browser", "graph", "verifier"] {
        assert!(found.crates.contains(needed), "{needed}");
    }
    assert!(has("p3-field") && has("blake3") && has("borsh"));
    assert!(!has("tokio") && !has("redb") && !has("proptest"));
    assert!(!found.crates.contains("prover"));
}

#[test]
fn a_changed_byte_of_the_module_or_its_sources_is_noticed() {
    let root = crate::root().expect("the repository");
    let copy = tempfile::tempdir().expect("a folder");
    let found = sources::find(&root).expect("manifests and Cargo.lock");
    let mut files = vec!["Cargo.toml".to_owned(), "Cargo.lock".to_owned()];
    files.extend([MODULE.to_owned(), MANIFEST.to_owned()]);
    for name in &found.crates {
        files.push(format!("crates/{name}/Cargo.toml"));
        copy_sources(&root, copy.path(), &format!("crates/{name}/src"));
    }
    for file in files {
        copy_file(&root, copy.path(), &file);
    }
    let before = stale(copy.path()).expect("module and manifest");
    assert_eq!(before, stale(&root).expect("module and manifest"));
    let source = copy.path().join("crates/verifier/src/verify.rs");
    append(&source);
    let sources = stale(copy.path()).expect("module and manifest");
    assert!(sources.is_some_and(|reason| reason.contains("cargo xtask wasm")));
    append(&copy.path().join(MODULE));
    let module = stale(copy.path()).expect("module and manifest");
    assert!(module.is_some_and(|reason| reason.contains("another file")));
}

fn append(path: &Path) {
    let mut bytes = std::fs::read(path).expect("a file");
    bytes.push(b'\n');
    std::fs::write(path, bytes).expect("a file");
}

fn copy_file(from: &Path, to: &Path, name: &str) {
    let target = to.join(name);
    std::fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
    std::fs::copy(from.join(name), target).expect("a copy");
}

fn copy_sources(from: &Path, to: &Path, folder: &str) {
    for entry in std::fs::read_dir(from.join(folder)).expect("a folder") {
        let entry = entry.expect("an entry");
        let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            copy_sources(from, to, &name);
        } else {
            copy_file(from, to, &name);
        }
    }
}
