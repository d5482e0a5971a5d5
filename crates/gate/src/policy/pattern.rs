//! Patterns, bounded: of a policy's patterns none can take long.
//!
//! The engine runs in time linear in the text; what is bounded here is the pattern.

use regex::{Regex, RegexBuilder};

/// Longest pattern. The published lists of crawlers make patterns of some kilobytes.
const PATTERN_BYTES_MAX: usize = 16 << 10;
/// Largest program a pattern may become.
const PROGRAM_BYTES_MAX: usize = 2 << 20;
/// Memory that matching one pattern may keep.
const CACHE_BYTES_MAX: usize = 1 << 20;
const NEST_MAX: u32 = 50;

pub(crate) fn compiled(written: &str) -> Result<Regex, String> {
    if written.len() > PATTERN_BYTES_MAX {
        return Err(format!("a pattern has at most {PATTERN_BYTES_MAX} bytes"));
    }
    RegexBuilder::new(written)
        .size_limit(PROGRAM_BYTES_MAX)
        .dfa_size_limit(CACHE_BYTES_MAX)
        .nest_limit(NEST_MAX)
        .build()
        .map_err(|error| match error {
            regex::Error::CompiledTooBig(_) => {
                "this pattern is too large when it is worked out; repeat less".to_owned()
            }
            other => {
                let text = other.to_string();
                let last = text.lines().last().unwrap_or_default();
                format!("this is no pattern: {}", last.trim_start_matches("error: "))
            }
        })
}
