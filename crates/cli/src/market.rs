//! What the commands about the market share: sending a message, rates and times for people, sealed bids.

mod sealed;
mod told;

use lilliput_types::market::{Attribute, Attributes, Rate};
use lilliput_types::{AssetId, List, Text};

use crate::failure::{Failure, OrExit, Result};
use crate::receipt::money;

pub(crate) use sealed::SealedBids;
pub(crate) use told::{send, send_all};

/// A rate for people.
pub(crate) fn rate(rate: Rate, asset: AssetId) -> String {
    format!("{} an hour", money(rate.for_ms(3_600_000), asset))
}

/// A span for people: the largest two of its units.
pub(crate) fn lasting(ms: u64) -> String {
    let units = [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("min", 60_000),
        ("s", 1_000),
    ];
    let first = units.iter().position(|(_, unit)| ms >= *unit);
    let Some(first) = first else {
        return format!("{ms} ms");
    };
    let mut left = ms;
    let parts = units.iter().skip(first).take(2).filter_map(|(name, unit)| {
        let count = left / unit;
        left %= unit;
        (count > 0).then(|| format!("{count} {name}"))
    });
    parts.collect::<Vec<_>>().join(" ")
}

/// `region=eu-west`, as an argument.
pub(crate) fn pair(text: &str) -> std::result::Result<Attribute, String> {
    let (key, value) = text
        .split_once('=')
        .filter(|(key, _)| !key.is_empty())
        .ok_or("expected KEY=VALUE")?;
    Ok(Attribute {
        key: Text::new(key).map_err(|error| error.to_string())?,
        value: Text::new(value).map_err(|error| error.to_string())?,
    })
}

/// Sorted by key, as the ledger wants them.
pub(crate) fn attributes(pairs: &[Attribute]) -> Result<Attributes> {
    let mut sorted = pairs.to_vec();
    sorted.sort();
    let twice = sorted.windows(2).find_map(|pair| match pair {
        [low, high] if low.key == high.key => Some(low.key.clone()),
        _ => None,
    });
    if let Some(key) = twice {
        return Err(Failure::bad_input(anyhow::anyhow!(
            "attribute {key} is given twice"
        )));
    }
    List::new(sorted).or_bad_input("the attributes")
}

#[cfg(test)]
mod tests {
    use super::{lasting, pair};

    #[test]
    fn spans_are_told_in_their_two_largest_units() {
        for (ms, text) in [
            (0, "0 ms"),
            (999, "999 ms"),
            (61_000, "1 min 1 s"),
            (3_600_000, "1 h"),
            (90_000_000, "1 d 1 h"),
            (86_400_000 + 60_000, "1 d"),
        ] {
            assert_eq!(lasting(ms), text);
        }
    }

    #[test]
    fn attributes_are_pairs() {
        assert_eq!(pair("a=b=c").unwrap().value.as_str(), "b=c");
        assert!(pair("a").is_err() && pair("=b").is_err());
    }
}
