//! The examples of this repository are sound and say what they show.

use std::path::Path;

use lilliput_sdl::{Verification, read};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/sdl");

#[test]
fn every_example_is_read_without_a_warning() {
    let mut seen = 0;
    for entry in std::fs::read_dir(EXAMPLES).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "yaml") {
            continue;
        }
        let sdl = match read(&std::fs::read(&path).unwrap()) {
            Ok(sdl) => sdl,
            Err(refusal) => panic!("{}:\n{refusal}", path.display()),
        };
        assert_eq!(sdl.warnings, [], "{}", path.display());
        seen += 1;
    }
    assert_eq!(seen, 5);
}

#[test]
fn the_batch_example_uses_every_attribute_of_ours() {
    let text = std::fs::read(Path::new(EXAMPLES).join("batch.yaml")).unwrap();
    let terms = read(&text).unwrap().placements["anywhere"].terms;
    assert_eq!(terms.verification, Verification::Replicated { replicas: 3 });
    assert!(
        terms.deadline.is_some() && terms.spot_ceiling.is_some() && terms.notice_window.is_some()
    );
}
