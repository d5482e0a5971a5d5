//! One input: a number, a text such as `33%`, `2% to 8%` or `= formula`, or a table with a distribution.

use std::ops::Range;

use toml::de::{DeArray, DeTable, DeValue};

use super::source::{Key, Source, Value, in_order};
use crate::distribution::{Distribution, DistributionError, Percentile, Tail};
use crate::formula::parse_formula;
use crate::number::{Unit, parse_number, percent};
use crate::scenario::{Attribution, Definition, Input, Status};

const KINDS: [&str; 9] = [
    "value",
    "uniform",
    "triangular",
    "pert",
    "normal",
    "lognormal",
    "beta",
    "mixture",
    "empirical",
];
const OPTIONS: [&str; 8] = [
    "shape", "low", "high", "min", "max", "status", "source", "note",
];
/// So much of an unbounded distribution may lie where the input can't be without a word from the user.
const OUTSIDE_MAX: f64 = 0.01;

/// What a scenario says once for all its inputs.
pub(super) struct Defaults {
    pub(super) status: Status,
    pub(super) source: String,
}

pub(super) fn read_input<'a>(
    source: &Source<'a>,
    name: &str,
    unit: Unit,
    defaults: &Defaults,
    key: &Key<'a>,
    value: &Value<'a>,
) -> Option<Input> {
    let mut attribution = Attribution {
        status: defaults.status,
        source: defaults.source.clone(),
        note: String::new(),
        origin: source.origin(&key.span()),
    };
    let definition = match value.get_ref() {
        DeValue::Table(table) => {
            read_attribution(source, table, &mut attribution);
            read_table(source, name, unit, key, table)?
        }
        _ => read_plain(source, name, unit, value)?,
    };
    if definition == Definition::Unknown
        && (attribution.status != Status::NotDerivable || unit != Unit::Plain)
    {
        source.problem(
            &key.span(),
            format!("`{name}` has no value"),
            Some(format!("give one of {}", KINDS.join(", "))),
        );
        return None;
    }
    let shown = match value.get_ref() {
        DeValue::Table(table) => match table.iter().find(|(key, _)| key.get_ref() == "value") {
            Some((_, value)) => source.written(value),
            None if definition == Definition::Unknown => "unknown".to_owned(),
            None => shown_distribution(source, table),
        },
        _ => source.written(value),
    };
    Some(Input {
        unit,
        written: shown,
        definition,
        attribution,
    })
}

/// The distribution's own part of the table, without source and note.
fn shown_distribution(source: &Source<'_>, table: &DeTable<'_>) -> String {
    let parts: Vec<String> = in_order(table)
        .into_iter()
        .filter(|(key, _)| !matches!(key.get_ref().as_ref(), "status" | "source" | "note"))
        .map(|(key, value)| format!("{} {}", key.get_ref(), source.written(value)))
        .collect();
    parts.join(", ")
}

fn read_attribution(source: &Source<'_>, table: &DeTable<'_>, attribution: &mut Attribution) {
    for (key, value) in table.iter() {
        match key.get_ref().as_ref() {
            "status" => {
                attribution.status = read_status(source, value).unwrap_or(attribution.status);
            }
            "source" => attribution.source = source.string(value, "`source`").unwrap_or_default(),
            "note" => attribution.note = source.string(value, "`note`").unwrap_or_default(),
            _ => {}
        }
    }
}

pub(super) fn read_status(source: &Source<'_>, value: &Value<'_>) -> Option<Status> {
    let text = source.string(value, "`status`")?;
    let status = Status::ALL
        .into_iter()
        .find(|status| status.label() == text);
    if status.is_none() {
        let labels: Vec<&str> = Status::ALL.into_iter().map(Status::label).collect();
        source.problem(
            &value.span(),
            format!("`{text}` is not a status"),
            Some(format!("known: {}", labels.join(", "))),
        );
    }
    status
}

fn read_plain(
    source: &Source<'_>,
    name: &str,
    unit: Unit,
    value: &Value<'_>,
) -> Option<Definition> {
    if let DeValue::String(text) = value.get_ref() {
        if let Some(formula) = text.trim().strip_prefix('=') {
            return match parse_formula(formula) {
                Ok(parsed) => Some(Definition::Formula {
                    text: formula.trim().to_owned(),
                    formula: parsed,
                }),
                Err(error) => {
                    source.problem(&value.span(), format!("`{name}`: {error}"), None);
                    None
                }
            };
        }
        if let Some((low, high)) = text.split_once(" to ") {
            let low = number_text(source, name, unit, low, &value.span())?;
            let high = number_text(source, name, unit, high, &value.span())?;
            return finish(
                source,
                name,
                unit,
                &value.span(),
                Distribution::interval(low, high),
            );
        }
    }
    let number = number(source, name, unit, value)?;
    finish(
        source,
        name,
        unit,
        &value.span(),
        Ok(Distribution::Point(number)),
    )
}

