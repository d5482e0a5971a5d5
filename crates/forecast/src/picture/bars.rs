//! Tornado, waterfall and stacked segments.

use plotters::prelude::{ChartBuilder, PathElement, Rectangle, Text};
use plotters::style::text_anchor::{HPos, VPos};
use plotters::style::{Color, RGBColor};

use super::StackedColumn;
use super::canvas::{
    Area, Chart, DOWN, Drawn, INK, MUTED, TOTAL, UP, WIDTH, amounts_below, amounts_left, anchored,
    billions, drawn, picture, place, segment_colour,
};
use crate::error::ForecastError;
use crate::number::{Unit, percent};
use crate::scenario::InputKey;
use crate::text::value_text;
use crate::why::{Bar, Bridge, Swing, Tornado};

const ROW_HEIGHT: u32 = 40;
const BARS_MAX: usize = 20;

/// The widest bars on top, low and high ends labelled with the input's values.
pub fn tornado_svg(tornado: &Tornado) -> Result<String, ForecastError> {
    let bars = &tornado.bars[..tornado.bars.len().min(BARS_MAX)];
    let subtitle = match tornado.swing {
        Swing::Quantiles => "Billions of US dollars with one input at its 5 % and 95 % quantile, the others at their medians".to_owned(),
        Swing::Relative(part) => format!("Billions of US dollars with one input {} down and up", percent(part, 1)),
    };
    let title = format!(
        "What moves the {} of scenario “{}”",
        tornado.output.replace('_', " "),
        tornado.scenario
    );
    let ends = bars
        .iter()
        .flat_map(|bar| [bar.low_output, bar.high_output])
        .chain([tornado.centre]);
    let (low, high) = ends.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let margin = ((high - low) * 0.12).max(1e-9);
    let count = bars.len() as f64;
    picture(
        150 + ROW_HEIGHT * bars.len() as u32,
        &title,
        &subtitle,
        |area| {
            let mut builder = ChartBuilder::on(area);
            builder
                .margin_right(40)
                .margin_left(270)
                .x_label_area_size(44);
            let mut chart =
                drawn(builder.build_cartesian_2d(low - margin..high + margin, 0.0..count))?;
            amounts_below(&mut chart)?;
            for (index, bar) in bars.iter().enumerate() {
                tornado_bar(
                    area,
                    &mut chart,
                    tornado.centre,
                    bar,
                    count - 0.5 - index as f64,
                )?;
            }
            let centre = [(tornado.centre, 0.0), (tornado.centre, count)];
            drawn(chart.draw_series([PathElement::new(centre, INK.stroke_width(2))])).map(|_| ())
        },
    )
}

fn tornado_bar(
    area: &Area<'_>,
    chart: &mut Chart<'_, '_>,
    centre: f64,
    bar: &Bar,
    middle: f64,
) -> Drawn<()> {
    for (output, input, colour) in [
        (bar.low_output, bar.low_input, DOWN),
        (bar.high_output, bar.high_input, UP),
    ] {
        let corners = [(centre, middle - 0.32), (output, middle + 0.32)];
        drawn(chart.draw_series([Rectangle::new(corners, colour.filled())]))?;
        let (side, offset) = if output < centre {
            (HPos::Right, -6)
        } else {
            (HPos::Left, 6)
        };
        let (x, y) = place(area, chart, (output, middle));
        let label = value_text(input, unit(&bar.input));
        drawn(area.draw(&Text::new(
            label,
            (x + offset, y),
            anchored(13, MUTED, side, VPos::Center),
        )))?;
    }
    let (_, y) = place(area, chart, (centre, middle));
    let name = Text::new(
        bar.title.clone(),
        (262, y),
        anchored(15, INK, HPos::Right, VPos::Center),
    );
    drawn(area.draw(&name))
}

fn unit(input: &str) -> Unit {
    match InputKey::parse(input) {
        Some(InputKey::ProductivityTam) => Unit::BillionDollars,
        Some(_) => Unit::Share,
        None => Unit::Plain,
    }
}

/// A bar of the waterfall: its label, start and end.
struct Floating {
    name: String,
    start: f64,
    end: f64,
    text: String,
    colour: RGBColor,
}

/// From one scenario to the other, a floating bar for each step.
pub fn waterfall_svg(bridge: &Bridge) -> Result<String, ForecastError> {
    let whole = |name: &str, end: f64| Floating {
        name: name.to_owned(),
        start: 0.0,
        end,
        text: billions(end),
        colour: TOTAL,
    };
    let mut columns = vec![whole(&bridge.from, bridge.start)];
    for step in &bridge.steps {
        columns.push(Floating {
            name: step.title.clone(),
            start: step.total_after - step.change,
            end: step.total_after,
            text: format!("{:+.2}", step.change),
            colour: if step.change < 0.0 { DOWN } else { UP },
        });
    }
    columns.push(whole(&bridge.to, bridge.end));
    let high = columns
        .iter()
        .map(|column| column.start.max(column.end))
        .fold(0.0, f64::max)
        * 1.12
        + 1e-9;
    let title = format!("From “{}” to “{}”", bridge.from, bridge.to);
    let subtitle = format!(
        "The {} in billions of US dollars, inputs exchanged in this order",
        bridge.output.replace('_', " ")
    );
    picture(560, &title, &subtitle, |area| {
        let mut builder = ChartBuilder::on(area);
        builder
            .margin_left(28)
            .margin_right(28)
            .margin_top(8)
            .margin_bottom(70)
            .y_label_area_size(50);
        let mut chart = drawn(builder.build_cartesian_2d(0.0..columns.len() as f64, 0.0..high))?;
        amounts_left(&mut chart)?;
        for (index, column) in columns.iter().enumerate() {
            let is_last = index + 1 == columns.len();
            floating(area, &mut chart, column, index as f64, is_last)?;
        }
        Ok(())
    })
}

