//! The report as Markdown, pictures embedded.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{Block, Report};
use crate::error::ForecastError;
use crate::study::DISCLAIMER;

impl Report {
    /// The whole report as Markdown; pictures are data links, so that one file is all.
    pub fn markdown(&self) -> Result<String, ForecastError> {
        let mut text = format!("# {}\n\n{DISCLAIMER}\n", self.title());
        for section in self.sections()? {
            text.push_str(&format!("\n## {}\n", escape(&section.title)));
            for block in &section.blocks {
                text.push('\n');
                text.push_str(&write_block(block));
            }
        }
        Ok(text)
    }
}

fn write_block(block: &Block) -> String {
    match block {
        Block::Paragraph(text) => format!("{}\n", escape(text)),
        Block::List(items) => items
            .iter()
            .map(|item| format!("- {}\n", escape(item)))
            .collect(),
        Block::Table {
            header,
            rows,
            left_columns,
        } => {
            let marks: Vec<&str> = (0..header.len())
                .map(|column| {
                    if column < *left_columns {
                        "---"
                    } else {
                        "---:"
                    }
                })
                .collect();
            let mut text = format!("{}|{}|\n", row(header), marks.join("|"));
            for cells in rows {
                text.push_str(&row(cells));
            }
            text
        }
        Block::Picture { title, svg } => format!(
            "![{}](data:image/svg+xml;base64,{})\n",
            escape(title),
            STANDARD.encode(svg)
        ),
    }
}

fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
    format!("| {} |\n", cells.join(" | "))
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '|' | '<' | '>' | '*' | '_' | '`' | '[' | ']') {
            escaped.push('\\');
        }
        escaped.push(if c == '\n' { ' ' } else { c });
    }
    escaped
}
