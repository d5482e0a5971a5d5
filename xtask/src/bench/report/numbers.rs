//! Numbers with as many digits as they deserve.

#[cfg(test)]
mod tests;

use crate::bench::measure::Spread;

/// Three significant digits, thousands apart.
pub(super) fn short(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    grouped(&format!("{value:.decimals$}"))
}

/// A whole number, thousands apart.
pub(super) fn whole(value: f64) -> String {
    grouped(&format!("{value:.0}"))
}

/// The median, least and most in brackets.
pub(super) fn spread(figure: Spread) -> String {
    format!(
        "{} ({} to {})",
        short(figure.median),
        short(figure.least),
        short(figure.most)
    )
}

/// Kibibytes.
pub(super) fn kib(bytes: u64) -> String {
    short(bytes as f64 / 1024.0)
}

fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && !text.ends_with('-') {
            text.push(',');
        }
        text.push(digit);
    }
    text + rest
}
