//! The correlations of a round once more in doubles, so that a slip in the integers would be seen.

use std::collections::BTreeMap;

use lilliput_incentives::float::correlation_score;
use lilliput_modules::tournament::score::Candidate;
use lilliput_types::tournament::Scores;
use lilliput_types::tournament::blob::{TARGET_ONE, TargetList};

use crate::failure::{OrExit, Result};

/// The most cells that are computed a second time.
const CELLS_MAX: usize = 1 << 22;
/// By how much doubles and integers may differ: twice what the specification promises.
pub(super) const DEVIATION_MAX: f64 = 1.0 / (1_u64 << 27) as f64;

/// The largest deviation of a correlation and whose it is, by place; none for a round that is too large.
pub(super) fn largest_deviation(
    targets: &TargetList,
    candidates: &[Candidate],
    scores: &[Scores],
) -> Result<Option<(usize, f64)>> {
    let revealed: BTreeMap<usize, _> = candidates
        .iter()
        .enumerate()
        .filter_map(|(place, candidate)| Some((place, candidate.prediction.as_ref()?)))
        .collect();
    if revealed.len().saturating_mul(targets.values().len()) > CELLS_MAX {
        return Ok(None);
    }
    let part = |value: &u32| Some(f64::from(*value) / f64::from(TARGET_ONE));
    let targets: Vec<Option<f64>> = targets.values().iter().map(part).collect();
    let mut largest = None;
    for (place, prediction) in revealed {
        let values = prediction.places().iter();
        let values: Vec<Option<f64>> = values.map(|value| value.map(f64::from)).collect();
        let exact = correlation_score(&targets, &values, true)
            .or_rejected("a correlation can't be computed")?;
        let got = scores.get(place).and_then(|scores| scores.correlation);
        let deviation = match (exact, got) {
            (Some(exact), Some(got)) => (exact - Scores::decimal(got)).abs(),
            (None, None) => 0.0,
            (Some(_), None) | (None, Some(_)) => f64::INFINITY,
        };
        if largest.is_none_or(|(_, before)| deviation > before) {
            largest = Some((place, deviation));
        }
    }
    Ok(largest)
}
