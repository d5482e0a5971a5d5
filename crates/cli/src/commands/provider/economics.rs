//! `lilliput provider economics`: sell compute, hash, give power back, or stand still, hour by hour.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::anyhow;
use lilliput_forecast::{GpuFleet, Miner};
use lilliput_provider::economics::{HOURS_MAX, HourPrices, Site, economics};
use serde::Deserialize;

use crate::failure::{Failure, OrExit, Result};
use crate::outcome::Outcome;

/// The longest file.
const FILE_BYTES_MAX: u64 = 8 << 20;
/// Hours shown to people; all are in the JSON.
const SHOWN: usize = 48;

/// Sell compute or mine, hour by hour, and the price below which you shouldn't sell.
///
/// FILE is CSV with a header: `power` in dollars a megawatt-hour, and, where an hour has its own, `hashprice` (dollars for
/// each PH/s and day), `gpu_hour` (dollars), `curtailment` (dollars that the grid pays for each megawatt-hour you don't
/// draw) and `load` (the part of the market's GPUs that is sold, 0 to 1). Or JSON: a list of objects with these keys.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The hours, one a line; `-` is standard input.
    file: PathBuf,

    /// Dollars for each PH/s and day, where the file has none.
    #[arg(long, default_value_t = 50.0)]
    hashprice: f64,

    /// Dollars a GPU hour, where the file has none.
    #[arg(long, default_value_t = 2.0)]
    gpu_price: f64,

    /// Joules a terahash.
    #[arg(long, default_value_t = 20.0)]
    efficiency: f64,

    /// What the pool keeps.
    #[arg(long, default_value_t = 0.01)]
    pool_fee: f64,

    /// Power at the meter over power at the hashing machines.
    #[arg(long, default_value_t = 1.05)]
    mining_pue: f64,

    /// Kilowatts a GPU, with its share of server and network.
    #[arg(long, default_value_t = 1.2)]
    gpu_power: f64,

    /// Power at the meter over power at the GPUs.
    #[arg(long, default_value_t = 1.3)]
    gpu_pue: f64,

    /// The part of the GPU hours that are sold while you offer.
    #[arg(long, default_value_t = 0.6)]
    utilisation: f64,

    /// What market and network keep of a GPU hour's price.
    #[arg(long, default_value_t = 0.0)]
    gpu_fee: f64,

    /// The market's load from which you step in, as a peak-load provider; 0 is base load.
    #[arg(long, default_value_t = 0.0)]
    steps_in_at: f64,
}

/// A row of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    power: f64,
    hashprice: Option<f64>,
    gpu_hour: Option<f64>,
    curtailment: Option<f64>,
    load: Option<f64>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let rows = rows(&args.file)?;
    let hours: Vec<HourPrices> = rows
        .iter()
        .map(|row| HourPrices {
            power: row.power,
            hashprice: row.hashprice.unwrap_or(args.hashprice),
            gpu_hour: row.gpu_hour.unwrap_or(args.gpu_price),
            curtailment: row.curtailment.unwrap_or(0.0),
            load: row.load.unwrap_or(1.0),
        })
        .collect();
    let site = Site {
        miner: Miner {
            hashprice: args.hashprice,
            joules_per_terahash: args.efficiency,
            pool_fee: args.pool_fee,
            pue: args.mining_pue,
        },
        fleet: GpuFleet {
            dollars_per_gpu_hour: args.gpu_price,
            kilowatts_per_gpu: args.gpu_power,
            pue: args.gpu_pue,
            utilisation: args.utilisation,
            fee: args.gpu_fee,
            capex_dollars_per_gpu: 0.0,
            life_hours: 1.0,
        },
        steps_in_at: args.steps_in_at,
    };
    let result = economics(&site, &hours).map_err(Failure::bad_input)?;
    let mut text = String::from("hour  power $/MWh  selling  mining  best     floor $/GPU hour");
    for (place, (hour, prices)) in result.hours.iter().zip(&hours).enumerate().take(SHOWN) {
        let choice = format!("{:?}", hour.choice).to_lowercase();
        text.push_str(&format!(
            "\n{place:>4}  {:>11.2}  {:>7.2}  {:>6.2}  {choice:<7}  {:>16.4}",
            prices.power, hour.selling, hour.mining, hour.floor_dollars
        ));
    }
    if hours.len() > SHOWN {
        text.push_str(&format!("\n… {} hours in all", hours.len()));
    }
    text.push_str(&format!(
        "\none megawatt: always selling {:.2} $, always mining {:.2} $, the best each hour {:.2} $",
        result.always_selling, result.always_mining, result.best_each_hour
    ));
    Ok(Outcome::new(text, serde_json::to_value(&result)?))
}

fn rows(path: &Path) -> Result<Vec<Row>> {
    let context = || format!("failed to read {}", path.display());
    let mut text = String::new();
    let read = if path == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(FILE_BYTES_MAX + 1)
            .read_to_string(&mut text)
    } else {
        File::open(path).and_then(|file| file.take(FILE_BYTES_MAX + 1).read_to_string(&mut text))
    };
    read.or_bad_input(context())?;
    if text.len() as u64 > FILE_BYTES_MAX {
        return Err(Failure::bad_input(anyhow!(
            "{} is above {FILE_BYTES_MAX} bytes",
            path.display()
        )));
    }
    let rows = if text.trim_start().starts_with('[') {
        serde_json::from_str(&text).or_bad_input(context())?
    } else {
        csv(&text)?
    };
    if rows.is_empty() || rows.len() > HOURS_MAX {
        return Err(Failure::bad_input(anyhow!(
            "{} has {} hours, 1 to {HOURS_MAX}",
            path.display(),
            rows.len()
        )));
    }
    Ok(rows)
}

fn csv(text: &str) -> Result<Vec<Row>> {
    let mut lines = text.lines().enumerate();
    let wrong =
        |line: usize, what: String| Failure::bad_input(anyhow!("line {}: {what}", line + 1));
    let Some((_, header)) = lines.next() else {
        return Ok(Vec::new());
    };
    let names: Vec<&str> = header.split(',').map(str::trim).collect();
    let mut rows = Vec::new();
    for (line, text) in lines.filter(|(_, text)| !text.trim().is_empty()) {
        let mut row = serde_json::Map::new();
        let cells: Vec<&str> = text.split(',').map(str::trim).collect();
        if cells.len() != names.len() {
            return Err(wrong(
                line,
                format!("{} values, the header has {}", cells.len(), names.len()),
            ));
        }
        for (name, cell) in names.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let number: f64 = cell
                .parse()
                .map_err(|_| wrong(line, format!("`{cell}` is not a number")))?;
            row.insert((*name).to_owned(), number.into());
        }
        let row: Row =
            serde_json::from_value(row.into()).map_err(|error| wrong(line, error.to_string()))?;
        rows.push(row);
        if rows.len() > HOURS_MAX {
            break;
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn hours_are_read_and_what_is_wrong_is_told_with_its_line() {
        let rows = csv("power, hashprice\n40,\n-3.5,60\n\n").unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].hashprice, rows[1].power), (None, -3.5));
        for (text, line) in [
            ("power\nx\n", "line 2"),
            ("power\n1\n1,2\n", "line 3"),
            ("power,colour\n1,2\n", "line 2"),
            ("hashprice\n1\n", "line 2"),
        ] {
            let failure = csv(text).err().unwrap();
            assert!(format!("{failure:?}").contains(line), "{text}");
        }
    }
}
