//! The repository is tidy; a test like any other.

#[test]
fn the_repository_is_tidy() {
    let root = crate::root().unwrap();
    let findings = super::findings(&root).unwrap();
    assert!(findings.is_empty(), "\n{}", findings.join("\n"));
}
