//! Reports: one content, written as HTML, Markdown, CSV, JSON or a workbook with live formulas.

mod content;
mod csv;
mod html;
mod markdown;
mod sliders;
mod workbook;

#[cfg(test)]
mod tests;

pub use content::Report;
pub(crate) use content::{Block, Section};
pub(crate) use html::escape;
pub use sliders::{SLIDERS_SCRIPT, sliders_html};
