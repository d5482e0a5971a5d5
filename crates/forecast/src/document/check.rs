//! Checks of a whole scenario: nothing missing, no circles, shares that add up, correlations that can be.

use std::collections::BTreeMap;

use super::source::Source;
use crate::error::nearest;
use crate::number::{Unit, percent};
use crate::program::Model;
use crate::sample::CorrelationMatrix;
use crate::scenario::{
    Definition, Input, InputKey, Origin, OutputKey, Scenario, SegmentName, ShareKind, Year,
};

/// Formulas that lead to formulas: bounded, since compiling follows them.
const DERIVATION_DEPTH_MAX: usize = 32;
/// Rounding of sums of shares.
const SLACK: f64 = 1e-9;

pub(super) fn scenario(source: &Source<'_>, scenario: &Scenario) {
    let complete = check_complete(source, scenario);
    let names = check_names(source, scenario);
    if !complete || !names || !check_circles(source, scenario) {
        return;
    }
    check_correlations(source, scenario);
    for year in std::iter::once(scenario.year).chain(Year::all()) {
        if !check_values(source, scenario, year) {
            return;
        }
    }
}

/// The line to blame: where a value from another file doesn't fit, it is the scenario here that is at fault.
fn blame<'o>(source: &Source<'_>, scenario: &'o Scenario, origin: &'o Origin) -> &'o Origin {
    if origin.file == source.file {
        origin
    } else {
        &scenario.origin
    }
}

fn check_complete(source: &Source<'_>, scenario: &Scenario) -> bool {
    let mut complete = true;
    for key in scenario.input_keys() {
        if scenario.inputs.contains_key(&key) {
            continue;
        }
        complete = false;
        let (origin, hint) = missing(scenario, &key);
        source.problem_at(
            blame(source, scenario, &origin),
            format!("scenario `{}` lacks `{key}`", scenario.name),
            hint,
        );
    }
    complete
}

/// Where to say that an input is missing, and what was probably meant.
fn missing(scenario: &Scenario, key: &InputKey) -> (Origin, Option<String>) {
    let InputKey::Share(kind, segment) = key else {
        return (scenario.origin.clone(), None);
    };
    let other = match kind {
        ShareKind::Segment => ShareKind::Crypto,
        ShareKind::Crypto => ShareKind::Segment,
    };
    let origin = scenario
        .inputs
        .get(&InputKey::Share(other, segment.clone()))
        .map_or_else(
            || scenario.origin.clone(),
            |input| input.attribution.origin.clone(),
        );
    let complete = scenario
        .segments
        .iter()
        .filter(|name| *name != segment)
        .map(SegmentName::as_str);
    let hint = match nearest(segment.as_str(), complete) {
        Some(near) => format!("did you mean `{near}`? a new segment needs both shares"),
        None => "a new segment needs both a segment_share and a crypto_share".to_owned(),
    };
    (origin, Some(hint))
}

fn everything(scenario: &Scenario) -> impl Iterator<Item = (String, &Input)> {
    let inputs = scenario
        .inputs
        .iter()
        .map(|(key, input)| (key.to_string(), input));
    let quantities = scenario
        .quantities
        .iter()
        .map(|(name, input)| (name.clone(), input));
    inputs.chain(quantities)
}

/// Every name in a formula is an input or a quantity with a value.
fn check_names(source: &Source<'_>, scenario: &Scenario) -> bool {
    let known: Vec<String> = everything(scenario).map(|(name, _)| name).collect();
    let mut all_known = true;
    for (name, input) in everything(scenario) {
        let Definition::Formula { formula, .. } = &input.definition else {
            continue;
        };
        for used in formula.names() {
            let origin = blame(source, scenario, &input.attribution.origin);
            match scenario.lookup(used).map(|input| &input.definition) {
                Some(Definition::Unknown) => {
                    all_known = false;
                    source.problem_at(
                        origin,
                        format!("`{name}` needs `{used}`, which nobody knows"),
                        Some(format!("give `derive.{used}` a value")),
                    );
                }
                Some(_) => {}
                None => {
                    all_known = false;
                    let hint = nearest(used, known.iter().map(String::as_str))
                        .map(|near| format!("did you mean `{near}`?"));
                    source.problem_at(
                        origin,
                        format!(
                            "`{name}` uses `{used}`, which is neither an input nor under `derive`"
                        ),
                        hint,
                    );
                }
            }
        }
    }
    all_known
}

fn check_circles(source: &Source<'_>, scenario: &Scenario) -> bool {
    let mut finished = BTreeMap::new();
    for (name, _) in everything(scenario) {
        let mut walked = Vec::new();
        if let Some(circle) = circle(scenario, &name, &mut walked, &mut finished) {
            let origin = circle
                .first()
                .and_then(|name| scenario.lookup(name))
                .map_or_else(
                    || scenario.origin.clone(),
                    |input| input.attribution.origin.clone(),
                );
            let is_circle = circle.first() == circle.last();
            let what = if is_circle {
                "circular derivation"
            } else {
                "derivation of too many steps"
            };
            source.problem_at(
                blame(source, scenario, &origin),
                format!("{what}: {}", circle.join(" -> ")),
                Some("one of them needs a value of its own".to_owned()),
            );
            return false;
        }
    }
    true
}

