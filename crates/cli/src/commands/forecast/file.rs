//! Reading a scenario file, and picking scenarios from it.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use lilliput_forecast::{Scenario, Year, read_scenarios, study};

use crate::failure::{Failure, OrExit, Result};

/// A little more than the library takes, so that it is the library that refuses.
const READ_BYTES_MAX: u64 = (1 << 20) + 1;

/// The scenarios of the file, or the study's without one.
pub(super) fn scenarios(file: Option<&PathBuf>) -> Result<Vec<Scenario>> {
    match file {
        None => Ok(study().to_vec()),
        Some(path) => read(path),
    }
}

fn read(path: &Path) -> Result<Vec<Scenario>> {
    let name = path.display().to_string();
    let mut text = String::new();
    File::open(path)
        .and_then(|file| file.take(READ_BYTES_MAX).read_to_string(&mut text))
        .or_bad_input(format!("failed to read {name}"))?;
    read_scenarios(&name, &text, study()).map_err(Failure::bad_input)
}

/// The scenario of that name, in the file or the study's; the first of the file without a name.
pub(super) fn pick<'a>(
    scenarios: &'a [Scenario],
    name: Option<&str>,
    default: &str,
) -> Result<&'a Scenario> {
    let all = || scenarios.iter().chain(study());
    let found = match name {
        Some(name) => all().find(|scenario| scenario.name == name),
        None => scenarios
            .iter()
            .find(|scenario| scenario.name == default)
            .or_else(|| scenarios.first()),
    };
    found.ok_or_else(|| {
        let mut names: Vec<&str> = all().map(|scenario| scenario.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        Failure::bad_input(anyhow!(
            "there is no scenario `{}`",
            name.unwrap_or(default)
        ))
        .hint(format!("known: {}", names.join(", ")))
    })
}

/// For clap: a year the model answers for.
pub(super) fn parse_year(text: &str) -> std::result::Result<Year, String> {
    text.parse()
        .ok()
        .and_then(Year::new)
        .ok_or_else(|| format!("a year from {} to {}", Year::FIRST, Year::LAST))
}
