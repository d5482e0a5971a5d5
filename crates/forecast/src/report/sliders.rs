//! A page fragment with sliders: the model in a few lines of JavaScript, for one scenario's own year.

use super::html::escape;
use crate::number::Unit;
use crate::program::Model;
use crate::scenario::{InputKey, OutputKey, Scenario, ShareKind};

/// A form whose sliders recalculate the results in the browser, by [`SLIDERS_SCRIPT`]; nothing is sent anywhere.
#[must_use]
pub fn sliders_html(scenario: &Scenario) -> String {
    let model = Model::new(scenario);
    let value = |key: &InputKey| {
        model
            .value_at_medians(&OutputKey::Input(key.clone()))
            .unwrap_or_default()
    };
    let mut rows = String::new();
    let is_slider = |key: &&InputKey| !matches!(key, InputKey::Share(ShareKind::Segment, _));
    for key in scenario.input_keys().iter().filter(is_slider) {
        let unit = scenario
            .inputs
            .get(key)
            .map_or(Unit::Share, |input| input.unit);
        let (factor, most, step) = if unit == Unit::Share {
            (100.0, 100.0, 0.1)
        } else {
            (1.0, (3.0 * value(key)).max(1.0), 1.0)
        };
        rows.push_str(&format!(
            "<label>{title} <output></output><input type=\"range\" name=\"{key}\" min=\"0\" max=\"{most}\" step=\"{step}\" value=\"{now}\" data-unit=\"{sign}\"></label>\n",
            title = escape(&key.title()),
            now = (value(key) * factor * 1e6).round() / 1e6,
            sign = if unit == Unit::Share { "%" } else { "billion $" },
        ));
    }
    let shares: Vec<String> = scenario
        .segments
        .iter()
        .map(|segment| {
            format!(
                "{:?}:{}",
                segment.as_str(),
                value(&InputKey::Share(ShareKind::Segment, segment.clone()))
            )
        })
        .collect();
    format!(
        "<form class=\"forecast\" data-shares=\"{shares}\">\n{rows}<p>Total crypto-AI revenue {year}: <strong><output name=\"total\"></output></strong> billion dollars. {note}</p>\n</form>\n",
        year = scenario.year,
        note = "No investment advice.",
        shares = escape(&format!("{{{}}}", shares.join(","))),
    )
}

/// The script of the form, a file of its own: pages may forbid scripts that stand in them.
pub const SLIDERS_SCRIPT: &str = include_str!("sliders.js");
