//! Recorded signals of a contest's entrants: CSV of time, entrant and leverage.

use std::collections::BTreeSet;
use std::path::Path;

use lilliput_crypto::Digest;
use lilliput_types::TimeMs;
use lilliput_types::prices::{ContestId, ENTRANTS_MAX, Signal};

use super::decimal;
use super::series::{Series, each_row, whole};
use crate::failure::Result;

/// The longest name of an entrant.
const NAME_BYTES_MAX: usize = 32;

/// Who entered, and what they committed to when.
pub(super) struct Signals {
    /// In the order of their first signals.
    pub(super) names: Vec<String>,
    /// In the order of commitment.
    pub(super) signals: Vec<Signal>,
}

impl Signals {
    /// Reads `time,entrant,leverage` and a signal a line, in the order of commitment. A signal is for the first price after its
    /// time; a second one of an entrant for the same price is refused, as the ledger refuses it.
    pub(super) fn read(path: &Path, series: &Series, leverage_max: u32) -> Result<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut signals: Vec<Signal> = Vec::new();
        let mut taken = BTreeSet::new();
        each_row(
            path,
            ["time", "entrant", "leverage"],
            |[time, name, leverage]| {
                let time = whole(time)?;
                if signals
                    .last()
                    .is_some_and(|last| last.committed_at.0 > time)
                {
                    return Err(format!("time {time} is before that of the line above"));
                }
                let leverage = decimal::leverage(leverage)?;
                if leverage.unsigned_abs() > leverage_max {
                    let most = decimal::show(u64::from(leverage_max), 3);
                    return Err(format!(
                        "the leverage is beyond the limit of {most} either way"
                    ));
                }
                let entrant = numbered(&mut names, name)?;
                let period = series.rows.partition_point(|(of, _)| *of <= time);
                if period == series.rows.len() {
                    return Err(format!("no price follows time {time}"));
                }
                if !taken.insert((period, entrant)) {
                    return Err(format!("a second signal of {name} for the same price"));
                }
                signals.push(Signal {
                    contest: ContestId(1),
                    period: period as u64,
                    entrant,
                    sequence: signals.len() as u64,
                    committed_at: TimeMs(time),
                    sealed: Digest([0; 32]),
                    leverage: Some(leverage),
                    salt: None,
                    changed: false,
                });
                Ok(())
            },
        )?;
        Ok(Self { names, signals })
    }
}

/// The number of an entrant; a new name gets the next one.
fn numbered(names: &mut Vec<String>, name: &str) -> std::result::Result<u16, String> {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if name.is_empty() || name.len() > NAME_BYTES_MAX || !name.bytes().all(letters) {
        return Err(format!(
            "{name:?} is no name (1 to {NAME_BYTES_MAX} of a-z, A-Z, 0-9, - and _)"
        ));
    }
    let place = names.iter().position(|known| known == name);
    let place = place.unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    });
    u16::try_from(place)
        .ok()
        .filter(|place| u32::from(*place) < ENTRANTS_MAX)
        .ok_or_else(|| format!("more than {ENTRANTS_MAX} entrants"))
}
