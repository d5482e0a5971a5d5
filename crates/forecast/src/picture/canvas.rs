//! What all pictures share: size, fonts, colours, and how errors get out.

use plotters::chart::ChartContext;
use plotters::coord::Shift;
use plotters::coord::cartesian::Cartesian2d;
use plotters::coord::types::RangedCoordf64;
use plotters::prelude::{
    DrawingArea, IntoDrawingArea, IntoFont, RGBColor, SVGBackend, Text, TextStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, WHITE};

use crate::error::ForecastError;
use crate::number::grouped;

pub(super) const WIDTH: u32 = 960;
const FONT: &str = "Noto Sans";

pub(super) const INK: RGBColor = RGBColor(33, 37, 41);
pub(super) const MUTED: RGBColor = RGBColor(108, 117, 125);
pub(super) const GRID: RGBColor = RGBColor(233, 236, 239);
pub(super) const UP: RGBColor = RGBColor(0, 114, 178);
pub(super) const DOWN: RGBColor = RGBColor(213, 94, 0);
pub(super) const TOTAL: RGBColor = RGBColor(73, 80, 87);

/// Told apart by most people who don't see all colours (after Okabe and Ito).
const SEGMENTS: [RGBColor; 8] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
    RGBColor(148, 130, 20),
    RGBColor(120, 94, 240),
];

pub(super) fn segment_colour(index: usize) -> RGBColor {
    SEGMENTS[index % SEGMENTS.len()]
}

pub(super) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
pub(super) type Drawn<T> = Result<T, ForecastError>;

/// Turns the drawing library's errors into ours.
pub(super) fn drawn<T, E: std::fmt::Display>(result: Result<T, E>) -> Drawn<T> {
    result.map_err(|error| ForecastError::Picture(error.to_string()))
}

pub(super) fn font(size: i32, colour: RGBColor) -> TextStyle<'static> {
    (FONT, size).into_font().color(&colour)
}

pub(super) fn anchored(
    size: i32,
    colour: RGBColor,
    horizontal: HPos,
    vertical: VPos,
) -> TextStyle<'static> {
    font(size, colour).pos(Pos::new(horizontal, vertical))
}

/// A white picture with a title and a line below it; `draw` gets the rest.
pub(super) fn picture(
    height: u32,
    title: &str,
    subtitle: &str,
    draw: impl FnOnce(&Area<'_>) -> Drawn<()>,
) -> Drawn<String> {
    let mut svg = String::new();
    {
        let root = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
        drawn(root.fill(&WHITE))?;
        drawn(root.draw(&Text::new(title.to_owned(), (28, 22), font(24, INK))))?;
        drawn(root.draw(&Text::new(subtitle.to_owned(), (28, 56), font(15, MUTED))))?;
        let (_, below) = root.split_vertically(84);
        draw(&below)?;
        drawn(root.present())?;
    }
    Ok(svg)
}

pub(super) type Chart<'a, 'b> =
    ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

/// Amounts below the picture, light lines upwards, nothing at the side.
pub(super) fn amounts_below(chart: &mut Chart<'_, '_>) -> Drawn<()> {
    let mut mesh = chart.configure_mesh();
    mesh.disable_y_mesh()
        .disable_y_axis()
        .light_line_style(GRID.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(GRID);
    drawn(
        mesh.x_label_style(font(14, MUTED))
            .x_label_formatter(&|value| tick(*value))
            .draw(),
    )
}

/// Amounts at the left, light lines across, nothing below.
pub(super) fn amounts_left(chart: &mut Chart<'_, '_>) -> Drawn<()> {
    let mut mesh = chart.configure_mesh();
    mesh.disable_x_mesh()
        .disable_x_axis()
        .light_line_style(GRID.mix(0.0))
        .bold_line_style(GRID)
        .axis_style(GRID);
    drawn(
        mesh.y_label_style(font(14, MUTED))
            .y_label_formatter(&|value| tick(*value))
            .draw(),
    )
}

/// Where a point of the chart lies in the area it was built on.
pub(super) fn place(area: &Area<'_>, chart: &Chart<'_, '_>, point: (f64, f64)) -> (i32, i32) {
    let (x, y) = chart.backend_coord(&point);
    let (left, top) = area.get_base_pixel();
    (x - left, y - top)
}

/// An amount in billions with as many digits as a reader wants.
pub(super) fn billions(value: f64) -> String {
    let decimals = match value.abs() {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    grouped(value, decimals)
}

/// An axis label: whole numbers without decimals.
pub(super) fn tick(value: f64) -> String {
    if (value - value.round()).abs() < 1e-9 {
        grouped(value, 0)
    } else {
        billions(value)
    }
}
