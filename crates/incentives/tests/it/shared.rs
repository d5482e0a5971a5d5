//! Reads vectors made elsewhere, where they are present beside the repository.

use std::path::Path;

use serde_json::Value;

/// The parsed file, or nothing with a printed reason.
#[expect(clippy::print_stdout, reason = "a skipped test says so")]
pub(crate) fn load(name: &str) -> Option<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let path = folder.join(name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).expect("vectors are JSON")),
        Err(error) => {
            println!("skipped: {} is absent ({error})", path.display());
            None
        }
    }
}
