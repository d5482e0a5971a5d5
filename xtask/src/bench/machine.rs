//! Where and when.

use std::fs;

/// Cores, processor and memory, as Linux names them.
pub(super) fn name() -> String {
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let processor = value_of(&info, "model name").unwrap_or("an unknown processor");
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kibibytes = value_of(&memory, "MemTotal")
        .and_then(|text| text.split_whitespace().next())
        .and_then(|digits| digits.parse::<f64>().ok())
        .unwrap_or(f64::NAN);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let gigabytes = kibibytes * 1024.0 / 1e9;
    format!("{cores} cores of {processor}, {gigabytes:.0} GB")
}

fn value_of<'a>(text: &'a str, field: &str) -> Option<&'a str> {
    let rest = text.lines().find_map(|line| line.strip_prefix(field))?;
    Some(rest.trim_start_matches([' ', '\t', ':']))
}

/// Processes that want a core, over the last minute.
pub(super) fn load() -> Option<f64> {
    let text = fs::read_to_string("/proc/loadavg").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The date, in UTC.
pub(super) fn today() -> String {
    jiff::Timestamp::now()
        .to_zoned(jiff::tz::TimeZone::UTC)
        .date()
        .to_string()
}
