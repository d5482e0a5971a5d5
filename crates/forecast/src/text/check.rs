//! What a file says, explained without running it.

use super::{Table, value_text};
use crate::number::{Unit, percent};
use crate::program::Model;
use crate::scenario::{Definition, Input, OutputKey, Path, Scenario, Year};
use crate::study::PATHS_NOTE;

/// Each scenario's inputs with value, spread, origin and derivation; then correlations and paths.
#[must_use]
pub fn check_text(scenarios: &[Scenario]) -> String {
    let parts: Vec<String> = scenarios.iter().map(one).collect();
    parts.join("\n\n")
}

fn one(scenario: &Scenario) -> String {
    let model = Model::new(scenario);
    let mut table = Table::new(2);
    let extends = scenario
        .extends
        .as_ref()
        .map_or_else(String::new, |parent| format!(", extends `{parent}`"));
    table.heading(format!(
        "Scenario `{}` ({}), {}{extends}",
        scenario.name, scenario.title, scenario.year
    ));
    table.row([
        "input",
        "as written",
        "value",
        "5 %",
        "95 %",
        "status",
        "from",
    ]);
    table.line();
    for key in scenario.input_keys() {
        if let Some(input) = scenario.inputs.get(&key) {
            row(
                &mut table,
                &key.to_string(),
                input,
                &model,
                &OutputKey::Input(key.clone()),
            );
        }
    }
    if !scenario.quantities.is_empty() {
        table.heading("derived quantities");
        for (name, input) in &scenario.quantities {
            row(
                &mut table,
                name,
                input,
                &model,
                &OutputKey::Quantity(name.clone()),
            );
        }
    }
    let mut text = table.render();
    let sum = model
        .value_at_medians(&OutputKey::SegmentShareSum)
        .unwrap_or_default();
    text.push_str(&format!(
        "\n\nThe segment shares sum to {}.",
        percent(sum, 2)
    ));
    let uncertain = model.program(&[OutputKey::Total]).variables().len();
    text.push_str(&match uncertain {
        0 => " Nothing is uncertain.".to_owned(),
        1 => " One input is uncertain.".to_owned(),
        count => format!(" {count} inputs are uncertain."),
    });
    for correlation in &scenario.correlations {
        let [first, second] = &correlation.between;
        text.push_str(&format!(
            "\n{first} and {second} move together (copula coefficient {:.3}).",
            correlation.coefficient
        ));
    }
    text.push_str(&paths(scenario));
    text
}

fn row(table: &mut Table, name: &str, input: &Input, model: &Model, output: &OutputKey) {
    let value = model
        .value_at_medians(output)
        .map_or_else(|| "?".to_owned(), |value| value_text(value, input.unit));
    let (low, high) = match &input.definition {
        Definition::Distribution(distribution) if !distribution.is_point() => (
            value_text(distribution.quantile(0.05), input.unit),
            value_text(distribution.quantile(0.95), input.unit),
        ),
        _ => (String::new(), String::new()),
    };
    let attribution = &input.attribution;
    let origin = format!("{}:{}", attribution.origin.file, attribution.origin.line);
    table.row([
        name.to_owned(),
        input.written.clone(),
        value,
        low,
        high,
        attribution.status.label().to_owned(),
        origin,
    ]);
}

fn paths(scenario: &Scenario) -> String {
    let moving: Vec<_> = scenario
        .paths
        .iter()
        .filter(|(_, path)| **path != Path::Constant)
        .collect();
    if moving.is_empty() {
        return String::new();
    }
    let years = [2024, 2026, 2028, 2030, 2032, 2034, 2036, 2038, 2040];
    let mut table = Table::new(2);
    table.row(
        ["path".to_owned(), "kind".to_owned()]
            .into_iter()
            .chain(years.iter().map(ToString::to_string)),
    );
    table.line();
    for (key, path) in moving {
        let unit = scenario
            .inputs
            .get(key)
            .map_or(Unit::Plain, |input| input.unit);
        let output = OutputKey::Input(key.clone());
        let values = years
            .iter()
            .filter_map(|year| Year::new(*year))
            .map(|year| {
                Model::in_year(scenario, year)
                    .value_at_medians(&output)
                    .map_or_else(String::new, |value| value_text(value, unit))
            });
        table.row(
            [key.to_string(), path.label().to_owned()]
                .into_iter()
                .chain(values),
        );
    }
    format!("\n\n{}\n{PATHS_NOTE}", table.render())
}
