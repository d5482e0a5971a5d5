//! Charts as SVG, drawn on the server. Lengths on the screen are floats; rounding is invisible.

use maud::{Markup, html};

use crate::counters::{KINDS, MINUTES, Minute};

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 190.0;
const MARGIN: f64 = 22.0;
/// Colours that tell kinds apart on light and dark ground; the last is for who was held up.
pub(super) const COLOURS: [&str; KINDS.len() + 1] = [
    "#0f9d8f", "#65a30d", "#2563eb", "#7c3aed", "#c47f17", "#8a8f98", "#dc2626",
];

/// Places of the colours of load and level.
pub(super) const LOAD: usize = 2;
pub(super) const LEVEL: usize = 4;

/// A small square in a kind's colour.
pub(super) fn swatch(place: usize) -> Markup {
    html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect width="10" height="10" rx="2" fill=(COLOURS[place.min(KINDS.len())]) {} } }
}

/// Requests a minute: who passed by kind, and who was held up on top.
pub(super) fn minutes(minutes: &[Minute], now: u64) -> Markup {
    let tallest = minutes.iter().map(total).max().unwrap_or(0).max(1);
    let step = WIDTH / MINUTES as f64;
    let scale = HEIGHT / tallest as f64;
    let first = (now + 1).saturating_sub(MINUTES as u64);
    html! {
        p.caption { "at most " (tallest) " requests a minute" }
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT + MARGIN + 2.0) } role="img" aria-label="requests a minute, by kind of visitor" {
            line.axis x1="0" x2=(WIDTH) y1=(HEIGHT + MARGIN) y2=(HEIGHT + MARGIN) {}
            @for minute in minutes.iter().filter(|minute| minute.minute >= first) {
                @let left = step * (minute.minute - first) as f64;
                @for (place, bottom, height) in stack(minute, scale) {
                    rect x=(format!("{left:.1}")) width=(format!("{:.1}", step * 0.85))
                        y=(format!("{:.1}", MARGIN + HEIGHT - bottom - height)) height=(format!("{height:.1}")) fill=(COLOURS[place]) {}
                }
            }
        }
        p.ends { span { "an hour ago" } span { "now" } }
    }
}

fn total(minute: &Minute) -> u64 {
    minute.passed.iter().sum::<u64>() + minute.held
}

/// Place, bottom and height of each part that can be seen.
fn stack(minute: &Minute, scale: f64) -> Vec<(usize, f64, f64)> {
    let parts = minute.passed.iter().copied().chain([minute.held]);
    let mut bottom = 0.0;
    let mut stacked = Vec::new();
    for (place, count) in parts.enumerate().filter(|(_, count)| *count > 0) {
        let height = count as f64 * scale;
        stacked.push((place, bottom, height));
        bottom += height;
    }
    stacked
}

/// Load and level of the last windows, as two lines.
pub(super) fn load(history: &[(u64, u32)], most: usize) -> Markup {
    let level_max = history
        .iter()
        .map(|(level, _)| *level)
        .max()
        .unwrap_or(0)
        .max(1_024);
    let load_max = history
        .iter()
        .map(|(_, load)| *load)
        .max()
        .unwrap_or(0)
        .max(1_000);
    let across = WIDTH / most.saturating_sub(1).max(1) as f64;
    let shift = most.saturating_sub(history.len());
    let points = |value: &dyn Fn(&(u64, u32)) -> f64| {
        history
            .iter()
            .enumerate()
            .map(|(place, one)| {
                format!(
                    "{:.1},{:.1}",
                    across * (place + shift) as f64,
                    MARGIN + HEIGHT * (1.0 - value(one))
                )
            })
            .collect::<Vec<_>>()
            .join(" ")
    };
    let loads = points(&|(_, load)| f64::from(*load) / f64::from(load_max));
    let levels = points(&|(level, _)| *level as f64 / level_max as f64);
    html! {
        p.caption { "load up to " (load_max / 10) " %, level up to ×" (format!("{:.1}", level_max as f64 / 1_024.0)) }
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT + MARGIN + 2.0) } role="img" aria-label="load of the site and level of work and prices" {
            line.axis x1="0" x2=(WIDTH) y1=(HEIGHT + MARGIN) y2=(HEIGHT + MARGIN) {}
            @if history.len() > 1 {
                polyline points=(loads) fill="none" stroke=(COLOURS[LOAD]) stroke-width="2" {}
                polyline points=(levels) fill="none" stroke=(COLOURS[LEVEL]) stroke-width="2" {}
            }
        }
    }
}
