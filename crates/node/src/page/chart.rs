//! Charts as SVG, drawn on the server.

pub(super) mod candles;

use maud::{Markup, html};

/// One bar: what stands beside it, its length, the number shown, and a colour.
pub(super) struct Bar<'a> {
    pub(super) label: String,
    /// Bars are drawn relative to the longest; negative ones in [`signed_bars`] alone.
    pub(super) length: f64,
    pub(super) shown: String,
    pub(super) colour: &'a str,
}

const WIDTH: f64 = 560.0;
const LABEL_WIDTH: f64 = 84.0;
const SHOWN_WIDTH: f64 = 120.0;
const ROW_HEIGHT: f64 = 26.0;
const LINE_HEIGHT: f64 = 160.0;
/// So that the stroke isn't cut at the top and bottom.
const LINE_MARGIN: f64 = 4.0;

/// Horizontal bars, one a row.
pub(super) fn bars(title: &str, rows: &[Bar<'_>]) -> Markup {
    let longest = rows.iter().map(|row| row.length).fold(0.0, f64::max);
    let room = WIDTH - LABEL_WIDTH - SHOWN_WIDTH;
    // There are never more rows than a screen shows, so this is exact.
    let height = ROW_HEIGHT * rows.len() as f64;
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(title) {
            @for (place, row) in rows.iter().enumerate() {
                @let width = if longest > 0.0 { (room * row.length / longest).max(1.0) } else { 1.0 };
                @let top = ROW_HEIGHT * place as f64;
                text x=(LABEL_WIDTH - 8.0) y=(top + 17.0) text-anchor="end" { (row.label) }
                rect x=(LABEL_WIDTH) y=(top + 4.0) width=(format!("{width:.1}")) height=(ROW_HEIGHT - 8.0) rx="3" fill=(row.colour) {}
                text x=(format!("{:.1}", LABEL_WIDTH + width + 8.0)) y=(top + 17.0) { (row.shown) }
            }
        }
    }
}

/// Horizontal bars from a line in the middle, negative ones to the left.
pub(super) fn signed_bars(title: &str, rows: &[Bar<'_>]) -> Markup {
    let longest = rows.iter().map(|row| row.length.abs()).fold(0.0, f64::max);
    let half = (WIDTH - LABEL_WIDTH - SHOWN_WIDTH) / 2.0;
    let middle = LABEL_WIDTH + half;
    // There are never more rows than a screen shows, so this is exact.
    let height = ROW_HEIGHT * rows.len() as f64;
    html! {
        @if !rows.is_empty() {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(title) {
                line.axis x1=(middle) x2=(middle) y1="0" y2=(height) {}
                @for (place, row) in rows.iter().enumerate() {
                    @let width = if longest > 0.0 { (half * row.length.abs() / longest).max(1.0) } else { 1.0 };
                    @let left = if row.length < 0.0 { middle - width } else { middle };
                    @let top = ROW_HEIGHT * place as f64;
                    text x=(LABEL_WIDTH - 8.0) y=(top + 17.0) text-anchor="end" { (row.label) }
                    rect x=(format!("{left:.1}")) y=(top + 4.0) width=(format!("{width:.1}")) height=(ROW_HEIGHT - 8.0) rx="3" fill=(row.colour) {}
                    text x=(format!("{:.1}", middle + half + 8.0)) y=(top + 17.0) { (row.shown) }
                }
            }
        }
    }
}

/// A line from left to right; where there is no value it goes on to the next one.
pub(super) fn line(title: &str, values: &[Option<f64>]) -> Markup {
    let known = || values.iter().flatten().copied();
    let (least, most) = (
        known().fold(f64::INFINITY, f64::min),
        known().fold(f64::NEG_INFINITY, f64::max),
    );
    let across = WIDTH / values.len().saturating_sub(1).max(1) as f64;
    let span = if most > least { most - least } else { 1.0 };
    let points: Vec<String> = values
        .iter()
        .enumerate()
        .filter_map(|(place, value)| {
            let height = LINE_HEIGHT * (most - (*value)?) / span;
            Some(format!(
                "{:.1},{:.1}",
                across * place as f64,
                height + LINE_MARGIN
            ))
        })
        .collect();
    html! {
        @if points.len() > 1 {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (LINE_HEIGHT + 2.0 * LINE_MARGIN) } role="img" aria-label=(title) {
                polyline points=(points.join(" ")) fill="none" stroke="var(--thread)" stroke-width="2" {}
            }
        }
    }
}

