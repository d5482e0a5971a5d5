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

/// Compares two trees, numbers within a relative error.
pub(crate) fn same(got: &Value, expected: &Value, tolerance: f64, place: &str) {
    match (got, expected) {
        (Value::Object(got), Value::Object(expected)) => {
            assert_eq!(got.len(), expected.len(), "{place}: fields");
            for (key, value) in expected {
                same(&got[key], value, tolerance, &format!("{place}.{key}"));
            }
        }
        (Value::Array(got), Value::Array(expected)) => {
            assert_eq!(got.len(), expected.len(), "{place}: length");
            for (index, (got, expected)) in got.iter().zip(expected).enumerate() {
                same(got, expected, tolerance, &format!("{place}[{index}]"));
            }
        }
        (Value::Number(got), Value::Number(expected)) => {
            let (got, expected) = (got.as_f64(), expected.as_f64());
            let (got, expected) = (got.unwrap_or(f64::NAN), expected.unwrap_or(f64::NAN));
            let error = (got - expected).abs();
            assert!(
                error <= tolerance * expected.abs().max(1e-3),
                "{place}: {got} {expected}"
            );
        }
        _ => assert_eq!(got, expected, "{place}"),
    }
}
/// A list of numbers; `null` becomes NaN.
pub(crate) fn numbers(value: &Value) -> Vec<f64> {
    let list = value.as_array().expect("a list of numbers");
    list.iter()
        .map(|number| number.as_f64().unwrap_or(f64::NAN))
        .collect()
}