/// A number of the input's unit; its range is checked with the whole distribution.
fn number(source: &Source<'_>, name: &str, unit: Unit, value: &Value<'_>) -> Option<f64> {
    match value.get_ref() {
        DeValue::Integer(number) if number.radix() == 10 => {
            number_text(source, name, unit, number.as_str(), &value.span())
        }
        DeValue::Float(number) => number_text(source, name, unit, number.as_str(), &value.span()),
        DeValue::String(text) => number_text(source, name, unit, text, &value.span()),
        _ => {
            source.problem(&value.span(), format!("`{name}` needs a number here"), None);
            None
        }
    }
}

fn number_text(
    source: &Source<'_>,
    name: &str,
    unit: Unit,
    text: &str,
    span: &Range<usize>,
) -> Option<f64> {
    match parse_number(text, unit) {
        Ok(number) => Some(number),
        Err(error) => {
            let hint = match unit {
                Unit::BillionDollars => "write billions of dollars as 5850.8, or \"5.85 trillion\"",
                Unit::Share => "write a share as 0.33 or \"33%\"",
                Unit::Plain => "write a number as 660 or \"8.9%\"",
            };
            source.problem(span, format!("`{name}`: {error}"), Some(hint.to_owned()));
            None
        }
    }
}

fn read_table<'a>(
    source: &Source<'a>,
    name: &str,
    unit: Unit,
    key: &Key<'a>,
    table: &DeTable<'a>,
) -> Option<Definition> {
    let mut found: Option<(&str, &Value<'a>)> = None;
    for (key, value) in in_order(table) {
        let word = key.get_ref().as_ref();
        if KINDS.contains(&word) {
            if let Some((other, _)) = found {
                source.problem(
                    &key.span(),
                    format!("`{name}` has both `{other}` and `{word}`: one distribution is enough"),
                    None,
                );
                return None;
            }
            found = Some((word, value));
        } else if !OPTIONS.contains(&word) {
            let known: Vec<&str> = KINDS.iter().chain(&OPTIONS).copied().collect();
            source.unknown_key(key, &format!("`{name}`"), &known);
            return None;
        }
    }
    let Some((kind, value)) = found else {
        return Some(Definition::Unknown);
    };
    if kind == "value" {
        if let DeValue::Table(_) = value.get_ref() {
            source.problem(
                &value.span(),
                format!("`{name}`: `value` is a number or a text"),
                None,
            );
            return None;
        }
        return read_plain(source, name, unit, value);
    }
    let options = Options {
        source,
        name,
        unit,
        table,
    };
    let built = options.distribution(kind, value)?;
    let built = match built {
        Ok(distribution) => options.truncate(distribution)?,
        Err(error) => Err(error),
    };
    finish(source, name, unit, &key.span(), built)
}

type Built = Result<Distribution, DistributionError>;

/// What stands beside the distribution in its table.
struct Options<'s, 't, 'a> {
    source: &'s Source<'a>,
    name: &'s str,
    unit: Unit,
    table: &'t DeTable<'a>,
}

impl<'a> Options<'_, '_, 'a> {
    fn number(&self, value: &Value<'a>) -> Option<f64> {
        number(self.source, self.name, self.unit, value)
    }

    fn option(&self, word: &str, unit: Unit, default: f64) -> Option<f64> {
        match self.table.iter().find(|(key, _)| key.get_ref() == word) {
            Some((_, value)) => number(self.source, self.name, unit, value),
            None => Some(default),
        }
    }

    fn truncate(&self, distribution: Distribution) -> Option<Built> {
        let low = self.option("min", self.unit, f64::NEG_INFINITY)?;
        let high = self.option("max", self.unit, f64::INFINITY)?;
        Some(distribution.truncated(low, high))
    }

