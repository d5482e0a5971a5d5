//! The tables `[scenario.NAME.path]`: how inputs move over the years.

use toml::de::{DeTable, DeValue};

use super::source::{Key, Source, Value, in_order};
use crate::number::{Unit, parse_number};
use crate::scenario::{InputKey, Path, Scenario, SegmentName, ShareKind};

const KINDS: [&str; 5] = ["constant", "linear", "compound", "s-curve", "bass"];
const KEYS: [&str; 8] = [
    "kind",
    "from_year",
    "from_value",
    "rate",
    "ceiling",
    "launch_year",
    "innovation",
    "imitation",
];
const INPUTS: [&str; 5] = [
    "productivity_tam",
    "adoption",
    "value_capture",
    "segment_share",
    "crypto_share",
];

pub(super) fn read_paths<'a>(source: &Source<'a>, scenario: &mut Scenario, value: &Value<'a>) {
    let Some(table) = source.table(value, "`path`") else {
        return;
    };
    for (key, value) in in_order(table) {
        let name = key.get_ref().as_ref();
        let kind = match name {
            "segment_share" => ShareKind::Segment,
            "crypto_share" => ShareKind::Crypto,
            _ => {
                match InputKey::parse(name) {
                    Some(input) => set(source, scenario, vec![input], key, value),
                    None => source.unknown_key(key, "`path`", &INPUTS),
                }
                continue;
            }
        };
        let Some(table) = source.table(value, &format!("`path.{name}`")) else {
            continue;
        };
        if table.iter().any(|(key, _)| key.get_ref() == "kind") {
            let all = scenario
                .segments
                .iter()
                .map(|segment| InputKey::Share(kind, segment.clone()))
                .collect();
            set(source, scenario, all, key, value);
            continue;
        }
        for (key, value) in in_order(table) {
            let segment = SegmentName::parse(key.get_ref())
                .filter(|segment| scenario.segments.contains(segment));
            match segment {
                Some(segment) => set(
                    source,
                    scenario,
                    vec![InputKey::Share(kind, segment)],
                    key,
                    value,
                ),
                None => {
                    let known: Vec<&str> = scenario
                        .segments
                        .iter()
                        .map(SegmentName::as_str)
                        .chain(["kind"])
                        .collect();
                    source.unknown_key(key, &format!("`path.{name}`"), &known);
                }
            }
        }
    }
}

fn set<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    inputs: Vec<InputKey>,
    key: &Key<'a>,
    value: &Value<'a>,
) {
    for input in inputs {
        let reader = Reader {
            source,
            key,
            unit: if input == InputKey::ProductivityTam {
                Unit::BillionDollars
            } else {
                Unit::Share
            },
            scenario,
        };
        let Some(table) = source.table(value, "a path") else {
            return;
        };
        let Some(path) = reader.path(table) else {
            return;
        };
        scenario.paths.insert(input, path);
    }
}

struct Reader<'s, 'a> {
    source: &'s Source<'a>,
    key: &'s Key<'a>,
    unit: Unit,
    scenario: &'s Scenario,
}

