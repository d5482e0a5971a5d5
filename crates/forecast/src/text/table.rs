//! Columns that line up: the first to the left, the others to the right unless said otherwise.

/// Rows of cells; widths follow from the widest cell.
pub(crate) struct Table {
    left_columns: usize,
    rows: Vec<Row>,
}

enum Row {
    Cells(Vec<String>),
    Heading(String),
    Line,
}

impl Table {
    /// The first `left_columns` columns are set to the left.
    pub(crate) fn new(left_columns: usize) -> Self {
        Self {
            left_columns,
            rows: Vec::new(),
        }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) {
        self.rows
            .push(Row::Cells(cells.into_iter().map(Into::into).collect()));
    }

    /// A line that takes no part in the widths.
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.rows.push(Row::Heading(text.into()));
    }

    pub(crate) fn line(&mut self) {
        self.rows.push(Row::Line);
    }

    pub(crate) fn render(&self) -> String {
        let widths = self.widths();
        let whole = widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1);
        let lines: Vec<String> = self
            .rows
            .iter()
            .map(|row| match row {
                Row::Line => "─".repeat(whole),
                Row::Heading(text) => text.clone(),
                Row::Cells(cells) => self.cells(cells, &widths),
            })
            .collect();
        lines.join("\n")
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.rows {
            let Row::Cells(cells) = row else { continue };
            widths.resize(widths.len().max(cells.len()), 0);
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(cell.chars().count());
            }
        }
        widths
    }

    fn cells(&self, cells: &[String], widths: &[usize]) -> String {
        let padded: Vec<String> = cells
            .iter()
            .zip(widths)
            .enumerate()
            .map(|(column, (cell, width))| {
                let gap = " ".repeat(width - cell.chars().count());
                if column < self.left_columns {
                    format!("{cell}{gap}")
                } else {
                    format!("{gap}{cell}")
                }
            })
            .collect();
        padded.join("  ").trim_end().to_owned()
    }
}
