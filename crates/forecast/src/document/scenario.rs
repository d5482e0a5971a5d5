//! The tables `[scenario.NAME]`: what each says, and what it takes over from the scenario it extends.

use std::collections::BTreeMap;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use super::input::{Defaults, read_input, read_status};
use super::source::{Key, Source, Value, in_order};
use super::{
    FILE_BYTES_MAX, QUANTITIES_MAX, SCENARIOS_MAX, SEGMENTS_MAX, check, correlation, path,
};
use crate::error::nearest;
use crate::number::Unit;
use crate::scenario::{InputKey, Scenario, SegmentName, ShareKind, Status, Year};

const KEYS: [&str; 13] = [
    "title",
    "extends",
    "year",
    "source",
    "status",
    "productivity_tam",
    "adoption",
    "value_capture",
    "segment_share",
    "crypto_share",
    "derive",
    "path",
    "correlation",
];

/// One `[scenario.NAME]` of the file.
struct Entry<'t, 'a> {
    name: &'t str,
    span: Range<usize>,
    table: &'t DeTable<'a>,
}

pub(super) fn read_all<'a>(source: &Source<'a>, known: &[Scenario]) -> Vec<Scenario> {
    if source.text.len() > FILE_BYTES_MAX {
        source.problem(
            &(0..0),
            format!("the file is longer than {FILE_BYTES_MAX} bytes"),
            None,
        );
        return Vec::new();
    }
    let document = match DeTable::parse(source.text) {
        Ok(document) => document,
        Err(error) => {
            source.problem(
                &error.span().unwrap_or(0..0),
                format!("not TOML: {}", error.message().replace('\n', " ")),
                None,
            );
            return Vec::new();
        }
    };
    let entries = entries(source, document.get_ref());
    let mut scenarios: BTreeMap<&str, Scenario> = BTreeMap::new();
    for entry in &entries {
        resolve(
            source,
            &entries,
            known,
            entry,
            &mut scenarios,
            &mut Vec::new(),
        );
    }
    entries
        .iter()
        .filter_map(|entry| scenarios.remove(entry.name))
        .collect()
}

fn entries<'t, 'a>(source: &Source<'a>, document: &'t DeTable<'a>) -> Vec<Entry<'t, 'a>> {
    let mut entries = Vec::new();
    for (key, value) in in_order(document) {
        if key.get_ref() != "scenario" {
            source.unknown_key(key, "the file", &["scenario"]);
            continue;
        }
        let Some(table) = source.table(value, "`scenario`") else {
            continue;
        };
        for (name, value) in in_order(table) {
            if SegmentName::parse(&name.get_ref().replace('-', "_")).is_none() {
                source.problem(
                    &name.span(),
                    format!("`{}` can't be a scenario's name", name.get_ref()),
                    Some("use lower-case letters, digits, `-` and `_`".to_owned()),
                );
                continue;
            }
            if let Some(table) = source.table(value, &format!("`scenario.{}`", name.get_ref())) {
                entries.push(Entry {
                    name: name.get_ref(),
                    span: name.span(),
                    table,
                });
            }
        }
    }
    if entries.len() > SCENARIOS_MAX {
        source.problem(
            &entries[SCENARIOS_MAX].span,
            format!("more than {SCENARIOS_MAX} scenarios"),
            None,
        );
        entries.truncate(SCENARIOS_MAX);
    }
    if entries.is_empty() && !source.has_problems() {
        source.problem(
            &(0..0),
            "the file has no scenario",
            Some("begin one with `[scenario.NAME]`".to_owned()),
        );
    }
    entries
}

/// Builds the scenario of `entry` after the one it extends; `waiting` are those that wait for this one.
fn resolve<'t>(
    source: &Source<'_>,
    entries: &'t [Entry<'t, '_>],
    known: &[Scenario],
    entry: &Entry<'t, '_>,
    done: &mut BTreeMap<&'t str, Scenario>,
    waiting: &mut Vec<&'t str>,
) {
    if done.contains_key(entry.name) {
        return;
    }
    let extends = entry
        .table
        .iter()
        .find(|(key, _)| key.get_ref() == "extends")
        .map(|(_, value)| value);
    let parent = match extends {
        None => known
            .iter()
            .find(|scenario| scenario.name == entry.name)
            .or_else(|| known.iter().find(|scenario| scenario.name == "base"))
            .cloned(),
        Some(value) => {
            let Some(wanted) = source.string(value, "`extends`") else {
                return;
            };
            waiting.push(entry.name);
            if waiting.contains(&wanted.as_str()) && wanted != entry.name {
                source.problem(
                    &value.span(),
                    format!(
                        "`{}` extends itself: {} -> {wanted}",
                        wanted,
                        waiting.join(" -> ")
                    ),
                    None,
                );
                return;
            }
            let own = entries
                .iter()
                .find(|other| other.name == wanted && other.name != entry.name);
            if let Some(own) = own {
                resolve(source, entries, known, own, done, waiting);
            }
            waiting.pop();
            let found = done
                .get(wanted.as_str())
                .filter(|_| own.is_some())
                .or_else(|| known.iter().find(|scenario| scenario.name == wanted));
            if found.is_none() && own.is_none() {
                let names = entries
                    .iter()
                    .map(|entry| entry.name)
                    .chain(known.iter().map(|scenario| scenario.name.as_str()));
                let hint = nearest(&wanted, names).map(|near| format!("did you mean `{near}`?"));
                source.problem(
                    &value.span(),
                    format!("there is no scenario `{wanted}` to extend"),
                    hint,
                );
            }
            match found {
                Some(found) => Some(found.clone()),
                None => return,
            }
        }
    };
    let scenario = read_scenario(source, entry, parent);
    if !source.has_problems() {
        check::scenario(source, &scenario);
    }
    done.insert(entry.name, scenario);
}

