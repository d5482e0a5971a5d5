//! Tables of numbers in CSV: an id, then a number a column.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::anyhow;
use lilliput_types::tournament::blob::{Data, Prediction, TARGET_ONE, TargetList};

use crate::failure::{Failure, OrExit, Result};
use crate::files;

/// The largest table read.
const TABLE_BYTES_MAX: u64 = 256 << 20;

/// Rows by id, sorted; a cell may be empty.
pub(super) struct Table {
    name: String,
    columns: Vec<String>,
    rows: BTreeMap<String, Vec<Option<f64>>>,
}

impl Table {
    /// Reads `id,NAME,NAME,…` and a row a line.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let bytes = files::read(path, TABLE_BYTES_MAX)?;
        let text = String::from_utf8(bytes).or_bad_input(format!("{name} is no text"))?;
        Self::parse(name, &text)
    }

    fn parse(name: String, text: &str) -> Result<Self> {
        let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
        let head = lines.next().map_or("", |(line, _)| line);
        let mut columns = head.split(',').map(clean);
        if columns.next().as_deref() != Some("id") {
            return Err(Failure::bad_input(anyhow!(
                "{name}: the first line must name the columns, `id` first"
            )));
        }
        let columns: Vec<String> = columns.collect();
        let mut rows = BTreeMap::new();
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let mut cells = line.split(',').map(clean);
            let id = cells.next().unwrap_or_default();
            let values: Result<Vec<Option<f64>>> = cells
                .map(|cell| value(&cell).map_err(|why| wrong(&name, number, &why)))
                .collect();
            let values = values?;
            if values.len() != columns.len() {
                let why = format!("{} cells, expected {}", values.len() + 1, columns.len() + 1);
                return Err(wrong(&name, number, &why));
            }
            if rows.insert(id.clone(), values).is_some() {
                return Err(wrong(&name, number, &format!("id {id:?} appears twice")));
            }
        }
        if rows.is_empty() {
            return Err(Failure::bad_input(anyhow!("{name} has no rows")));
        }
        Ok(Self {
            name,
            columns,
            rows,
        })
    }

    /// Ids and features between 0 and 1.
    pub(super) fn data(&self) -> Result<Data> {
        let feature = |column: usize| {
            let cells = self.rows.iter();
            let levels = cells.map(|(id, cells)| {
                let cell = cells.get(column).copied().flatten();
                self.level(id, cell, f64::from(u16::MAX))
                    .map(|level| level as u16)
            });
            levels.collect::<Result<Vec<u16>>>()
        };
        let features: Result<Vec<Vec<u16>>> = (0..self.columns.len()).map(feature).collect();
        let ids = self.rows.keys().cloned().collect();
        Data::new(ids, features?).or_bad_input(&self.name)
    }

    /// Targets between 0 and 1, for exactly these ids.
    pub(super) fn targets(&self, data: &Data) -> Result<TargetList> {
        let column = self.column("target")?;
        self.only_ids_of(data)?;
        let targets = data.ids().iter().map(|id| {
            let cells = self.rows.get(id);
            let cell = cells.and_then(|cells| cells.get(column).copied().flatten());
            self.level(id, cell, f64::from(TARGET_ONE))
                .map(|level| level as u32)
        });
        let targets: Result<Vec<u32>> = targets.collect();
        TargetList::new(targets?).or_bad_input(&self.name)
    }

    /// The order of predictions; ids that are left out or have no value are missing.
    pub(super) fn prediction(&self, data: &Data) -> Result<Prediction> {
        let column = self.column("prediction")?;
        self.only_ids_of(data)?;
        let values = data.ids().iter().map(|id| {
            let cells = self.rows.get(id)?;
            cells.get(column).copied().flatten().map(ordered)
        });
        let values: Vec<Option<u64>> = values.collect();
        Prediction::of_values(&values).or_bad_input(&self.name)
    }

    fn column(&self, wanted: &str) -> Result<usize> {
        let found = self.columns.iter().position(|column| column == wanted);
        found.ok_or_else(|| {
            Failure::bad_input(anyhow!("{} has no column {wanted:?}", self.name))
                .hint(format!("the first line must be `id,{wanted}`"))
        })
    }

    fn only_ids_of(&self, data: &Data) -> Result<()> {
        let known = |id: &&String| data.ids().binary_search(id).is_err();
        match self.rows.keys().find(known) {
            Some(id) => Err(Failure::bad_input(anyhow!(
                "{}: id {id:?} isn't among the round's ids",
                self.name
            ))
            .hint("fetch the round's data with `lilliput tournament data`")),
            None => Ok(()),
        }
    }

    /// A number between 0 and 1 as a part of `whole`.
    fn level(&self, id: &str, cell: Option<f64>, whole: f64) -> Result<f64> {
        match cell {
            Some(cell) if (0.0..=1.0).contains(&cell) => Ok((cell * whole).round()),
            Some(cell) => Err(Failure::bad_input(anyhow!(
                "{}: {cell} of id {id:?} isn't between 0 and 1",
                self.name
            ))),
            None => Err(Failure::bad_input(anyhow!(
                "{}: id {id:?} has no value",
                self.name
            ))),
        }
    }
}

/// Lines of ids and numbers.
pub(super) fn write(head: &str, ids: &[String], columns: &[Vec<f64>], path: &Path) -> Result<()> {
    let mut text = format!("{head}\n");
    for (row, id) in ids.iter().enumerate() {
        text.push_str(id);
        for column in columns {
            // Writing into a string can't fail.
            let _ = write!(text, ",{}", column.get(row).copied().unwrap_or_default());
        }
        text.push('\n');
    }
    files::write(path, text.as_bytes())
}

fn clean(cell: &str) -> String {
    cell.trim().trim_matches('"').to_owned()
}

/// A number, or nothing.
fn value(cell: &str) -> std::result::Result<Option<f64>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    match cell.parse::<f64>() {
        Ok(number) if number.is_finite() => Ok(Some(number)),
        Ok(_) => Err(format!(
            "{cell:?} is no finite number; leave a missing value empty"
        )),
        Err(_) => Err(format!("{cell:?} is no number")),
    }
}

fn wrong(name: &str, line: usize, why: &str) -> Failure {
    Failure::bad_input(anyhow!("{name}, line {line}: {why}"))
}

/// Integers in the order of the numbers; both zeros are one.
fn ordered(number: f64) -> u64 {
    let bits = (number + 0.0).to_bits();
    if bits >> 63 == 1 {
        !bits
    } else {
        bits | (1 << 63)
    }
}

#[cfg(test)]
mod tests {
    use super::{Table, ordered};

    #[test]
    fn numbers_keep_their_order_as_integers() {
        let numbers = [-1e300, -2.5, -1e-300, -0.0, 1e-300, 0.5, 7.0];
        assert!(
            numbers
                .windows(2)
                .all(|pair| ordered(pair[0]) < ordered(pair[1]))
        );
        assert_eq!(ordered(-0.0), ordered(0.0));
    }

    #[test]
    fn what_is_wrong_with_a_table_is_named() {
        let error = |text: &str| {
            let table = Table::parse("t.csv".to_owned(), text);
            format!("{:?}", table.err())
        };
        assert!(error("row,x\na,1").contains("`id` first"));
        assert!(error("id,x\na,nan").contains("no finite number"));
        assert!(error("id,x\na,one").contains("no number"));
        assert!(error("id,x\na,1\na,2").contains("appears twice"));
        assert!(error("id,x\na,1,2").contains("3 cells, expected 2"));
        assert!(error("id,x\n").contains("has no rows"));
    }
}