    fn distribution(&self, kind: &str, value: &Value<'a>) -> Option<Built> {
        match kind {
            "uniform" => self
                .numbers(value, kind)
                .map(|[low, high]| Distribution::uniform(low, high)),
            "triangular" => self
                .numbers(value, kind)
                .map(|[low, mode, high]| Distribution::triangular(low, mode, high)),
            "pert" => {
                let [low, mode, high] = self.numbers(value, kind)?;
                Some(Distribution::pert(
                    low,
                    mode,
                    high,
                    self.option("shape", Unit::Plain, 4.0)?,
                ))
            }
            "normal" | "lognormal" => self.normal_or_lognormal(kind, value),
            "beta" => self.beta(value),
            "mixture" => self.mixture(value),
            _ => {
                let values: Option<Vec<f64>> = self
                    .array(value, kind)?
                    .iter()
                    .map(|item| self.number(item))
                    .collect();
                values.map(Distribution::empirical)
            }
        }
    }

    fn array<'v>(&self, value: &'v Value<'a>, kind: &str) -> Option<&'v DeArray<'a>> {
        match value.get_ref() {
            DeValue::Array(array) => Some(array),
            _ => {
                self.source.problem(
                    &value.span(),
                    format!("`{}`: `{kind}` is a list in brackets", self.name),
                    None,
                );
                None
            }
        }
    }

    fn numbers<const COUNT: usize>(&self, value: &Value<'a>, kind: &str) -> Option<[f64; COUNT]> {
        let array = self.array(value, kind)?;
        if array.len() != COUNT {
            let order = if COUNT == 2 {
                "[low, high]"
            } else {
                "[low, most likely, high]"
            };
            self.source.problem(
                &value.span(),
                format!("`{}`: `{kind}` has {} numbers", self.name, array.len()),
                Some(format!("write {kind} = {order}")),
            );
            return None;
        }
        let numbers: Option<Vec<f64>> = array.iter().map(|item| self.number(item)).collect();
        numbers?.try_into().ok()
    }

    fn normal_or_lognormal(&self, kind: &str, value: &Value<'a>) -> Option<Built> {
        let is_normal = kind == "normal";
        let table = self.source.table(value, &format!("`{kind}`"))?;
        if table
            .iter()
            .any(|(key, _)| matches!(key.get_ref().as_ref(), "mean" | "deviation"))
        {
            let [mean, deviation] = self.named(value, table, ["mean", "deviation"], self.unit)?;
            return Some(if is_normal {
                Distribution::normal(mean, deviation)
            } else {
                Distribution::lognormal(mean, deviation)
            });
        }
        let [first, second] = self.percentiles(value, table)?;
        Some(if is_normal {
            Distribution::normal_by_percentiles(first, second)
        } else {
            Distribution::lognormal_by_percentiles(first, second)
        })
    }

    fn beta(&self, value: &Value<'a>) -> Option<Built> {
        let (low, high) = (
            self.option("low", self.unit, 0.0)?,
            self.option("high", self.unit, 1.0)?,
        );
        let table = self.source.table(value, "`beta`")?;
        if table
            .iter()
            .any(|(key, _)| matches!(key.get_ref().as_ref(), "alpha" | "beta"))
        {
            let [alpha, beta] = self.named(value, table, ["alpha", "beta"], Unit::Plain)?;
            return Some(Distribution::beta(alpha, beta, low, high));
        }
        let [first, second] = self.percentiles(value, table)?;
        Some(Distribution::beta_by_percentiles(first, second, low, high))
    }

    fn named(
        &self,
        value: &Value<'a>,
        table: &DeTable<'a>,
        words: [&str; 2],
        unit: Unit,
    ) -> Option<[f64; 2]> {
        if let Some((key, _)) = table
            .iter()
            .find(|(key, _)| !words.contains(&key.get_ref().as_ref()))
        {
            self.source
                .unknown_key(key, &format!("`{}`", self.name), &words);
            return None;
        }
        let mut numbers = [0.0; 2];
        for (slot, word) in numbers.iter_mut().zip(words) {
            let Some((_, number_value)) = table.iter().find(|(key, _)| key.get_ref() == word)
            else {
                self.source.problem(
                    &value.span(),
                    format!("`{}` lacks `{word}`", self.name),
                    None,
                );
                return None;
            };
            *slot = number(self.source, self.name, unit, number_value)?;
        }
        Some(numbers)
    }

    fn percentiles(&self, value: &Value<'a>, table: &DeTable<'a>) -> Option<[Percentile; 2]> {
        let mut percentiles = Vec::new();
        for (key, value) in in_order(table) {
            let p: Option<f64> = key
                .get_ref()
                .strip_prefix('p')
                .and_then(|digits| digits.parse().ok());
            let Some(p) = p else {
                self.source.problem(&key.span(), format!("`{}`: `{}` is not a percentile", self.name, key.get_ref()), Some("write two of them, as { p5 = .., p95 = .. }, or mean and deviation (alpha and beta)".to_owned()));
                return None;
            };
            percentiles.push(Percentile {
                p: p / 100.0,
                value: self.number(value)?,
            });
        }
        let count = percentiles.len();
        let two = percentiles.try_into().ok();
        if two.is_none() {
            self.source.problem(
                &value.span(),
                format!("`{}` needs two percentiles, has {count}", self.name),
                None,
            );
        }
        two
    }

    fn mixture(&self, value: &Value<'a>) -> Option<Built> {
        let mut parts = Vec::new();
        for item in self.array(value, "mixture")?.iter() {
            let table = self.source.table(item, "a part of a mixture")?;
            let mut weight = 1.0;
            let mut part = None;
            for (key, value) in in_order(table) {
                match key.get_ref().as_ref() {
                    "weight" => weight = number(self.source, self.name, Unit::Plain, value)?,
                    "of" => part = Some((key, value)),
                    _ => {
                        self.source
                            .unknown_key(key, "a part of a mixture", &["weight", "of"]);
                        return None;
                    }
                }
            }
            let Some((key, value)) = part else {
                self.source
                    .problem(&item.span(), "a part of a mixture needs `of`", None);
                return None;
            };
            let defaults = Defaults {
                status: Status::Own,
                source: String::new(),
            };
            match read_input(self.source, self.name, self.unit, &defaults, key, value)?.definition {
                Definition::Distribution(distribution) => parts.push((weight, distribution)),
                Definition::Formula { .. } | Definition::Unknown => {
                    self.source.problem(
                        &value.span(),
                        "a part of a mixture is a number or a distribution",
                        None,
                    );
                    return None;
                }
            }
        }
        Some(Distribution::mixture(parts))
    }
}

