//! A recorded series of prices: CSV of time and price.

use std::path::Path;

use anyhow::anyhow;
use lilliput_types::prices::PRICE_END;

use super::decimal;
use crate::failure::{Failure, OrExit, Result};
use crate::files;

/// The largest file read.
const FILE_BYTES_MAX: u64 = 4 << 20;
/// The most rows of a file.
pub(super) const ROWS_MAX: usize = 65_536;

/// Prices in their smallest unit, by time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Series {
    /// Each with its time; times ascend.
    pub(super) rows: Vec<(u64, u64)>,
}

impl Series {
    /// Reads `time,price` and a row a line: times are whole numbers that ascend, prices positive decimals.
    pub(super) fn read(path: &Path, decimals: u8) -> Result<Self> {
        let mut rows: Vec<(u64, u64)> = Vec::new();
        each_row(path, ["time", "price"], |[time, price]| {
            let time = whole(time)?;
            if let Some((before, _)) = rows.last().filter(|(before, _)| *before >= time) {
                return Err(format!("time {time} isn't after {before}"));
            }
            let price = decimal::parse(price, decimals)?;
            let price = u64::try_from(price)
                .ok()
                .filter(|price| (1..PRICE_END).contains(price));
            rows.push((
                time,
                price.ok_or("the price is zero, negative or too large")?,
            ));
            Ok(())
        })?;
        Ok(Self { rows })
    }
}

/// A time: digits alone.
pub(super) fn whole(text: &str) -> std::result::Result<u64, String> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| digits);
    number.ok_or_else(|| format!("{text:?} is no time (a whole number)"))
}

/// Reads a CSV file with these columns; what a row is refused for is told with its line.
pub(super) fn each_row<const COLUMNS: usize>(
    path: &Path,
    columns: [&str; COLUMNS],
    mut row: impl FnMut([&str; COLUMNS]) -> std::result::Result<(), String>,
) -> Result<()> {
    let name = path.display();
    let bytes = files::read(path, FILE_BYTES_MAX)?;
    let text = String::from_utf8(bytes).or_bad_input(format!("{name} is no text"))?;
    let refused =
        |line: usize, why: &str| Failure::bad_input(anyhow!("{name}, line {line}: {why}"));
    let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
    let head = lines.next().map_or("", |(line, _)| line);
    if !head.split(',').map(str::trim).eq(columns) {
        let expected = columns.join(",");
        return Err(refused(1, &format!("expected the columns {expected}")));
    }
    let mut count = 0;
    for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        count += 1;
        if count > ROWS_MAX {
            return Err(refused(number, &format!("more than {ROWS_MAX} rows")));
        }
        let cells: Vec<&str> = line.split(',').map(str::trim).collect();
        let cells: [&str; COLUMNS] = cells.try_into().map_err(|cells: Vec<&str>| {
            refused(
                number,
                &format!("{} cells, expected {COLUMNS}", cells.len()),
            )
        })?;
        row(cells).map_err(|why| refused(number, &why))?;
    }
    if count == 0 {
        return Err(refused(1, "no rows follow"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{ROWS_MAX, Series};

    fn read(text: &str) -> Result<Series, String> {
        let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
        let path = folder.path().join("p.csv");
        std::fs::write(&path, text).map_err(|error| error.to_string())?;
        Series::read(&path, 2).map_err(|failure| format!("{failure:?}"))
    }

    #[test]
    fn a_series_is_read_exactly() {
        let series = read("time,price\n1,10.25\n\n5, 9 \n");
        assert_eq!(
            series.map(|series| series.rows),
            Ok(vec![(1, 1_025), (5, 900)])
        );
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let long = "9".repeat(30);
        let rows: Vec<String> = (1..=ROWS_MAX + 1).map(|time| format!("{time},1")).collect();
        let cases = [
            ("price,time\n1,1\n".to_owned(), "line 1"),
            (String::new(), "line 1"),
            ("time,price\n".to_owned(), "no rows"),
            ("time,price\n1,1\n2,NaN\n".to_owned(), "line 3"),
            ("time,price\n1,1\n2,inf\n".to_owned(), "line 3"),
            ("time,price\n1,-1\n".to_owned(), "line 2"),
            ("time,price\n1,0\n".to_owned(), "line 2"),
            ("time,price\n1,1.234\n".to_owned(), "line 2"),
            ("time,price\n2,1\n1,1\n".to_owned(), "line 3"),
            ("time,price\n1,1\n1,1\n".to_owned(), "line 3"),
            ("time,price\n1\n".to_owned(), "line 2"),
            ("time,price\n1,2,3\n".to_owned(), "line 2"),
            ("time,price\n-1,2\n".to_owned(), "line 2"),
            (format!("time,price\n1,{long}\n"), "line 2"),
            (format!("time,price\n{long},1\n"), "line 2"),
            (format!("time,price\n{}\n", rows.join("\n")), "more than"),
        ];
        for (text, why) in cases {
            let error = read(&text).expect_err("is refused");
            assert!(error.contains(why), "{text:.40}: {error}");
        }
    }
}
