//! Numbers of harnesses in billionths.

/// Larger ones don't fit.
const VALUE_MAX: f64 = 9.0e9;
const BILLION: f64 = 1e9;

/// The number in billionths, rounded to the nearest; none if it is no number or too large.
pub(super) fn billionths(value: f64) -> Option<i64> {
    let fits = value.is_finite() && value.abs() <= VALUE_MAX;
    // Within 2^63 by the bound.
    fits.then(|| (value * BILLION).round() as i64)
}

/// The number again, without zeros at the end.
pub(super) fn text(billionths: i64) -> String {
    let sign = if billionths < 0 { "-" } else { "" };
    let size = billionths.unsigned_abs();
    let digits = format!("{}.{:09}", size / 1_000_000_000, size % 1_000_000_000);
    let short = digits.trim_end_matches('0').trim_end_matches('.');
    format!("{sign}{short}")
}

#[cfg(test)]
mod tests {
    use super::{billionths, text};

    #[test]
    fn numbers_are_billionths_or_refused() {
        assert_eq!(billionths(0.5731), Some(573_100_000));
        assert_eq!(billionths(-12.25), Some(-12_250_000_000));
        for wrong in [f64::NAN, f64::INFINITY, 1e10, -1e300] {
            assert_eq!(billionths(wrong), None);
        }
        assert_eq!(text(573_100_000), "0.5731");
        assert_eq!(text(-12_250_000_000), "-12.25");
        assert_eq!(text(0), "0");
    }
}
