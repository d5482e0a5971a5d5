//! Decimals as people write them, kept as whole numbers: no double comes between a price and its feed.

/// The most digits read.
const DIGITS_MAX: usize = 18;

/// `text` times ten to the `places`: an optional sign, digits, and at most so many digits behind the point.
pub(super) fn parse(text: &str, places: u8) -> Result<i64, String> {
    let wrong = || format!("{text:?} is no number with at most {places} digits behind the point");
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let places = usize::from(places);
    let well_formed = digits(whole) && digits(fraction) && !whole.is_empty();
    let ends = !unsigned.ends_with('.');
    if !well_formed || !ends || fraction.len() > places || whole.len() + places > DIGITS_MAX {
        return Err(wrong());
    }
    let number: i64 = format!("{whole}{fraction:0<places$}")
        .parse()
        .map_err(|_| wrong())?;
    Ok(if text.starts_with('-') {
        -number
    } else {
        number
    })
}

/// A whole number with its point.
pub(super) fn show(number: u64, places: u8) -> String {
    let places = usize::from(places);
    if places == 0 {
        return number.to_string();
    }
    let digits = format!("{number:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    format!("{whole}.{fraction}")
}

/// A leverage like -1.5, in 1,000ths.
pub(super) fn leverage(text: &str) -> Result<i32, String> {
    let number = parse(text, 3)?;
    i32::try_from(number).map_err(|_| format!("leverage {text} is out of bounds"))
}

/// A part like 0.1, in 10,000ths; for clap.
pub(super) fn part(text: &str) -> Result<u16, String> {
    let number = parse(text, 4)?;
    u16::try_from(number)
        .ok()
        .filter(|bps| *bps <= 10_000)
        .ok_or_else(|| format!("{text} isn't between 0 and 1"))
}

#[cfg(test)]
mod tests {
    use super::{parse, show};

    #[test]
    fn decimals_become_whole_numbers_exactly() {
        assert_eq!(parse("1850.25", 2), Ok(185_025));
        assert_eq!(parse("-0.5", 3), Ok(-500));
        assert_eq!(parse("7", 0), Ok(7));
        assert_eq!(show(185_025, 2), "1850.25");
        assert_eq!(show(5, 2), "0.05");
    }

    #[test]
    fn everything_else_is_refused() {
        for text in [
            "",
            "-",
            ".",
            ".5",
            "5.",
            "1.234",
            "NaN",
            "inf",
            "1e3",
            "1,5",
            "--1",
            "1-",
            " 1",
            "0x1",
            "12345678901234567890",
        ] {
            assert!(parse(text, 2).is_err(), "{text}");
        }
    }
}
