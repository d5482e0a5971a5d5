//! The published vectors: files, what becomes of them, and what is wrong with them.

use lilliput_sdl::read;
use serde_json::Value;

const VECTORS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../specs/vectors/sdl.json");

fn vectors() -> Value {
    serde_json::from_str(&std::fs::read_to_string(VECTORS).unwrap()).unwrap()
}

#[test]
fn accepted_files_become_the_published_groups_and_manifests() {
    let vectors = vectors();
    let accepted = vectors["accepted"].as_array().unwrap();
    assert!(accepted.len() >= 3);
    for vector in accepted {
        let sdl = read(vector["sdl"].as_str().unwrap().as_bytes()).unwrap();
        let groups = serde_json::to_value(sdl.groups()).unwrap();
        assert!(groups == vector["groups"], "{}: {groups}", vector["name"]);
        let manifest = serde_json::to_value(sdl.manifest()).unwrap();
        assert!(
            manifest == vector["manifest"],
            "{}: {manifest}",
            vector["name"]
        );
    }
}

#[test]
fn refused_files_have_the_published_problems() {
    let vectors = vectors();
    let refused = vectors["refused"].as_array().unwrap();
    assert!(refused.len() >= 10);
    for vector in refused {
        let refusal = read(vector["sdl"].as_str().unwrap().as_bytes()).unwrap_err();
        let problems = serde_json::to_value(refusal.problems()).unwrap();
        assert!(
            problems == vector["problems"],
            "{}: {problems:#}",
            vector["name"]
        );
    }
}
