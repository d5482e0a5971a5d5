//! What a provider's megawatt-hour is worth: sold as compute, hashing, given back to the grid, or not drawn. From it follows
//! the price below which it doesn't sell. The formulas are the forecast's.
//!
//! Floats live here and end in a whole rate, rounded up; nothing of this is hashed or stored.

use lilliput_forecast::{ForecastError, GpuFleet, Miner, mine_or_sell};
use lilliput_types::market::Rate;
use serde::Serialize;

/// Smallest units of the settlement asset in a dollar.
const UNITS_PER_DOLLAR: f64 = 1e6;
/// The most hours of a table.
pub const HOURS_MAX: usize = 100_000;

/// An hour as the markets for power, hashes and compute see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HourPrices {
    /// Dollars a megawatt-hour at the meter; may be negative.
    pub power: f64,
    /// Dollars for each PH/s and day.
    pub hashprice: f64,
    /// Dollars a GPU hour that the market pays.
    pub gpu_hour: f64,
    /// Dollars that the grid pays for each megawatt-hour that isn't drawn.
    pub curtailment: f64,
    /// The part of all GPUs in the market that is sold already.
    pub load: f64,
}

/// What stands at the site.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Hashing machines; the hashprice is the hour's.
    pub miner: Miner,
    /// GPUs; the price is the hour's.
    pub fleet: GpuFleet,
    /// The load above which a peak-load provider steps in; zero is base load.
    pub steps_in_at: f64,
}

/// What a megawatt does best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Compute is sold.
    Sell,
    /// It hashes.
    Mine,
    /// Nothing is drawn, and the grid pays for it.
    Curtail,
    /// Nothing is drawn.
    Off,
}

/// An hour decided. Margins are dollars for a megawatt-hour at the meter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HourDecision {
    /// What is done.
    pub choice: Use,
    /// Selling compute, above the price of power.
    pub selling: f64,
    /// Hashing, above the price of power.
    pub mining: f64,
    /// Giving back.
    pub curtailment: f64,
    /// Dollars a GPU hour below which something else is better.
    pub floor_dollars: f64,
    /// The same as a rate that a bid may not go below.
    pub floor: Rate,
    /// Whether the market's load is high enough for this provider to offer at all.
    pub offers: bool,
}

/// Hour by hour, and what it sums to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Economics {
    /// Each hour.
    pub hours: Vec<HourDecision>,
    /// Dollars of one megawatt that always sells,
    pub always_selling: f64,
    /// always hashes,
    pub always_mining: f64,
    /// or does the best each hour.
    pub best_each_hour: f64,
}

/// Dollars a GPU hour below which a megawatt-hour earns more elsewhere: the power it draws, and the best that it is kept
/// from, fees on top.
///
/// # Errors
/// When a number is out of its range.
pub fn floor_dollars(site: &Site, hour: &HourPrices) -> Result<f64, ForecastError> {
    let (_, mining) = margins(site, hour)?;
    let foregone = mining.max(hour.curtailment).max(0.0);
    let megawatt_hours = site.fleet.kilowatts_per_gpu * site.fleet.pue / 1_000.0;
    let kept = 1.0 - site.fleet.fee;
    // A fee of everything leaves no price at which selling is better.
    Ok(megawatt_hours * (hour.power + foregone).max(0.0) / kept)
}

/// A dollar price as a rate, rounded up; what can't be a rate is the highest.
#[must_use]
pub fn rate_of(dollars: f64) -> Rate {
    let units = (dollars * UNITS_PER_DOLLAR).ceil();
    if !units.is_finite() || units >= 1.8e19 {
        return Rate(u64::MAX);
    }
    // Below 2^64, and never negative.
    Rate(units.max(0.0) as u64)
}

/// Margins of selling and hashing at the hour's prices.
fn margins(site: &Site, hour: &HourPrices) -> Result<(f64, f64), ForecastError> {
    let miner = Miner {
        hashprice: hour.hashprice,
        ..site.miner
    };
    let fleet = GpuFleet {
        dollars_per_gpu_hour: hour.gpu_hour,
        ..site.fleet
    };
    let result = mine_or_sell(&miner, &fleet, &[hour.power])?;
    let only = result.hours.first();
    Ok(only.map_or((0.0, 0.0), |hour| (hour.renting_margin, hour.mining_margin)))
}

/// Decides one hour.
///
/// # Errors
/// When a number is out of its range.
pub fn decide(site: &Site, hour: &HourPrices) -> Result<HourDecision, ForecastError> {
    let (selling, mining) = margins(site, hour)?;
    let floor_dollars = floor_dollars(site, hour)?;
    let offers = hour.load >= site.steps_in_at;
    let options = [
        (if offers { selling } else { f64::NEG_INFINITY }, Use::Sell),
        (mining, Use::Mine),
        (
            if hour.curtailment > 0.0 {
                hour.curtailment
            } else {
                f64::NEG_INFINITY
            },
            Use::Curtail,
        ),
        (0.0, Use::Off),
    ];
    // The first of equal ones: selling before hashing before standing still.
    let mut best = (f64::NEG_INFINITY, Use::Off);
    for option in options {
        if option.0 > best.0 {
            best = option;
        }
    }
    Ok(HourDecision {
        choice: best.1,
        selling,
        mining,
        curtailment: hour.curtailment,
        floor_dollars,
        floor: rate_of(floor_dollars),
        offers,
    })
}

/// Decides all hours.
///
/// # Errors
/// When a number is out of its range.
pub fn economics(site: &Site, hours: &[HourPrices]) -> Result<Economics, ForecastError> {
    let decided: Vec<HourDecision> = hours
        .iter()
        .map(|hour| decide(site, hour))
        .collect::<Result<_, _>>()?;
    let sum = |of: &dyn Fn(&HourDecision) -> f64| decided.iter().map(of).sum();
    Ok(Economics {
        always_selling: sum(&|hour| hour.selling),
        always_mining: sum(&|hour| hour.mining),
        best_each_hour: sum(&|hour| match hour.choice {
            Use::Sell => hour.selling,
            Use::Mine => hour.mining,
            Use::Curtail => hour.curtailment,
            Use::Off => 0.0,
        }),
        hours: decided,
    })
}

#[cfg(test)]
mod tests;