impl<'a> Reader<'_, 'a> {
    fn path(&self, table: &DeTable<'a>) -> Option<Path> {
        for (key, _) in in_order(table) {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                self.source.unknown_key(key, "a path", &KEYS);
                return None;
            }
        }
        let kind_value = self.required(table, "kind")?;
        let kind = self.source.string(kind_value, "`kind`")?;
        let used: &[&str] = match kind.as_str() {
            "constant" => &[],
            "linear" => &["from_year", "from_value"],
            "compound" if has(table, "rate") => &["rate"],
            "compound" => &["from_year", "from_value"],
            "s-curve" => &["from_year", "from_value", "ceiling"],
            "bass" => &["launch_year", "innovation", "imitation"],
            _ => {
                let near = crate::error::nearest(&kind, KINDS.into_iter());
                let hint = near.map_or(format!("known: {}", KINDS.join(", ")), |near| {
                    format!("did you mean `{near}`?")
                });
                self.source.problem(
                    &kind_value.span(),
                    format!("there is no path `{kind}`"),
                    Some(hint),
                );
                return None;
            }
        };
        if let Some((key, _)) = in_order(table)
            .into_iter()
            .find(|(key, _)| key.get_ref() != "kind" && !used.contains(&key.get_ref().as_ref()))
        {
            self.source.problem(
                &key.span(),
                format!("a path `{kind}` doesn't use `{}`", key.get_ref()),
                Some(format!("it uses: {}", used.join(", "))),
            );
            return None;
        }
        self.build(&kind, table)
    }

    fn build(&self, kind: &str, table: &DeTable<'a>) -> Option<Path> {
        match kind {
            "linear" => {
                let (from_year, from_value) = self.known_year(table)?;
                Some(Path::Linear {
                    from_year,
                    from_value,
                })
            }
            "compound" if has(table, "rate") => {
                let rate = self.number(table, "rate", Unit::Plain, (-0.99, 10.0))?;
                Some(Path::Compound { rate })
            }
            "compound" => {
                let (from_year, from_value) = self.known_year(table)?;
                Some(Path::CompoundFrom {
                    from_year,
                    from_value,
                })
            }
            "s-curve" => {
                let (from_year, from_value) = self.known_year(table)?;
                let most = if self.unit == Unit::Share {
                    1.0
                } else {
                    f64::MAX
                };
                let ceiling = self.number(table, "ceiling", self.unit, (0.0, most))?;
                if from_value >= ceiling {
                    self.source.problem(&self.key.span(), format!("the curve starts at {from_value}, which is not below its ceiling {ceiling}"), None);
                    return None;
                }
                Some(Path::SCurve {
                    from_year,
                    from_value,
                    ceiling,
                })
            }
            "bass" => {
                let launch_year = self.year(table, "launch_year")?;
                let innovation = self.number(table, "innovation", Unit::Plain, (1e-6, 1.0))?;
                let imitation = self.number(table, "imitation", Unit::Plain, (0.0, 5.0))?;
                Some(Path::Bass {
                    launch_year,
                    innovation,
                    imitation,
                })
            }
            _ => Some(Path::Constant),
        }
    }

    fn required<'t>(&self, table: &'t DeTable<'a>, word: &str) -> Option<&'t Value<'a>> {
        let found = table
            .iter()
            .find(|(key, _)| key.get_ref() == word)
            .map(|(_, value)| value);
        if found.is_none() {
            self.source.problem(
                &self.key.span(),
                format!("this path lacks `{word}`"),
                (word == "kind").then(|| format!("known: {}", KINDS.join(", "))),
            );
        }
        found
    }

    fn known_year(&self, table: &DeTable<'a>) -> Option<(u16, f64)> {
        let from_year = self.year(table, "from_year")?;
        let most = if self.unit == Unit::Share {
            1.0
        } else {
            f64::MAX
        };
        let from_value = self.number(table, "from_value", self.unit, (f64::MIN_POSITIVE, most))?;
        Some((from_year, from_value))
    }

    /// A year before the scenario's own, from which a path can set out.
    fn year(&self, table: &DeTable<'a>, word: &str) -> Option<u16> {
        let value = self.required(table, word)?;
        let year = match value.get_ref() {
            DeValue::Integer(number) => number.as_str().parse::<u16>().ok(),
            _ => None,
        };
        let anchor = self.scenario.year.number();
        let year = year.filter(|year| (1990..anchor).contains(year));
        if year.is_none() {
            self.source.problem(
                &value.span(),
                format!(
                    "`{word}` is a year from 1990 to {}, before the scenario's own",
                    anchor - 1
                ),
                None,
            );
        }
        year
    }

    fn number(
        &self,
        table: &DeTable<'a>,
        word: &str,
        unit: Unit,
        (least, most): (f64, f64),
    ) -> Option<f64> {
        let value = self.required(table, word)?;
        let parsed = match value.get_ref() {
            DeValue::Integer(number) => {
                parse_number(number.as_str(), unit).map_err(|error| error.to_string())
            }
            DeValue::Float(number) => {
                parse_number(number.as_str(), unit).map_err(|error| error.to_string())
            }
            DeValue::String(text) => parse_number(text, unit).map_err(|error| error.to_string()),
            _ => Err("a number is needed".to_owned()),
        };
        let checked = parsed.and_then(|number| {
            if (least..=most).contains(&number) {
                Ok(number)
            } else {
                Err(format!("{number} is out of range"))
            }
        });
        match checked {
            Ok(number) => Some(number),
            Err(message) => {
                self.source
                    .problem(&value.span(), format!("`{word}`: {message}"), None);
                None
            }
        }
    }
}

fn has(table: &DeTable<'_>, word: &str) -> bool {
    table.iter().any(|(key, _)| key.get_ref() == word)
}
