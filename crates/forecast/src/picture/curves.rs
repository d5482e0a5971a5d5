//! The histogram with its quantiles, and the fan of quantiles over the years.

use plotters::prelude::{ChartBuilder, Circle, PathElement, Polygon, Rectangle, Text};
use plotters::style::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::canvas::{
    Chart, DOWN, Drawn, GRID, INK, MUTED, UP, WIDTH, amounts_below, anchored, billions, drawn,
    font, picture, place, tick,
};
use crate::error::ForecastError;
use crate::sample::OutputSummary;
use crate::scenario::Year;
use crate::text::output_label;

const MARKED: [&str; 5] = ["p5", "p25", "p50", "p75", "p95"];

fn value(summary: &OutputSummary, name: &str) -> f64 {
    summary
        .quantile(name)
        .map_or(f64::NAN, |estimate| estimate.value)
}

/// The middle 99.6 % of the draws, with the mean and five quantiles marked.
pub fn histogram_svg(scenario: &str, output: &OutputSummary) -> Result<String, ForecastError> {
    let (low, high, parts) = &output.shape;
    let (low, high) = if high > low {
        (*low, *high)
    } else {
        (low - 0.5, low + 0.5)
    };
    let tallest = parts.iter().copied().fold(0.0, f64::max) * 1.04;
    let step = (high - low) / parts.len() as f64;
    let title = format!("{} of scenario “{scenario}”", output_label(&output.key));
    let subtitle = format!(
        "Billions of US dollars; how often each value comes up. Mean {}, darker: 5 to 95 %",
        billions(output.mean.value)
    );
    let middle = value(output, "p5")..=value(output, "p95");
    picture(500, &title, &subtitle, |area| {
        let mut builder = ChartBuilder::on(area);
        builder
            .margin_left(28)
            .margin_right(28)
            .margin_top(52)
            .x_label_area_size(40);
        let mut chart = drawn(builder.build_cartesian_2d(low..high, 0.0..tallest))?;
        amounts_below(&mut chart)?;
        let bars = parts.iter().enumerate().map(|(index, part)| {
            let left = low + index as f64 * step;
            let strength = if middle.contains(&(left + step / 2.0)) {
                0.75
            } else {
                0.3
            };
            Rectangle::new(
                [(left, 0.0), (left + step, *part)],
                UP.mix(strength).filled(),
            )
        });
        drawn(chart.draw_series(bars))?;
        for (row, name) in MARKED.iter().enumerate() {
            let at = value(output, name);
            drawn(
                chart.draw_series([PathElement::new([(at, 0.0), (at, tallest)], INK.mix(0.55))]),
            )?;
            // Neighbours take turns in two rows, so that close quantiles stay legible.
            let (x, y) = place(area, &chart, (at, tallest));
            let label = Text::new(
                format!("{name} {}", billions(at)),
                (x, y - 5 - 20 * (row as i32 % 2)),
                anchored(14, INK, HPos::Center, VPos::Bottom),
            );
            drawn(area.draw(&label))?;
        }
        Ok(())
    })
}

/// Bands from 5 to 95 %, 10 to 90 % and 25 to 75 %, and the median, by year.
pub fn fan_svg(scenario: &str, years: &[(Year, OutputSummary)]) -> Result<String, ForecastError> {
    let (Some((first, sample)), Some((last, end))) = (years.first(), years.last()) else {
        return Err(ForecastError::Picture("no years".to_owned()));
    };
    let high = years
        .iter()
        .map(|(_, summary)| value(summary, "p95"))
        .fold(0.0, f64::max)
        * 1.05
        + 1e-9;
    let (from, to) = (f64::from(first.number()), f64::from(last.number()));
    let title = format!(
        "{} of scenario “{scenario}” by year",
        output_label(&sample.key)
    );
    let subtitle =
        "Billions of US dollars; bands from 5 to 95 %, 10 to 90 %, 25 to 75 %, line: median";
    picture(520, &title, subtitle, |area| {
        let mut builder = ChartBuilder::on(area);
        builder
            .margin_left(28)
            .margin_right(130)
            .margin_top(8)
            .x_label_area_size(40)
            .y_label_area_size(50);
        let mut chart = drawn(builder.build_cartesian_2d(from..to, 0.0..high))?;
        fan_axes(&mut chart, years.len())?;
        fan_bands(&mut chart, years)?;
        let mut lowest = i32::MAX;
        for name in MARKED {
            // From the bottom up, pushed apart where they would touch.
            let (_, y) = place(area, &chart, (to, value(end, name)));
            lowest = y.min(lowest - 17);
            let text = format!("{name}  {}", billions(value(end, name)));
            let corner = (WIDTH as i32 - 122, lowest);
            drawn(area.draw(&Text::new(
                text,
                corner,
                anchored(13, INK, HPos::Left, VPos::Center),
            )))?;
        }
        Ok(())
    })
}

fn fan_axes(chart: &mut Chart<'_, '_>, years: usize) -> Drawn<()> {
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .light_line_style(GRID.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(GRID);
    mesh.x_label_style(font(14, MUTED))
        .y_label_style(font(14, MUTED))
        .x_labels(years);
    drawn(
        mesh.x_label_formatter(&|year| format!("{year:.0}"))
            .y_label_formatter(&|value| tick(*value))
            .draw(),
    )
}

fn fan_bands(chart: &mut Chart<'_, '_>, years: &[(Year, OutputSummary)]) -> Drawn<()> {
    let line = |name| {
        years
            .iter()
            .map(move |(year, summary)| (f64::from(year.number()), value(summary, name)))
    };
    for (low, high, strength) in [
        ("p5", "p95", 0.18),
        ("p10", "p90", 0.25),
        ("p25", "p75", 0.4),
    ] {
        let outline: Vec<(f64, f64)> = line(high).chain(line(low).rev()).collect();
        drawn(chart.draw_series([Polygon::new(outline, UP.mix(strength))]))?;
    }
    let median: Vec<(f64, f64)> = line("p50").collect();
    drawn(chart.draw_series([PathElement::new(median.clone(), DOWN.stroke_width(3))]))?;
    drawn(
        chart.draw_series(
            median
                .iter()
                .map(|point| Circle::new(*point, 3, DOWN.filled())),
        ),
    )
    .map(|_| ())
}
