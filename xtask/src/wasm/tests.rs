use super::*;

#[test]
fn the_committed_module_is_made_from_these_sources() {
    let root = crate::root().expect("the repository");
    assert_eq!(stale(&root).expect("module and manifest"), None);
}

#[test]
fn dependencies_are_those_of_the_verifier() {
    let root = crate::root().expect("the repository");
    let found = dependencies(&root).expect("Cargo.lock");
    let has = |name: &str| found.iter().any(|own| own.starts_with(&format!("{name} ")));
    assert!(has("p3-dft") && has("blake3") && has("borsh"));
    assert!(!has("tokio") && !has("redb"));
}
