//! Pictures: SVG by `plotters`, PNG by `resvg` with a font of its own, so that they look the same everywhere.

mod bars;
mod canvas;
mod curves;
mod png;

#[cfg(test)]
mod tests;

pub use bars::{stacked_svg, tornado_svg, waterfall_svg};
pub use curves::{fan_svg, histogram_svg};
pub use png::png;

/// One column of a stacked picture: its label and the segments' titles and values.
pub type StackedColumn = (String, Vec<(String, f64)>);
