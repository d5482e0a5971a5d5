//! The scenarios side by side, as the study prints them.

use super::Table;
use crate::number::{Unit, grouped, percent};
use crate::program::Model;
use crate::scenario::{Definition, InputKey, OutputKey, Scenario, SegmentName, ShareKind, Year};
use crate::study::{ATTRIBUTION, CONTRADICTIONS, DISCLAIMER};

/// The scenarios in `year`, or each in its own year.
#[must_use]
pub fn scenarios_text(scenarios: &[Scenario], year: Option<Year>) -> String {
    let columns: Vec<Column<'_>> = scenarios
        .iter()
        .map(|scenario| Column {
            scenario,
            model: Model::in_year(scenario, year.unwrap_or(scenario.year)),
            year: year.unwrap_or(scenario.year),
        })
        .collect();
    let segments = segments(scenarios);
    let mut table = Table::new(1);
    table.row(
        std::iter::once("billions of US dollars".to_owned())
            .chain(
                columns
                    .iter()
                    .map(|column| format!("{} {}", column.scenario.title, column.year)),
            )
            .chain(["inputs are".to_owned()]),
    );
    table.line();
    market_rows(&mut table, &columns);
    input_row(&mut table, &columns, &InputKey::Adoption);
    output_row(&mut table, &columns, &OutputKey::EnterpriseTam);
    input_row(&mut table, &columns, &InputKey::ValueCapture);
    output_row(&mut table, &columns, &OutputKey::AiSpend);
    for kind in [ShareKind::Segment, ShareKind::Crypto] {
        table.line();
        for segment in &segments {
            input_row(
                &mut table,
                &columns,
                &InputKey::Share(kind, segment.clone()),
            );
        }
        for segment in &segments {
            let output = match kind {
                ShareKind::Segment => OutputKey::SegmentRevenue(segment.clone()),
                ShareKind::Crypto => OutputKey::CryptoRevenue(segment.clone()),
            };
            output_row(&mut table, &columns, &output);
        }
    }
    table.line();
    output_row(&mut table, &columns, &OutputKey::Total);
    let notes = notes(scenarios);
    format!("{}\n\n{notes}", table.render())
}

struct Column<'a> {
    scenario: &'a Scenario,
    model: Model,
    year: Year,
}

/// The segments of all scenarios, in the order in which they appear.
fn segments(scenarios: &[Scenario]) -> Vec<SegmentName> {
    let mut segments: Vec<SegmentName> = Vec::new();
    for segment in scenarios.iter().flat_map(|scenario| &scenario.segments) {
        if !segments.contains(segment) {
            segments.push(segment.clone());
        }
    }
    segments
}

fn input_row(table: &mut Table, columns: &[Column<'_>], key: &InputKey) {
    let output = OutputKey::Input(key.clone());
    let values = columns.iter().map(|column| {
        column
            .model
            .value_at_medians(&output)
            .map_or_else(String::new, |value| value_text(value, Unit::Share))
    });
    let status = statuses(columns, key);
    table.row(std::iter::once(key.title()).chain(values).chain([status]));
}

/// What the first scenario's input is, and in brackets where another's is something else.
fn statuses(columns: &[Column<'_>], key: &InputKey) -> String {
    let mut statuses = columns.iter().filter_map(|column| {
        let input = column.scenario.inputs.get(key)?;
        Some((
            column.scenario.name.as_str(),
            input.attribution.status.label(),
        ))
    });
    let Some((_, first)) = statuses.next() else {
        return String::new();
    };
    let others: Vec<String> = statuses
        .filter(|(_, status)| *status != first)
        .map(|(name, status)| format!("{name}: {status}"))
        .collect();
    if others.is_empty() {
        return first.to_owned();
    }
    format!("{first} ({})", others.join(", "))
}

/// The market as the study prints it, and below it the number that the results follow from.
fn market_rows(table: &mut Table, columns: &[Column<'_>]) {
    let key = InputKey::ProductivityTam;
    let values: Vec<f64> = columns
        .iter()
        .filter_map(|column| {
            column
                .model
                .value_at_medians(&OutputKey::Input(key.clone()))
        })
        .collect();
    let printed = values.iter().map(|value| grouped(*value, 0));
    table.row(
        std::iter::once(key.title())
            .chain(printed)
            .chain([statuses(columns, &key)]),
    );
    if values.iter().any(|value| value.fract() != 0.0) {
        let exact = values
            .iter()
            .map(|value| value_text(*value, Unit::BillionDollars));
        table.row(std::iter::once("  computed with".to_owned()).chain(exact));
    }
}

fn output_row(table: &mut Table, columns: &[Column<'_>], key: &OutputKey) {
    let values = columns.iter().map(|column| {
        column
            .model
            .value_at_medians(key)
            .map_or_else(String::new, |value| {
                grouped(value, crate::study::decimals(key))
            })
    });
    table.row(std::iter::once(format!("= {}", output_label(key))).chain(values));
}

/// A value with its unit, as tables show it.
pub(crate) fn value_text(value: f64, unit: Unit) -> String {
    match unit {
        Unit::BillionDollars if value.fract() == 0.0 => grouped(value, 0),
        Unit::BillionDollars => grouped(value, 1),
        Unit::Share => percent(value, 2),
        Unit::Plain => {
            let text = format!("{value:.6}");
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        }
    }
}

pub(crate) fn output_label(key: &OutputKey) -> String {
    match key {
        OutputKey::EnterpriseTam => "Enterprise TAM".to_owned(),
        OutputKey::AiSpend => "AI spending".to_owned(),
        OutputKey::SegmentRevenue(segment) => format!("{} revenue", segment.title()),
        OutputKey::CryptoRevenue(segment) => format!("{} crypto revenue", segment.title()),
        OutputKey::Total => "Total crypto-AI revenue".to_owned(),
        OutputKey::SegmentShareSum => "Sum of the segment shares".to_owned(),
        OutputKey::Input(key) => key.title(),
        OutputKey::Quantity(name) => name.clone(),
    }
}

fn notes(scenarios: &[Scenario]) -> String {
    let mut lines = Vec::new();
    for scenario in scenarios {
        for (key, input) in &scenario.inputs {
            let attribution = &input.attribution;
            let formula = match &input.definition {
                Definition::Formula { text, .. } => format!(" = {text}"),
                Definition::Distribution(_) | Definition::Unknown => String::new(),
            };
            if formula.is_empty() && attribution.note.is_empty() {
                continue;
            }
            let note = if attribution.note.is_empty() {
                String::new()
            } else {
                format!("; {}", attribution.note)
            };
            let line = format!("{key}{formula} ({}{note})", attribution.status.label());
            match lines
                .iter_mut()
                .find(|(text, _): &&mut (String, Vec<&str>)| *text == line)
            {
                Some((_, names)) => names.push(&scenario.name),
                None => lines.push((line, vec![&scenario.name])),
            }
        }
    }
    let mut text = String::from("Notes on the inputs\n");
    for (line, names) in lines {
        text.push_str(&format!("  {}: {line}\n", names.join(", ")));
    }
    text.push_str("\nContradictions in the study\n");
    for contradiction in CONTRADICTIONS {
        text.push_str(&format!("  - {contradiction}\n"));
    }
    text.push_str(&format!("\nSource: {ATTRIBUTION}\n{DISCLAIMER}"));
    text
}
