//! Policies as files: ours in TOML, and those of Anubis in YAML.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::policy::anubis::{self, Imported, Missing};
use crate::policy::place::{Place, Problem, Problems};
use crate::policy::{POLICY_BYTES_MAX, Policy};

/// A policy and the text it was read from.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The policy.
    pub policy: Policy,
    /// Its text, in TOML.
    pub text: String,
}

/// Reads the policy of a file: `.yaml`, `.yml` and `.json` are Anubis'.
///
/// # Errors
/// With everything that is wrong with it.
pub fn load(file: &Path, anubis_data: Option<&Path>) -> Result<Loaded, Problems> {
    let ending = file
        .extension()
        .and_then(|ending| ending.to_str())
        .unwrap_or_default();
    let text = if matches!(ending, "yaml" | "yml" | "json") {
        import(file, anubis_data, Missing::Refuse)?.text
    } else {
        bounded(file).map_err(|message| one(file, message))?
    };
    let policy = Policy::read(&text).map_err(|problems| named(file, problems))?;
    Ok(Loaded { policy, text })
}

/// Translates a policy of Anubis.
///
/// # Errors
/// With everything that can't be translated, unless it is to be left out.
pub fn import(
    file: &Path,
    anubis_data: Option<&Path>,
    missing: Missing,
) -> Result<Imported, Problems> {
    anubis::import(file, anubis_data, missing, &bounded)
}

fn bounded(file: &Path) -> Result<String, String> {
    let most = u64::try_from(POLICY_BYTES_MAX).unwrap_or(u64::MAX);
    let mut text = String::new();
    File::open(file)
        .and_then(|file| file.take(most + 1).read_to_string(&mut text))
        .map_err(|error| error.to_string())?;
    if text.len() > POLICY_BYTES_MAX {
        return Err(format!("it has more than {POLICY_BYTES_MAX} bytes"));
    }
    Ok(text)
}

fn one(file: &Path, message: String) -> Problems {
    Problems(vec![Problem {
        file: file.display().to_string(),
        place: Place { line: 1, column: 1 },
        message,
    }])
}

fn named(file: &Path, mut problems: Problems) -> Problems {
    for problem in &mut problems.0 {
        problem.file = file.display().to_string();
    }
    problems
}
