//! Scenario files: TOML in, checked scenarios out, and every problem with its line.
//!
//! Limits: a file of 1 MiB, 64 scenarios, 32 segments and 256 quantities a scenario.

mod check;
mod correlation;
mod input;
mod path;
mod scenario;
mod source;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use crate::error::Problems;
use crate::scenario::Scenario;
use source::Source;

pub(crate) const FILE_BYTES_MAX: usize = 1 << 20;
pub(crate) const SCENARIOS_MAX: usize = 64;
pub(crate) const SEGMENTS_MAX: usize = 32;
pub(crate) const QUANTITIES_MAX: usize = 256;

/// The scenarios of a file, in the file's order, each complete.
///
/// What a scenario leaves out comes from the one it extends: another of the file, or one of `known`; without
/// `extends` that is the known one of the same name, else `base`.
pub fn read_scenarios(
    file: &str,
    text: &str,
    known: &[Scenario],
) -> Result<Vec<Scenario>, Problems> {
    let source = Source::new(Arc::from(file), text);
    let scenarios = scenario::read_all(&source, known);
    source.finish(scenarios)
}