fn floating(
    area: &Area<'_>,
    chart: &mut Chart<'_, '_>,
    column: &Floating,
    left: f64,
    is_last: bool,
) -> Drawn<()> {
    let corners = [(left + 0.14, column.start), (left + 0.86, column.end)];
    drawn(chart.draw_series([Rectangle::new(corners, column.colour.filled())]))?;
    if !is_last {
        let link = [(left + 0.86, column.end), (left + 1.14, column.end)];
        drawn(chart.draw_series([PathElement::new(link, MUTED)]))?;
    }
    let (x, y) = place(area, chart, (left + 0.5, column.start.max(column.end)));
    drawn(area.draw(&Text::new(
        column.text.clone(),
        (x, y - 6),
        anchored(15, INK, HPos::Center, VPos::Bottom),
    )))?;
    let (_, bottom) = place(area, chart, (left + 0.5, 0.0));
    wrapped(area, &column.name, (x, bottom + 12))
}

/// A label of up to three lines, centred.
fn wrapped(area: &Area<'_>, text: &str, (x, y): (i32, i32)) -> Drawn<()> {
    const CHARACTERS: usize = 17;
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < CHARACTERS => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    for (index, line) in lines.into_iter().take(3).enumerate() {
        let corner = (x, y + 18 * index as i32);
        drawn(area.draw(&Text::new(
            line,
            corner,
            anchored(14, INK, HPos::Center, VPos::Top),
        )))?;
    }
    Ok(())
}

/// Columns of segments on top of each other; columns may be scenarios or years.
pub fn stacked_svg(title: &str, columns: &[StackedColumn]) -> Result<String, ForecastError> {
    let sum = |parts: &[(String, f64)]| parts.iter().map(|(_, value)| value).sum::<f64>();
    let high = columns
        .iter()
        .map(|(_, parts)| sum(parts))
        .fold(0.0, f64::max)
        * 1.1
        + 1e-9;
    let text_size = if columns.len() > 8 { 12 } else { 15 };
    picture(
        540,
        title,
        "Crypto-AI revenue by segment, billions of US dollars",
        |area| {
            let mut builder = ChartBuilder::on(area);
            builder
                .margin_left(28)
                .margin_right(210)
                .margin_top(8)
                .margin_bottom(44)
                .y_label_area_size(50);
            let mut chart =
                drawn(builder.build_cartesian_2d(0.0..columns.len() as f64, 0.0..high))?;
            amounts_left(&mut chart)?;
            for (index, column) in columns.iter().enumerate() {
                stacked_column(area, &mut chart, column, index as f64, text_size)?;
            }
            legend(
                area,
                columns.first().map_or(&[], |(_, parts)| parts.as_slice()),
            )
        },
    )
}

fn stacked_column(
    area: &Area<'_>,
    chart: &mut Chart<'_, '_>,
    (name, parts): &StackedColumn,
    left: f64,
    text_size: i32,
) -> Drawn<()> {
    let mut below = 0.0;
    for (part, (_, value)) in parts.iter().enumerate() {
        let corners = [(left + 0.12, below), (left + 0.88, below + value)];
        drawn(chart.draw_series([Rectangle::new(corners, segment_colour(part).filled())]))?;
        below += value;
    }
    let (x, y) = place(area, chart, (left + 0.5, below));
    drawn(area.draw(&Text::new(
        billions(below),
        (x, y - 5),
        anchored(text_size, INK, HPos::Center, VPos::Bottom),
    )))?;
    let (_, bottom) = place(area, chart, (left + 0.5, 0.0));
    drawn(area.draw(&Text::new(
        name.clone(),
        (x, bottom + 12),
        anchored(text_size, INK, HPos::Center, VPos::Top),
    )))
}

/// The topmost segment first, as in the columns.
fn legend(area: &Area<'_>, parts: &[(String, f64)]) -> Drawn<()> {
    let x = WIDTH as i32 - 190;
    for (row, (index, (name, _))) in parts.iter().enumerate().rev().enumerate() {
        let y = 20 + 28 * row as i32;
        drawn(area.draw(&Rectangle::new(
            [(x, y), (x + 16, y + 16)],
            segment_colour(index).filled(),
        )))?;
        drawn(area.draw(&Text::new(
            name.clone(),
            (x + 26, y + 8),
            anchored(15, INK, HPos::Left, VPos::Center),
        )))?;
    }
    Ok(())
}
