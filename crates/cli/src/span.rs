//! Spans of time as people write them.

use lilliput_types::DurationMs;

/// `90s`, `15m`, `6h`, `7d`.
pub(crate) fn span(text: &str) -> Result<DurationMs, String> {
    let expected = || "expected a number and s, m, h or d, like 6h".to_owned();
    let unit = text.chars().last().ok_or_else(expected)?;
    let unit_ms: u64 = match unit {
        's' => 1_000,
        'm' => 60_000,
        'h' => 3_600_000,
        'd' => 86_400_000,
        _ => return Err(expected()),
    };
    let number = text.strip_suffix(unit).unwrap_or_default();
    let number: u64 = number.parse().map_err(|_| expected())?;
    let ms = number.checked_mul(unit_ms).ok_or_else(expected)?;
    Ok(DurationMs(ms))
}

#[cfg(test)]
mod tests {
    use super::span;

    #[test]
    fn spans_are_numbers_with_a_unit() {
        assert_eq!(span("90s").map(|span| span.0), Ok(90_000));
        assert_eq!(span("7d").map(|span| span.0), Ok(604_800_000));
        for wrong in ["", "7", "d", "1.5h", "-1s", "99999999999999999d", "7µ"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }
}
