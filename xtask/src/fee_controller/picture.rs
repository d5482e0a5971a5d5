//! The picture: load and level over time, and what budgets come to.

use std::fmt::{Debug, Display};

use anyhow::{Context, Result, anyhow};
use lilliput_fee::simulation::{Outcome, Sample};
use plotters::chart::ChartBuilder;
use plotters::coord::Shift;
use plotters::coord::combinators::IntoLogRange;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::element::{PathElement, Text};
use plotters::prelude::SVGBackend;
use plotters::style::{Color, IntoFont, RGBColor, TextStyle, WHITE};

use super::study::{Flood, Study, Sweep, median, served};

const SIZE: (u32, u32) = (960, 760);
const INK: RGBColor = RGBColor(33, 37, 41);
const GRID: RGBColor = RGBColor(233, 236, 239);
/// Told apart by most people who don't see all colours (after Okabe and Ito).
const BLUE: RGBColor = RGBColor(0, 114, 178);
const ORANGE: RGBColor = RGBColor(213, 94, 0);
const GREEN: RGBColor = RGBColor(0, 158, 115);

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

struct Line {
    name: String,
    colour: RGBColor,
    points: Vec<(f64, f64)>,
}

pub(super) fn svg(study: &Study) -> Result<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
        drawn(root.fill(&WHITE))?;
        let areas = root.split_evenly((2, 2));
        let [load, level, money, machines] = areas.as_slice() else {
            return Err(anyhow!("the picture isn't in four parts"));
        };
        draw_load(load, flood(study, "rack and purse")?)?;
        draw_level(level, study)?;
        draw_budgets(money, "dollars of the attacker", &study.money)?;
        draw_budgets(machines, "machines of the attacker", &study.machines)?;
        drawn(root.present())?;
    }
    Ok(svg)
}

fn flood<'a>(study: &'a Study, name: &str) -> Result<&'a Flood> {
    let found = study
        .floods
        .iter()
        .find(|flood| flood.scenario.name == name);
    found.with_context(|| format!("there is no flood {name}"))
}

fn points(outcome: &Outcome, number: impl Fn(&Sample) -> f64) -> Vec<(f64, f64)> {
    let samples = outcome.samples.iter();
    samples
        .map(|sample| (sample.at_s as f64 / 60.0, number(sample)))
        .collect()
}

fn draw_load(area: &Area<'_>, flood: &Flood) -> Result<()> {
    let load = |sample: &Sample| (f64::from(sample.load_permille) / 10.0).max(10.0);
    let lines = [
        line("without a controller", ORANGE, points(&flood.bare, load)),
        line("with it", BLUE, points(first(flood)?, load)),
        line("target", GREEN, vec![(0.0, 70.0), (30.0, 70.0)]),
    ];
    let title = format!("Load in percent, flood \"{}\"", flood.scenario.name);
    draw(
        area,
        &title,
        0.0..30.0,
        (10.0..5_000.0).log_scale(),
        "minutes",
        &lines,
    )
}

fn draw_level(area: &Area<'_>, study: &Study) -> Result<()> {
    let level = |sample: &Sample| (sample.level as f64 / 1_024.0).max(0.5);
    let mut lines = Vec::new();
    for (name, colour) in [
        ("rack and purse", BLUE),
        ("pulses", ORANGE),
        ("a rack", GREEN),
    ] {
        lines.push(line(
            name,
            colour,
            points(first(flood(study, name)?)?, level),
        ));
    }
    let title = "Level (below 1: off)";
    draw(
        area,
        title,
        0.0..30.0,
        (0.5..20_000.0).log_scale(),
        "minutes",
        &lines,
    )
}

fn draw_budgets(area: &Area<'_>, axis: &str, sweep: &Sweep) -> Result<()> {
    let over = |number: fn(&Outcome) -> f64| -> Vec<(f64, f64)> {
        let points = sweep.points.iter();
        points
            .map(|(budget, runs)| (*budget as f64, median(runs, number)))
            .collect()
    };
    let got_in =
        |run: &Outcome| 100.0 * run.attackers.sent as f64 / run.attackers.wanted.max(1) as f64;
    let lost = |run: &Outcome| 100.0 * run.humans.lost as f64 / run.humans.asked.max(1) as f64;
    let lines = [
        line("honest requests served, %", BLUE, over(served)),
        line("attackers' requests let in, %", ORANGE, over(got_in)),
        line("humans' requests lost, %", GREEN, over(lost)),
    ];
    let last = sweep
        .points
        .last()
        .map_or(10.0, |(budget, _)| *budget as f64);
    draw(
        area,
        "What a budget comes to",
        (1.0..last).log_scale(),
        0.0..100.0,
        axis,
        &lines,
    )
}

fn first(flood: &Flood) -> Result<&Outcome> {
    flood.controlled.first().context("a flood without a run")
}

fn line(name: &str, colour: RGBColor, points: Vec<(f64, f64)>) -> Line {
    Line {
        name: name.to_owned(),
        colour,
        points,
    }
}

fn draw<X, Y>(
    area: &Area<'_>,
    title: &str,
    across: X,
    upwards: Y,
    axis: &str,
    lines: &[Line],
) -> Result<()>
where
    X: AsRangedCoord<Value = f64>,
    Y: AsRangedCoord<Value = f64>,
    X::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
{
    drawn(area.draw(&Text::new(title.to_owned(), (28, 12), font(17))))?;
    let mut builder = ChartBuilder::on(area);
    builder
        .margin_left(8)
        .margin_right(28)
        .margin_top(104)
        .margin_bottom(8);
    builder.x_label_area_size(44).y_label_area_size(56);
    let mut chart = drawn(builder.build_cartesian_2d(across, upwards))?;
    let short = |value: &f64| label(*value);
    drawn(
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(GRID)
            .axis_style(GRID)
            .label_style(font(13))
            .x_desc(axis)
            .axis_desc_style(font(13))
            .x_label_formatter(&short)
            .y_label_formatter(&short)
            .draw(),
    )?;
    for (index, line) in (0..).zip(lines) {
        let style = line.colour.stroke_width(2);
        drawn(chart.draw_series([PathElement::new(line.points.clone(), style)]))?;
        let height = 42 + 19 * index;
        drawn(area.draw(&PathElement::new(
            [(28, height + 7), (52, height + 7)],
            style,
        )))?;
        drawn(area.draw(&Text::new(line.name.clone(), (60, height), font(14))))?;
    }
    Ok(())
}

/// Three digits at most, and k, M or G.
fn label(value: f64) -> String {
    match value {
        large if large >= 1e9 => format!("{} G", large / 1e9),
        large if large >= 1e6 => format!("{} M", large / 1e6),
        large if large >= 1e4 => format!("{} k", large / 1e3),
        small => format!("{small}"),
    }
}

fn font(size: i32) -> TextStyle<'static> {
    TextStyle::from(("sans-serif", size).into_font()).color(&INK)
}

/// The errors of plotters aren't ones that can be sent on.
fn drawn<T, E: Display + Debug>(result: std::result::Result<T, E>) -> Result<T> {
    result.map_err(|error| anyhow!("failed to draw: {error}"))
}