/// One stacked column: what stands below it, its parts by series, and the number shown above it.
pub(super) struct Column {
    pub(super) label: String,
    /// Series and length; not negative.
    pub(super) parts: Vec<(usize, f64)>,
    pub(super) shown: String,
}

/// Colours that tell series apart on light and dark ground; later series are grey.
pub(super) const SERIES: [&str; 8] = [
    "#2563eb", "#0f9d8f", "#c47f17", "#b4458f", "#7c3aed", "#65a30d", "#dc2626", "#0891b2",
];
const OTHERS: &str = "#8a8f98";
const COLUMNS_WIDTH: f64 = 720.0;
const COLUMNS_HEIGHT: f64 = 180.0;
/// Room for the numbers above and the labels below.
const MARGIN: f64 = 22.0;
/// The widest column.
const COLUMN_MAX: f64 = 90.0;

fn colour(series: usize) -> &'static str {
    SERIES.get(series).copied().unwrap_or(OTHERS)
}

/// A small square in a series' colour.
pub(super) fn swatch(series: usize) -> Markup {
    html! { svg.swatch viewBox="0 0 10 10" aria-hidden="true" { rect width="10" height="10" rx="2" fill=(colour(series)) {} } }
}

/// Stacked columns, side by side, drawn relative to the tallest.
pub(super) fn columns(title: &str, columns: &[Column]) -> Markup {
    let sum = |column: &Column| column.parts.iter().map(|part| part.1).sum::<f64>();
    let tallest = columns.iter().map(sum).fold(0.0, f64::max);
    // There are never more columns than a screen shows, so this is exact.
    let step = (COLUMNS_WIDTH / columns.len().max(1) as f64).min(COLUMN_MAX);
    let scale = if tallest > 0.0 {
        COLUMNS_HEIGHT / tallest
    } else {
        0.0
    };
    let height = COLUMNS_HEIGHT + 2.0 * MARGIN;
    let wide = step >= COLUMN_MAX * 0.9;
    html! {
        svg.chart viewBox={ "0 0 " (COLUMNS_WIDTH) " " (height) } role="img" aria-label=(title) {
            @for (place, column) in columns.iter().enumerate() {
                @let left = step * place as f64;
                @let middle = format!("{:.1}", left + step / 2.0);
                @for (series, bottom, length) in stack(&column.parts, scale) {
                    rect x=(format!("{:.1}", left + step * 0.1)) width=(format!("{:.1}", step * 0.8))
                        y=(format!("{:.1}", MARGIN + COLUMNS_HEIGHT - bottom - length)) height=(format!("{length:.1}")) fill=(colour(series)) {}
                }
                text x=(middle) y=(height - 6.0) text-anchor="middle" { (column.label) }
                @if wide {
                    text x=(middle) y=(format!("{:.1}", MARGIN + COLUMNS_HEIGHT - sum(column) * scale - 6.0)) text-anchor="middle" { (column.shown) }
                }
            }
        }
    }
}

/// Series, bottom and length of each part that can be seen.
fn stack(parts: &[(usize, f64)], scale: f64) -> Vec<(usize, f64, f64)> {
    let mut bottom = 0.0;
    let mut stacked = Vec::new();
    for &(series, length) in parts.iter().filter(|part| part.1 > 0.0) {
        let length = length * scale;
        stacked.push((series, bottom, length));
        bottom += length;
    }
    stacked
}
