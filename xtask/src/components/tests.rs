use super::{FOLDER, stale};

#[test]
fn the_committed_components_are_made_from_the_sources_that_are_here() {
    let folder = crate::root().unwrap().join(FOLDER);
    assert_eq!(stale(&folder).unwrap(), None);
}
