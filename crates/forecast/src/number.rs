//! Numbers as people write them: `33%`, `5,850.8`, `5.85 trillion`.

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Billions of US dollars; a number without a unit is that already.
    BillionDollars,
    /// A part of a whole, from 0 to 1.
    Share,
    /// Anything: quantities that only feed a formula.
    Plain,
}

/// Why a text is not a number of the unit asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    #[error("`{0}` is not a number")]
    NotANumber(String),
    #[error("`{0}` has a comma that doesn't part thousands: write the decimals after a point")]
    Comma(String),
    #[error("`{0}` is a percentage where an amount in billions of dollars is needed")]
    PercentForMoney(String),
    #[error("`{0}` is an amount of money where a share is needed")]
    MoneyForShare(String),
    #[error("`{got}` has the unit `{unit}`, which is not known")]
    UnknownUnit { got: String, unit: String },
}

const SCALES_IN_BILLIONS: [(&str, f64); 14] = [
    ("trillion", 1e3),
    ("tn", 1e3),
    ("t", 1e3),
    ("billion", 1.0),
    ("bn", 1.0),
    ("b", 1.0),
    ("million", 1e-3),
    ("mn", 1e-3),
    ("m", 1e-3),
    ("thousand", 1e-6),
    ("k", 1e-6),
    ("dollars", 1e-9),
    ("dollar", 1e-9),
    ("usd", 1.0),
];

/// Reads `text` as a number of `unit`; the range of the number is the caller's business.
pub fn parse_number(text: &str, unit: Unit) -> Result<f64, NumberError> {
    let trimmed = text.trim();
    let (digits, suffix, money) = split(trimmed);
    let value = parse_digits(digits, trimmed)?;
    let scale = match suffix.as_str() {
        "" => None,
        "%" => {
            return match unit {
                Unit::BillionDollars => Err(NumberError::PercentForMoney(trimmed.to_owned())),
                Unit::Share | Unit::Plain => Ok(hundredth(value)),
            };
        }
        other => Some(scale_of(other).ok_or_else(|| NumberError::UnknownUnit {
            got: trimmed.to_owned(),
            unit: other.to_owned(),
        })?),
    };
    match (unit, scale) {
        (Unit::Share, Some(_)) => Err(NumberError::MoneyForShare(trimmed.to_owned())),
        (Unit::Share, None) if money => Err(NumberError::MoneyForShare(trimmed.to_owned())),
        (_, None) => Ok(value),
        (_, Some(scale)) => Ok(value * scale),
    }
}

/// A percentage as the number nearest to what was written: 18.9 gives 0.189, which dividing by 100 misses.
pub(crate) fn hundredth(value: f64) -> f64 {
    format!("{value}e-2").parse().unwrap_or(value / 100.0)
}

/// The digits, the lower-case unit without currency words, and whether a currency was named.
fn split(text: &str) -> (&str, String, bool) {
    let lower = text.to_ascii_lowercase();
    let mut start = 0;
    let mut money = false;
    for currency in ["us$", "usd", "$"] {
        if lower.starts_with(currency) {
            start = currency.len();
            money = true;
            break;
        }
    }
    let body = text[start..].trim_start();
    let end = body
        .char_indices()
        .find(|(index, c)| !is_digit_part(body, *index, *c))
        .map_or(body.len(), |(index, _)| index);
    let mut suffix = body[end..].trim().to_ascii_lowercase();
    for currency in ["us dollars", "us$", "usd", "$"] {
        if let Some(rest) = suffix.strip_suffix(currency)
            && !rest.is_empty()
        {
            money = true;
            suffix = rest.trim_end().to_owned();
            break;
        }
    }
    (body[..end].trim_end(), suffix, money)
}

fn is_digit_part(body: &str, index: usize, c: char) -> bool {
    if c.is_ascii_digit() || matches!(c, '.' | ',' | '_' | '+' | '-') {
        return true;
    }
    // An exponent counts as digits only between digits, so that `5e3` is a number and `5 e` is not.
    matches!(c, 'e' | 'E')
        && index > 0
        && body[index + 1..].starts_with(|next: char| next.is_ascii_digit() || next == '-')
}

fn parse_digits(digits: &str, whole: &str) -> Result<f64, NumberError> {
    let not_a_number = || NumberError::NotANumber(whole.to_owned());
    if let Some((integer, _)) = digits.split_once(['.', 'e', 'E']).or(Some((digits, "")))
        && integer.contains(',')
    {
        let mut groups = integer.trim_start_matches(['+', '-']).split(',');
        let first_fits = groups
            .next()
            .is_some_and(|group| (1..=3).contains(&group.len()));
        if !first_fits || groups.any(|group| group.len() != 3) {
            return Err(NumberError::Comma(whole.to_owned()));
        }
    }
    if digits
        .split_once('.')
        .is_some_and(|(_, decimals)| decimals.contains(','))
    {
        return Err(NumberError::Comma(whole.to_owned()));
    }
    let plain: String = digits.chars().filter(|c| !matches!(c, ',' | '_')).collect();
    let value: f64 = plain.parse().map_err(|_| not_a_number())?;
    if value.is_finite() {
        Ok(value)
    } else {
        Err(not_a_number())
    }
}

fn scale_of(unit: &str) -> Option<f64> {
    SCALES_IN_BILLIONS
        .iter()
        .find(|(name, _)| *name == unit)
        .map(|(_, scale)| *scale)
}

/// A number with the given decimals and commas between thousands, as the study prints it.
#[must_use]
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.*}", decimals, value.abs());
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut grouped = String::new();
    for (index, digit) in integer.chars().enumerate() {
        if index > 0 && (integer.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let is_zero = !text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    let sign = if value < 0.0 && !is_zero { "-" } else { "" };
    if fraction.is_empty() {
        format!("{sign}{grouped}")
    } else {
        format!("{sign}{grouped}.{fraction}")
    }
}

/// A share as a percentage with as many decimals as it needs, at most `decimals_max`.
#[must_use]
pub fn percent(share: f64, decimals_max: usize) -> String {
    let text = format!("{:.*}", decimals_max, share * 100.0);
    let trimmed = if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.')
    } else {
        &text
    };
    format!("{trimmed} %")
}
