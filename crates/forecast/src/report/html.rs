//! The report as one HTML file that needs nothing else.

use super::{Block, Report, Section};
use crate::error::ForecastError;
use crate::study::DISCLAIMER;

const STYLE: &str = "\
body{font:16px/1.55 'Noto Sans',system-ui,sans-serif;color:#212529;margin:0 auto;max-width:62rem;padding:2.5rem 1.5rem 4rem}\
h1{font-size:2rem;line-height:1.2;margin:0 0 .5rem}h2{font-size:1.35rem;margin:2.75rem 0 .75rem;border-bottom:1px solid #dee2e6;padding-bottom:.3rem}\
p.lead{color:#495057;margin:0 0 1rem}.scroll{overflow-x:auto}\
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}\
th,td{padding:.35rem .7rem;text-align:right;border-bottom:1px solid #e9ecef;vertical-align:top}\
th{color:#495057;font-weight:600;border-bottom:2px solid #ced4da}td.l,th.l{text-align:left}\
tr:last-child td{border-bottom:2px solid #ced4da}figure{margin:1.5rem 0}figure svg{width:100%;height:auto}\
@media print{body{max-width:none;padding:0}h2{break-after:avoid}figure,tr{break-inside:avoid}}";

impl Report {
    /// The whole report as HTML, pictures included.
    pub fn html(&self) -> Result<String, ForecastError> {
        let mut page = format!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width\">\n<title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<p class=\"lead\">{1}</p>\n",
            escape(self.title()),
            escape(DISCLAIMER),
        );
        for section in self.sections()? {
            write_section(&mut page, &section);
        }
        page.push_str("</body>\n</html>\n");
        Ok(page)
    }
}

fn write_section(page: &mut String, section: &Section) {
    page.push_str(&format!("<section>\n<h2>{}</h2>\n", escape(&section.title)));
    for block in &section.blocks {
        match block {
            Block::Paragraph(text) => page.push_str(&format!("<p>{}</p>\n", escape(text))),
            Block::List(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| format!("<li>{}</li>", escape(item)))
                    .collect();
                page.push_str(&format!("<ul>\n{}\n</ul>\n", items.join("\n")));
            }
            Block::Table {
                header,
                rows,
                left_columns,
            } => {
                page.push_str("<div class=\"scroll\"><table>\n<thead>");
                page.push_str(&row("th", header, *left_columns));
                page.push_str("</thead>\n<tbody>\n");
                for cells in rows {
                    page.push_str(&row("td", cells, *left_columns));
                    page.push('\n');
                }
                page.push_str("</tbody>\n</table></div>\n");
            }
            Block::Picture { title, svg } => {
                page.push_str(&format!(
                    "<figure role=\"img\" aria-label=\"{}\">\n{svg}\n</figure>\n",
                    escape(title)
                ));
            }
        }
    }
    page.push_str("</section>\n");
}

fn row(tag: &str, cells: &[String], left_columns: usize) -> String {
    let cells: Vec<String> = cells
        .iter()
        .enumerate()
        .map(|(column, cell)| {
            let class = if column < left_columns {
                " class=\"l\""
            } else {
                ""
            };
            format!("<{tag}{class}>{}</{tag}>", escape(cell))
        })
        .collect();
    format!("<tr>{}</tr>", cells.concat())
}

/// Text as text, whatever is in it.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
