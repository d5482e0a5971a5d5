//! The tables `[[scenario.NAME.correlation]]`: which inputs move together.

use toml::de::{DeTable, DeValue};

use super::source::{Source, Value, in_order};
use crate::scenario::{Correlation, Scenario};

const KEYS: [&str; 3] = ["between", "rank", "copula"];
const CORRELATIONS_MAX: usize = 512;

/// A file's correlations replace those of the scenario it extends.
pub(super) fn read_correlations<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    value: &Value<'a>,
) {
    scenario.correlations.clear();
    let DeValue::Array(array) = value.get_ref() else {
        source.problem(
            &value.span(),
            "`correlation` is a list",
            Some("write each as [[scenario.NAME.correlation]]".to_owned()),
        );
        return;
    };
    if array.len() > CORRELATIONS_MAX {
        source.problem(
            &value.span(),
            format!("more than {CORRELATIONS_MAX} correlations"),
            None,
        );
        return;
    }
    for item in array.iter() {
        let Some(table) = source.table(item, "a correlation") else {
            continue;
        };
        if let Some(correlation) = read(source, item, table) {
            scenario.correlations.push(correlation);
        }
    }
}

fn read<'a>(source: &Source<'a>, item: &Value<'a>, table: &DeTable<'a>) -> Option<Correlation> {
    let mut between = None;
    let mut coefficients = Vec::new();
    for (key, value) in in_order(table) {
        match key.get_ref().as_ref() {
            "between" => between = names(source, value),
            word @ ("rank" | "copula") => coefficients.push(coefficient(source, word, value)?),
            _ => source.unknown_key(key, "a correlation", &KEYS),
        }
    }
    let Some(between) = between else {
        source.problem(
            &item.span(),
            "a correlation needs `between = [\"adoption\", \"value_capture\"]`",
            None,
        );
        return None;
    };
    let [coefficient] = coefficients[..] else {
        source.problem(
            &item.span(),
            "a correlation needs one of `rank` and `copula`",
            Some(
                "rank is Spearman's; copula is that of the normal variables behind the inputs"
                    .to_owned(),
            ),
        );
        return None;
    };
    Some(Correlation {
        between,
        coefficient,
        origin: source.origin(&item.span()),
    })
}

fn names(source: &Source<'_>, value: &Value<'_>) -> Option<[String; 2]> {
    let names: Vec<String> = match value.get_ref() {
        DeValue::Array(array) => array
            .iter()
            .filter_map(|item| source.string(item, "an input's name"))
            .collect(),
        _ => Vec::new(),
    };
    let pair: Option<[String; 2]> = names.try_into().ok();
    if pair.is_none() {
        source.problem(&value.span(), "`between` names two inputs", None);
    }
    pair
}

fn coefficient(source: &Source<'_>, word: &str, value: &Value<'_>) -> Option<f64> {
    let number: Option<f64> = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok(),
        DeValue::Float(number) => number.as_str().parse().ok(),
        _ => None,
    };
    let Some(number) = number.filter(|number| number.abs() < 1.0) else {
        source.problem(
            &value.span(),
            format!("`{word}` is a number between -1 and 1, both excluded"),
            None,
        );
        return None;
    };
    // For the Gaussian copula, Spearman's rank correlation is 6/pi asin(r/2) (Kruskal, JASA 53, 1958).
    Some(if word == "rank" {
        2.0 * libm::sin(std::f64::consts::PI * number / 6.0)
    } else {
        number
    })
}
