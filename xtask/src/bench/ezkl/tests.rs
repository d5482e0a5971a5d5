use std::fs;

use serde_json::json;

use super::{Kept, kept};
use crate::bench::work::Files;

fn files(folder: &std::path::Path) -> Files {
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file is written");
        path
    };
    Files {
        folder: folder.to_path_buf(),
        onnx: write("model.onnx", "a model"),
        calibration: write("calibration.json", "[]"),
        input: write("input.json", "{}"),
    }
}

#[test]
fn figures_are_kept_step_by_step_until_the_files_change() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path());
    let mut open = Kept::open(&files).expect("nothing is kept yet");
    assert_eq!(open.steps, json!({}));
    open.steps["settings"] = json!({ "facts": { "logrows": 15 } });
    open.write().expect("it is written");
    let again = Kept::open(&files).expect("it is read");
    assert_eq!(again.steps["settings"]["facts"]["logrows"], 15);
    assert!(
        kept(&files).expect("it is read").is_none(),
        "steps are missing"
    );

    fs::write(&files.onnx, "another model").expect("a file is written");
    let changed = Kept::open(&files).expect("it is read");
    assert_eq!(changed.steps, json!({}));
}

#[test]
fn want_of_memory_is_a_figure_too_and_nothing_comes_after_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let files = files(folder.path());
    let mut open = Kept::open(&files).expect("nothing is kept yet");
    let usage = json!({ "wall_seconds": 1.0, "cpu_seconds": 2.0, "memory_mb": 3.0 });
    open.steps = json!({
        "settings": { "usage": usage, "facts": { "logrows": 20 } },
        "srs": {},
        "setup": { "usage": usage, "facts": { "vk_bytes": 1, "pk_bytes": 2 } },
        "prove": { "out_of_memory": true, "date": "2026-01-01", "machine": "this one" },
    });
    open.write().expect("it is written");
    let kept = kept(&files).expect("it is read").expect("figures");
    assert!(kept.proven.is_none());
    assert_eq!((kept.logrows, kept.setup.memory_mb as u64), (20, 3));
    assert_eq!(kept.machine, "this one");
}
