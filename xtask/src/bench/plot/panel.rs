//! One figure's lines, every point with its value.

#[cfg(test)]
mod tests;

use anyhow::{Result, ensure};
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::combinators::IntoLogRange;
use plotters::drawing::DrawingArea;
use plotters::element::{Circle, PathElement, Text};
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::{GRID, INK, MUTED, anchored, drawn, font};

pub(super) struct Line {
    pub(super) name: &'static str,
    pub(super) colour: RGBColor,
    pub(super) points: Vec<(f64, f64)>,
    /// Whether each point's value stands above it.
    pub(super) with_values: bool,
}

pub(super) fn draw(
    area: &DrawingArea<SVGBackend<'_>, Shift>,
    title: &str,
    lines: &[Line],
) -> Result<()> {
    drawn(area.draw(&Text::new(title.to_owned(), (28, 8), font(16, INK))))?;
    let all = || lines.iter().flat_map(|line| &line.points);
    ensure!(
        all().all(|&(x, y)| x > 0.0 && y > 0.0),
        "'{title}' has a figure that isn't above zero"
    );
    let span = |figure: fn(&(f64, f64)) -> f64| {
        let values = || all().map(figure);
        (
            values().fold(f64::MAX, f64::min),
            values().fold(0.0, f64::max),
        )
    };
    let ((first, last), (least, most)) = (span(|point| point.0), span(|point| point.1));
    let floor = least / 2.0;
    let mut builder = ChartBuilder::on(area);
    builder
        .margin_left(28)
        .margin_right(40)
        .margin_top(50)
        .margin_bottom(8)
        .x_label_area_size(28);
    // Room for the numbers beside the outermost points.
    let across = (first / 1.3..last * 1.3).log_scale();
    let upwards = (floor..most * 1.5).log_scale();
    let mut chart = drawn(builder.build_cartesian_2d(across, upwards))?;
    let (left, top) = area.get_base_pixel();
    for line in lines.iter().rev() {
        let points = line.points.iter().copied();
        let colour = line.colour;
        drawn(
            chart.draw_series(
                points
                    .clone()
                    .map(|(x, y)| PathElement::new([(x, floor), (x, y)], GRID)),
            ),
        )?;
        let path = PathElement::new(line.points.clone(), colour.stroke_width(2));
        drawn(chart.draw_series([path]))?;
        let dots = points
            .clone()
            .map(|point| Circle::new(point, 4, colour.filled()));
        drawn(chart.draw_series(dots))?;
        for (x, y) in points.filter(|_| line.with_values) {
            let (across, height) = chart.backend_coord(&(x, y));
            let style = anchored(13, INK, HPos::Center, VPos::Bottom);
            let place = (across - left, height - top - 9);
            drawn(area.draw(&Text::new(label(y), place, style)))?;
        }
    }
    for &(x, _) in lines.first().map_or(&[][..], |line| &line.points) {
        let (across, height) = chart.backend_coord(&(x, floor));
        let style = anchored(13, MUTED, HPos::Center, VPos::Top);
        let place = (across - left, height - top + 6);
        drawn(area.draw(&Text::new(label(x), place, style)))?;
    }
    Ok(())
}

/// Three digits, and k or M.
pub(super) fn label(value: f64) -> String {
    let (value, unit) = match value {
        large if large >= 999_500.0 => (large / 1e6, " M"),
        middle if middle >= 9_995.0 => (middle / 1e3, " k"),
        small => (small, ""),
    };
    let decimals = match value {
        whole if (whole - whole.round()).abs() < 1e-9 => 0,
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        size if size >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}{unit}")
}