fn read_scenario(source: &Source<'_>, entry: &Entry<'_, '_>, parent: Option<Scenario>) -> Scenario {
    let origin = source.origin(&entry.span);
    let mut scenario = match parent {
        Some(parent) => Scenario {
            extends: Some(parent.name.clone()),
            name: entry.name.to_owned(),
            title: entry.name.to_owned(),
            origin,
            ..parent
        },
        None => Scenario {
            name: entry.name.to_owned(),
            title: entry.name.to_owned(),
            extends: None,
            year: Year::new(2030).unwrap_or(Year::FIRST),
            segments: Vec::new(),
            inputs: BTreeMap::new(),
            quantities: BTreeMap::new(),
            correlations: Vec::new(),
            paths: BTreeMap::new(),
            origin,
        },
    };
    let defaults = defaults(source, entry.table);
    for (key, value) in in_order(entry.table) {
        read_entry(source, &mut scenario, &defaults, key, value);
    }
    scenario
}

fn defaults(source: &Source<'_>, table: &DeTable<'_>) -> Defaults {
    let mut defaults = Defaults {
        status: Status::Own,
        source: String::new(),
    };
    for (key, value) in table.iter() {
        match key.get_ref().as_ref() {
            "source" => defaults.source = source.string(value, "`source`").unwrap_or_default(),
            "status" => defaults.status = read_status(source, value).unwrap_or(Status::Own),
            _ => {}
        }
    }
    defaults
}

fn read_entry<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    defaults: &Defaults,
    key: &Key<'a>,
    value: &Value<'a>,
) {
    match key.get_ref().as_ref() {
        // Read before the rest.
        "extends" | "source" | "status" => {}
        "title" => {
            if let Some(title) = source.string(value, "`title`") {
                scenario.title = title;
            }
        }
        "year" => read_year(source, scenario, value),
        "productivity_tam" => set(
            source,
            scenario,
            defaults,
            InputKey::ProductivityTam,
            key,
            value,
        ),
        "adoption" => set(source, scenario, defaults, InputKey::Adoption, key, value),
        "value_capture" => set(
            source,
            scenario,
            defaults,
            InputKey::ValueCapture,
            key,
            value,
        ),
        "segment_share" => read_shares(source, scenario, defaults, ShareKind::Segment, value),
        "crypto_share" => read_shares(source, scenario, defaults, ShareKind::Crypto, value),
        "derive" => read_quantities(source, scenario, defaults, value),
        "path" => path::read_paths(source, scenario, value),
        "correlation" => correlation::read_correlations(source, scenario, value),
        _ => source.unknown_key(key, &format!("scenario `{}`", scenario.name), &KEYS),
    }
}

fn read_year(source: &Source<'_>, scenario: &mut Scenario, value: &Value<'_>) {
    let year = match value.get_ref() {
        DeValue::Integer(number) => number.as_str().parse().ok().and_then(Year::new),
        _ => None,
    };
    match year {
        Some(year) => scenario.year = year,
        None => source.problem(
            &value.span(),
            format!("`year` is a year from {} to {}", Year::FIRST, Year::LAST),
            None,
        ),
    }
}

fn set<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    defaults: &Defaults,
    key: InputKey,
    name: &Key<'a>,
    value: &Value<'a>,
) {
    let unit = if key == InputKey::ProductivityTam {
        Unit::BillionDollars
    } else {
        Unit::Share
    };
    if let Some(input) = read_input(source, &key.to_string(), unit, defaults, name, value) {
        scenario.inputs.insert(key, input);
    }
}

fn read_shares<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    defaults: &Defaults,
    kind: ShareKind,
    value: &Value<'a>,
) {
    let Some(table) = source.table(value, &format!("`{}`", kind.table())) else {
        return;
    };
    for (key, value) in in_order(table) {
        let Some(segment) = SegmentName::parse(key.get_ref()) else {
            source.problem(
                &key.span(),
                format!("`{}` can't be a segment's name", key.get_ref()),
                Some("use lower-case letters, digits and `_`, at most 32".to_owned()),
            );
            continue;
        };
        if !scenario.segments.contains(&segment) {
            if scenario.segments.len() == SEGMENTS_MAX {
                source.problem(
                    &key.span(),
                    format!("more than {SEGMENTS_MAX} segments"),
                    None,
                );
                return;
            }
            scenario.segments.push(segment.clone());
        }
        set(
            source,
            scenario,
            defaults,
            InputKey::Share(kind, segment),
            key,
            value,
        );
    }
}

fn read_quantities<'a>(
    source: &Source<'a>,
    scenario: &mut Scenario,
    defaults: &Defaults,
    value: &Value<'a>,
) {
    let Some(table) = source.table(value, "`derive`") else {
        return;
    };
    for (key, value) in in_order(table) {
        let name = key.get_ref().to_string();
        if SegmentName::parse(&name).is_none() || InputKey::parse(&name).is_some() {
            source.problem(
                &key.span(),
                format!("`{name}` can't be a quantity's name"),
                Some("use lower-case letters, digits and `_`, and no input's name".to_owned()),
            );
            continue;
        }
        if scenario.quantities.len() >= QUANTITIES_MAX {
            source.problem(
                &key.span(),
                format!("more than {QUANTITIES_MAX} quantities"),
                None,
            );
            return;
        }
        if let Some(input) = read_input(source, &name, Unit::Plain, defaults, key, value) {
            scenario.quantities.insert(name, input);
        }
    }
}
