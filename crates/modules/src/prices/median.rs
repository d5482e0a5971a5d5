//! The price that reports make.

/// The median of reports, weighted by stake: the lowest price that at least half of the reported stake is at or below. None
/// unless `quorum` reporters and more than half of all stake have reported.
///
/// Weighted, so that splitting a stake over many reporters changes nothing.
#[must_use]
pub fn median(reports: &[(u64, u128)], quorum: u16, staked: u128) -> Option<u64> {
    let reported = reports
        .iter()
        .fold(0_u128, |sum, (_, stake)| sum.saturating_add(*stake));
    if reports.len() < usize::from(quorum.max(1)) || reported <= staked / 2 {
        return None;
    }
    let mut sorted = reports.to_vec();
    sorted.sort_unstable();
    let mut below = 0_u128;
    sorted
        .into_iter()
        .find(|(_, stake)| {
            below = below.saturating_add(*stake);
            below >= reported.div_ceil(2)
        })
        .map(|(price, _)| price)
}

/// Whether a price is within a tolerance of the median.
#[must_use]
pub fn within(price: u64, median: u64, tolerance_bps: u16) -> bool {
    let off = u128::from(price.abs_diff(median)) * 10_000;
    off <= u128::from(median) * u128::from(tolerance_bps)
}

#[cfg(test)]
mod tests {
    use super::{median, within};

    #[test]
    fn stake_decides_and_splitting_it_changes_nothing() {
        assert_eq!(median(&[(100, 1), (101, 1), (500, 1)], 3, 3), Some(101));
        assert_eq!(median(&[(100, 1), (101, 1), (500, 3)], 3, 5), Some(500));
        let split = [(100, 1), (101, 1), (500, 1), (500, 1), (500, 1)];
        assert_eq!(median(&split, 3, 5), Some(500));
        // Of two halves the lower.
        assert_eq!(median(&[(7, 2), (9, 2)], 2, 4), Some(7));
    }

    #[test]
    fn without_a_quorum_there_is_no_price() {
        assert_eq!(median(&[], 1, 0), None);
        assert_eq!(median(&[(100, 5), (101, 5)], 3, 10), None);
        assert_eq!(median(&[(100, 1), (101, 1), (102, 1)], 3, 6), None);
        assert_eq!(median(&[(100, 1), (101, 1), (102, 2)], 3, 7), Some(101));
    }

    #[test]
    fn the_tolerance_includes_its_bound() {
        assert!(within(10_100, 10_000, 100) && within(9_900, 10_000, 100));
        assert!(!within(10_101, 10_000, 100) && !within(9_899, 10_000, 100));
    }
}