/// The distribution, if it lies where a value of its unit can be.
fn finish(
    source: &Source<'_>,
    name: &str,
    unit: Unit,
    span: &Range<usize>,
    built: Built,
) -> Option<Definition> {
    let distribution = match built {
        Ok(distribution) => distribution,
        Err(error) => {
            source.problem(span, format!("`{name}`: {error}"), None);
            return None;
        }
    };
    let (least, most) = match unit {
        Unit::BillionDollars => (0.0, f64::INFINITY),
        Unit::Share => (0.0, 1.0),
        Unit::Plain => return Some(Definition::Distribution(distribution)),
    };
    let (low, high) = distribution.support();
    if low >= least && high <= most {
        return Some(Definition::Distribution(distribution));
    }
    let outside =
        distribution.probability(Tail::Lower, least) + distribution.probability(Tail::Upper, most);
    let unbounded = (low >= least || low.is_infinite()) && (high <= most || high.is_infinite());
    if unbounded && outside <= OUTSIDE_MAX {
        return match distribution.truncated(least, most) {
            Ok(cut) => Some(Definition::Distribution(cut)),
            Err(error) => {
                source.problem(span, format!("`{name}`: {error}"), None);
                None
            }
        };
    }
    let (message, hint) = outside_range(name, unit, &distribution, [low, high], outside);
    source.problem(span, message, hint);
    None
}

fn outside_range(
    name: &str,
    unit: Unit,
    distribution: &Distribution,
    [low, high]: [f64; 2],
    outside: f64,
) -> (String, Option<String>) {
    if low.is_infinite() || high.is_infinite() {
        let range = if unit == Unit::Share {
            "min = 0, max = 1"
        } else {
            "min = 0"
        };
        return (
            format!(
                "`{name}`: {} of the probability lies where it can't be",
                percent(outside, 1)
            ),
            Some(format!("cut the distribution off with {range}")),
        );
    }
    if unit == Unit::BillionDollars {
        return (format!("`{name}` can't be negative, got {low}"), None);
    }
    let culprit = if high > 1.0 { high } else { low };
    let hint = (distribution.is_point() && (1.0..=100.0).contains(&culprit))
        .then(|| format!("did you mean \"{culprit}%\"?"));
    (
        format!("`{name}` is a share and lies from 0 to 1 (100%), got {culprit}"),
        hint,
    )
}
