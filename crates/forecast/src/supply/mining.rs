//! Mine or sell: what a megawatt-hour earns hashing, and what it earns as GPU hours.
//!
//! A hash finds a block with probability 1 / (difficulty x 2^32) (Bitcoin's definition of difficulty). Revenue for each
//! PH/s and day is the hashprice as miners quote it. Energy follows from the machine's J/TH and the site's PUE (power
//! at the meter over power at the machines).

use serde::Serialize;

use super::within;
use crate::error::ForecastError;

const HASHES_PER_DIFFICULTY: f64 = 4_294_967_296.0;
const SECONDS_PER_DAY: f64 = 86_400.0;
const HASHES_PER_PETAHASH: f64 = 1e15;
const HOURS_MAX: usize = 100_000;

/// Dollars a day for each PH/s: `reward` in coins a block, subsidy and fees together.
pub fn hashprice(
    difficulty: f64,
    reward: f64,
    dollars_per_coin: f64,
) -> Result<f64, ForecastError> {
    within("the difficulty", "from 1 to 1e30", 1.0..=1e30, difficulty)?;
    within("the block reward", "from 0 to 1e6 coins", 0.0..=1e6, reward)?;
    within(
        "the coin's price",
        "from 0 to 1e9 dollars",
        0.0..=1e9,
        dollars_per_coin,
    )?;
    let blocks_per_day =
        HASHES_PER_PETAHASH * SECONDS_PER_DAY / (difficulty * HASHES_PER_DIFFICULTY);
    Ok(blocks_per_day * reward * dollars_per_coin)
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Miner {
    /// Dollars for each PH/s and day.
    pub hashprice: f64,
    pub joules_per_terahash: f64,
    pub pool_fee: f64,
    pub pue: f64,
}

impl Miner {
    /// What the energy at the meter brings in, before its price.
    pub fn dollars_per_megawatt_hour(&self) -> Result<f64, ForecastError> {
        within(
            "the hashprice",
            "from 0 to 1e9 $/PH/day",
            0.0..=1e9,
            self.hashprice,
        )?;
        within(
            "the efficiency",
            "from 0.01 to 1e6 J/TH",
            0.01..=1e6,
            self.joules_per_terahash,
        )?;
        within(
            "the pool's fee",
            "from 0 to 100 %",
            0.0..=1.0,
            self.pool_fee,
        )?;
        within("the PUE", "from 1 to 10", 1.0..=10.0, self.pue)?;
        // J/TH is W for each TH/s, so kW for each PH/s.
        let megawatt_hours_per_day = self.joules_per_terahash / 1_000.0 * 24.0;
        Ok(self.hashprice * (1.0 - self.pool_fee) / (megawatt_hours_per_day * self.pue))
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GpuFleet {
    pub dollars_per_gpu_hour: f64,
    /// The GPU with its share of server and network, at full work.
    pub kilowatts_per_gpu: f64,
    pub pue: f64,
    /// The part of the hours that are sold; the power is drawn in those.
    pub utilisation: f64,
    /// What market and network keep.
    pub fee: f64,
    /// Purchase for each GPU, spread evenly over `life_hours` whether sold or not.
    pub capex_dollars_per_gpu: f64,
    pub life_hours: f64,
}

impl GpuFleet {
    fn check(&self) -> Result<(), ForecastError> {
        within(
            "the GPU hour's price",
            "from 0 to 1e6 dollars",
            0.0..=1e6,
            self.dollars_per_gpu_hour,
        )?;
        within(
            "the GPU's power",
            "from 0.001 to 1,000 kW",
            0.001..=1_000.0,
            self.kilowatts_per_gpu,
        )?;
        within("the PUE", "from 1 to 10", 1.0..=10.0, self.pue)?;
        within(
            "the utilisation",
            "above 0 and at most 100 %",
            1e-6..=1.0,
            self.utilisation,
        )?;
        within("the fee", "from 0 to 100 %", 0.0..=1.0, self.fee)?;
        within(
            "the purchase",
            "from 0 to 1e9 dollars",
            0.0..=1e9,
            self.capex_dollars_per_gpu,
        )?;
        within(
            "the life",
            "from 1 to 1e6 hours",
            1.0..=1e6,
            self.life_hours,
        )
    }

    /// What the energy at the meter brings in, before its price and the purchase.
    pub fn dollars_per_megawatt_hour(&self) -> Result<f64, ForecastError> {
        self.check()?;
        Ok(self.dollars_per_gpu_hour * (1.0 - self.fee) * self.gpu_hours_per_megawatt_hour())
    }

    /// The purchase, for each megawatt-hour sold: what must be earned on top before the fleet pays for itself.
    pub fn capex_per_megawatt_hour(&self) -> Result<f64, ForecastError> {
        self.check()?;
        let per_sold_hour = self.capex_dollars_per_gpu / self.life_hours / self.utilisation;
        Ok(per_sold_hour * self.gpu_hours_per_megawatt_hour())
    }

    fn gpu_hours_per_megawatt_hour(&self) -> f64 {
        1_000.0 / (self.kilowatts_per_gpu * self.pue)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Mine,
    Rent,
    Off,
}

/// Margins in dollars for each megawatt-hour at the meter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hour {
    pub power_price: f64,
    pub mining_margin: f64,
    pub renting_margin: f64,
    pub choice: Choice,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MineOrSell {
    /// The power price at which mining earns nothing.
    pub mining_break_even: f64,
    /// The power price at which renting GPUs out earns nothing, the purchase left aside.
    pub renting_break_even: f64,
    /// The same with the purchase paid for.
    pub renting_break_even_with_capex: f64,
    pub hours: Vec<Hour>,
    /// Sums over the hours for one megawatt that always does one thing, or the better one each hour.
    pub always_mining: f64,
    pub always_renting: f64,
    pub best_each_hour: f64,
}

/// Hour by hour, what a megawatt does best at the given power prices (dollars a megawatt-hour). Machines of both kinds
/// are taken to stand there already: the choice looks at running costs, the purchase is shown beside it.
pub fn mine_or_sell(
    miner: &Miner,
    fleet: &GpuFleet,
    power_prices: &[f64],
) -> Result<MineOrSell, ForecastError> {
    within(
        "the number of hours",
        "from 1 to 100,000",
        1.0..=HOURS_MAX as f64,
        power_prices.len() as f64,
    )?;
    let mining = miner.dollars_per_megawatt_hour()?;
    let renting = fleet.dollars_per_megawatt_hour()?;
    let mut hours = Vec::with_capacity(power_prices.len());
    for power_price in power_prices {
        // Power markets do go below zero.
        within(
            "a power price",
            "from -10,000 to 100,000 $/MWh",
            -1e4..=1e5,
            *power_price,
        )?;
        let (mining_margin, renting_margin) = (
            mining - power_price,
            fleet.utilisation * (renting - power_price),
        );
        let choice = if mining_margin.max(renting_margin) <= 0.0 {
            Choice::Off
        } else if mining_margin > renting_margin {
            Choice::Mine
        } else {
            Choice::Rent
        };
        hours.push(Hour {
            power_price: *power_price,
            mining_margin,
            renting_margin,
            choice,
        });
    }
    let sum = |of: fn(&Hour) -> f64| hours.iter().map(of).sum();
    Ok(MineOrSell {
        mining_break_even: mining,
        renting_break_even: renting,
        renting_break_even_with_capex: renting - fleet.capex_per_megawatt_hour()?,
        always_mining: sum(|hour| hour.mining_margin),
        always_renting: sum(|hour| hour.renting_margin),
        best_each_hour: sum(|hour| hour.mining_margin.max(hour.renting_margin).max(0.0)),
        hours,
    })
}
