//! How the cost of a proof grows: four small pictures in one, both axes logarithmic.

mod panel;

use anyhow::{Result, anyhow};
use plotters::drawing::IntoDrawingArea;
use plotters::element::Text;
use plotters::prelude::SVGBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{IntoFont, RGBColor, TextStyle, WHITE};

use super::ezkl::Proven;
use super::ours::Ours;
use super::prover::Row;
use super::work::Growth;
use panel::{Line, draw};

const SIZE: (u32, u32) = (960, 700);
const INK: RGBColor = RGBColor(33, 37, 41);
const MUTED: RGBColor = RGBColor(108, 117, 125);
const GRID: RGBColor = RGBColor(233, 236, 239);
/// Told apart by most people who don't see all colours (after Okabe and Ito).
const OURS: RGBColor = RGBColor(0, 114, 178);
const OPEN: RGBColor = RGBColor(86, 180, 233);
const PEER: RGBColor = RGBColor(213, 94, 0);

/// One of the four.
struct Figure {
    title: &'static str,
    ours: fn(&Ours) -> f64,
    peer: fn(&Proven) -> f64,
}

const FIGURES: [Figure; 4] = [
    Figure {
        title: "prove, CPU seconds",
        ours: |ours| ours.prove.cpu_seconds.median,
        peer: |own| own.prove.cpu_seconds,
    },
    Figure {
        title: "prove, peak memory, MB",
        ours: |ours| ours.prove.memory_mb.median,
        peer: |own| own.prove.memory_mb,
    },
    Figure {
        title: "proof, KiB",
        ours: |ours| ours.proof_bytes as f64 / 1024.0,
        peer: |own| own.proof_bytes as f64 / 1024.0,
    },
    Figure {
        title: "verify, inside the process, ms",
        ours: |ours| ours.check_ms.median,
        peer: |own| own.check_ms,
    },
];

/// A model with its place on the axis below.
type Point<'a> = (f64, &'a Row, &'a Ours);

struct Picture<'a> {
    file: &'static str,
    title: &'static str,
    subtitle: &'static str,
    points: Vec<Point<'a>>,
}

/// Titles and names of the pictures that there are enough points for.
pub(super) fn names(rows: &[Row]) -> Vec<(&'static str, &'static str)> {
    let all = pictures(rows).into_iter();
    all.map(|picture| (picture.title, picture.file)).collect()
}

/// Pictures with their names.
pub(super) fn all(rows: &[Row]) -> Result<Vec<(&'static str, String)>> {
    let all = pictures(rows).into_iter();
    all.map(|picture| Ok((picture.file, picture.svg()?)))
        .collect()
}

fn pictures(rows: &[Row]) -> Vec<Picture<'_>> {
    let measured = || {
        rows.iter()
            .filter_map(|row| Some((row, row.ours.as_ref().ok()?)))
    };
    let parameters = measured()
        .filter(|(row, _)| row.work.growth == Some(Growth::Parameters))
        .map(|(row, ours)| (ours.parameters as f64, row, ours));
    let tokens = measured().filter_map(|(row, ours)| match row.work.growth {
        Some(Growth::Tokens(tokens)) => Some((tokens as f64, row, ours)),
        _ => None,
    });
    let mut all = vec![
        Picture {
            file: "prover-parameters.svg",
            title: "Growth with parameters",
            subtitle: "networks of matrices and ReLU; both axes logarithmic",
            points: sorted(parameters.collect()),
        },
        Picture {
            file: "prover-tokens.svg",
            title: "Growth with tokens",
            subtitle: "one transformer block of width 64; both axes logarithmic",
            points: sorted(tokens.collect()),
        },
    ];
    all.retain(|picture| picture.points.len() > 1);
    all
}

fn sorted(mut points: Vec<Point<'_>>) -> Vec<Point<'_>> {
    points.sort_by(|left, right| left.0.total_cmp(&right.0));
    points
}

impl Picture<'_> {
    fn svg(&self) -> Result<String> {
        let mut svg = String::new();
        {
            let root = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
            drawn(root.fill(&WHITE))?;
            drawn(root.draw(&Text::new(self.title, (28, 18), font(24, INK))))?;
            drawn(root.draw(&Text::new(self.subtitle, (28, 50), font(15, MUTED))))?;
            let width = SIZE.0 as i32;
            for (index, line) in lines(&FIGURES[0], &self.points).iter().enumerate() {
                let style = anchored(15, line.colour, HPos::Right, VPos::Top);
                let place = (width - 40, 12 + 21 * index as i32);
                drawn(root.draw(&Text::new(line.name, place, style)))?;
            }
            let (_, below) = root.split_vertically(76);
            for (area, figure) in below.split_evenly((2, 2)).iter().zip(&FIGURES) {
                draw(area, figure.title, &lines(figure, &self.points))?;
            }
            drawn(root.present())?;
        }
        Ok(svg)
    }
}

/// Ours, hidden and open, and the peer's if it was measured on two models at least.
fn lines(figure: &Figure, points: &[Point<'_>]) -> Vec<Line> {
    let open = points
        .iter()
        .filter_map(|&(x, row, _)| Some((x, row.open.as_ref().ok()?)));
    let peer = points
        .iter()
        .filter_map(|&(x, row, _)| Some((x, row.ezkl.as_ref()?.proven.as_ref()?)));
    let mut lines = vec![
        Line {
            name: "lilliput, weights and input hidden",
            colour: OURS,
            points: points
                .iter()
                .map(|&(x, _, ours)| (x, (figure.ours)(ours)))
                .collect(),
            with_values: true,
        },
        Line {
            name: "lilliput, nothing hidden",
            colour: OPEN,
            points: open.map(|(x, ours)| (x, (figure.ours)(ours))).collect(),
            with_values: false,
        },
        Line {
            name: "EZKL, input hidden",
            colour: PEER,
            points: peer.map(|(x, ezkl)| (x, (figure.peer)(ezkl))).collect(),
            with_values: true,
        },
    ];
    lines.retain(|line| line.points.len() > 1);
    lines
}

fn font(size: i32, colour: RGBColor) -> TextStyle<'static> {
    ("Noto Sans, sans-serif", size).into_font().color(&colour)
}

fn anchored(size: i32, colour: RGBColor, horizontal: HPos, vertical: VPos) -> TextStyle<'static> {
    font(size, colour).pos(Pos::new(horizontal, vertical))
}

/// Turns the drawing library's errors into ours.
fn drawn<T, E: std::fmt::Display>(result: Result<T, E>) -> Result<T> {
    result.map_err(|error| anyhow!("failed to draw: {error}"))
}