/// The circle, or the chain that is too long, that following the formulas from `name` runs into.
fn circle(
    scenario: &Scenario,
    name: &str,
    walked: &mut Vec<String>,
    finished: &mut BTreeMap<String, ()>,
) -> Option<Vec<String>> {
    if let Some(start) = walked.iter().position(|earlier| earlier == name) {
        let mut circle = walked[start..].to_vec();
        circle.push(name.to_owned());
        return Some(circle);
    }
    if finished.contains_key(name) {
        return None;
    }
    if walked.len() == DERIVATION_DEPTH_MAX {
        return Some(walked.clone());
    }
    walked.push(name.to_owned());
    if let Some(Definition::Formula { formula, .. }) =
        scenario.lookup(name).map(|input| &input.definition)
    {
        for used in formula.names() {
            if let Some(found) = circle(scenario, used, walked, finished) {
                return Some(found);
            }
        }
    }
    walked.pop();
    finished.insert(name.to_owned(), ());
    None
}

/// With everything uncertain at its median: shares from 0 to 1, and together at most 1.
fn check_values(source: &Source<'_>, scenario: &Scenario, year: Year) -> bool {
    let keys: Vec<OutputKey> = scenario
        .input_keys()
        .into_iter()
        .map(OutputKey::Input)
        .chain([OutputKey::SegmentShareSum])
        .collect();
    let values = Model::in_year(scenario, year)
        .program(&keys)
        .evaluate_at_medians();
    let when = if year == scenario.year {
        String::new()
    } else {
        format!(" in {year}, by its path")
    };
    let hint = (year != scenario.year).then(|| {
        "a `linear` or `compound` path runs on without end; an `s-curve` has a ceiling".to_owned()
    });
    for (key, value) in keys.iter().zip(&values) {
        let OutputKey::Input(key) = key else { continue };
        let Some(input) = scenario.inputs.get(key) else {
            continue;
        };
        let most = if input.unit == Unit::Share {
            1.0 + SLACK
        } else {
            f64::MAX
        };
        if !(0.0..=most).contains(value) {
            let shown = if input.unit == Unit::Share {
                percent(*value, 2)
            } else {
                value.to_string()
            };
            source.problem_at(
                blame(source, scenario, &input.attribution.origin),
                format!("`{key}` comes to {shown}{when}"),
                hint,
            );
            return false;
        }
    }
    let sum = values.last().copied().unwrap_or_default();
    if sum > 1.0 + SLACK {
        let parts: Vec<String> = keys
            .iter()
            .zip(&values)
            .filter_map(|(key, value)| match key {
                OutputKey::Input(InputKey::Share(ShareKind::Segment, segment)) => {
                    Some(format!("{segment} {}", percent(*value, 2)))
                }
                _ => None,
            })
            .collect();
        source.problem_at(
            &last_segment_share(source, scenario),
            format!(
                "the segment shares sum to {}{when}, which is over 100 %: {}",
                percent(sum, 2),
                parts.join(", ")
            ),
            hint,
        );
        return false;
    }
    true
}

/// The last segment share that the file itself sets: most likely the one that is too many.
fn last_segment_share(source: &Source<'_>, scenario: &Scenario) -> Origin {
    scenario
        .inputs
        .iter()
        .filter(|(key, _)| matches!(key, InputKey::Share(ShareKind::Segment, _)))
        .map(|(_, input)| &input.attribution.origin)
        .filter(|origin| origin.file == source.file)
        .max_by_key(|origin| origin.line)
        .unwrap_or(&scenario.origin)
        .clone()
}

fn check_correlations(source: &Source<'_>, scenario: &Scenario) {
    for (index, correlation) in scenario.correlations.iter().enumerate() {
        let [first, second] = &correlation.between;
        for name in [first, second] {
            match scenario.lookup(name).map(|input| &input.definition) {
                Some(Definition::Distribution(distribution)) if !distribution.is_point() => {}
                Some(_) => source.problem_at(
                    blame(source, scenario, &correlation.origin),
                    format!("`{name}` is correlated but not uncertain"),
                    Some("give it a distribution".to_owned()),
                ),
                None => {
                    let known: Vec<String> = everything(scenario).map(|(name, _)| name).collect();
                    let hint = nearest(name, known.iter().map(String::as_str))
                        .map(|near| format!("did you mean `{near}`?"));
                    source.problem_at(
                        blame(source, scenario, &correlation.origin),
                        format!("there is no input `{name}`"),
                        hint,
                    );
                }
            }
        }
        let again = scenario.correlations[..index]
            .iter()
            .any(|other| other.between.contains(first) && other.between.contains(second));
        if first == second || again {
            source.problem_at(
                blame(source, scenario, &correlation.origin),
                format!("`{first}` and `{second}` are correlated twice"),
                None,
            );
        }
    }
    if let Some(correlation) = scenario.correlations.last()
        && !source.has_problems()
        && CorrelationMatrix::new(&scenario.correlations).is_none()
    {
        source.problem_at(
            blame(source, scenario, &correlation.origin),
            "no variables can have all these correlations at once",
            Some("bring some of them nearer to zero".to_owned()),
        );
    }
}
