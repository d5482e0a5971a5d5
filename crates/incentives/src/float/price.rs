//! Metrics of a series of daily log returns, newest last: for subnets that forecast prices.

use std::collections::BTreeMap;

use serde::Serialize;

/// The longest series accepted.
pub const DAYS_MAX: usize = 36_600;

const RISK_FREE_RATE: f64 = 0.0389;
const CONFIDENT_DAYS_MIN: usize = 60;
const DECAY_RATE: f64 = 0.075;
const WEIGHT_MIN: f64 = 0.15;
const WEIGHT_MAX: f64 = 1.0;
/// The least loss, volatility and downside that a ratio divides by.
const DIVISOR_MIN: f64 = 0.01;
/// The ratio of a series too short to trust.
const NO_CONFIDENCE: f64 = -100.0;
/// A variance up to this counts as none.
const VARIANCE_ZERO: f64 = 1e-8;

/// One way of annualising: days in a year, recent days weighted more or all alike.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct YearMetrics {
    pub sharpe: f64,
    pub sortino: f64,
    pub omega: f64,
    /// In percent.
    pub base_return: f64,
    /// None below two days.
    pub ann_vol: Option<f64>,
    pub ann_excess: f64,
    pub tstat: f64,
}

/// All metrics of one series.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceMetrics {
    #[serde(flatten)]
    pub years: BTreeMap<&'static str, YearMetrics>,
    pub daily_max_drawdown: f64,
    pub weighting_distribution: Vec<f64>,
}

/// Computes the metrics of a series; the caller bounds it by [`DAYS_MAX`] and refuses what isn't finite.
pub fn price_metrics(log_returns: &[f64]) -> PriceMetrics {
    let recent = recent_weights(log_returns.len());
    let flat = vec![1.0; log_returns.len()];
    let years = [
        ("days365_flat", &flat, 365.0, false),
        ("days365_weighted", &recent, 365.0, true),
        ("days252_flat", &flat, 252.0, false),
        ("days252_weighted", &recent, 252.0, true),
    ]
    .into_iter()
    .map(|(name, weights, days, weighted)| {
        let series = Series {
            log_returns,
            weights,
            days_in_year: days,
            weighted,
        };
        (name, series.metrics())
    })
    .collect();
    PriceMetrics {
        years,
        daily_max_drawdown: max_drawdown(log_returns),
        weighting_distribution: recent,
    }
}

/// Daily log returns of an account's values, in any unit; a value of zero ends the series.
pub fn log_returns(values: &[u64]) -> Vec<f64> {
    let pairs = values
        .windows(2)
        .take_while(|pair| pair[0] > 0 && pair[1] > 0);
    pairs
        .map(|pair| libm::log(pair[1] as f64 / pair[0] as f64))
        .collect()
}

fn recent_weights(days: usize) -> Vec<f64> {
    (0..days)
        .rev()
        .map(|age| WEIGHT_MIN + (WEIGHT_MAX - WEIGHT_MIN) * libm::exp(-DECAY_RATE * age as f64))
        .collect()
}

/// The largest fall from a peak, as a part of the peak.
fn max_drawdown(log_returns: &[f64]) -> f64 {
    let mut level = 0.0;
    let mut peak = f64::NEG_INFINITY;
    let mut worst = 0.0_f64;
    for log_return in log_returns {
        level += log_return;
        peak = peak.max(level);
        worst = worst.max(1.0 - libm::exp(level - peak));
    }
    worst
}

struct Series<'a> {
    log_returns: &'a [f64],
    weights: &'a [f64],
    days_in_year: f64,
    weighted: bool,
}

impl Series<'_> {
    fn metrics(&self) -> YearMetrics {
        let confident = self.log_returns.len() >= CONFIDENT_DAYS_MIN;
        let annual = self.mean(|_| true).unwrap_or(0.0) * self.days_in_year;
        let ann_excess = if self.log_returns.is_empty() {
            0.0
        } else {
            annual - RISK_FREE_RATE
        };
        let ann_vol = self.volatility(|_| true);
        let daily_risk_free = libm::log(1.0 + RISK_FREE_RATE) / self.days_in_year;
        let downside = self.volatility(|log_return| log_return < daily_risk_free);
        let ratio = |spread: Option<f64>| {
            if confident {
                ann_excess / spread.unwrap_or(f64::INFINITY).max(DIVISOR_MIN)
            } else {
                NO_CONFIDENCE
            }
        };
        YearMetrics {
            sharpe: ratio(ann_vol),
            sortino: ratio(downside),
            omega: if confident { self.omega() } else { 0.0 },
            base_return: (libm::exp(annual) - 1.0) * 100.0,
            ann_vol,
            ann_excess,
            tstat: if confident {
                self.t_statistic()
            } else {
                NO_CONFIDENCE
            },
        }
    }

    /// The weighted mean of the returns of which the predicate holds.
    fn mean(&self, counts: impl Fn(f64) -> bool) -> Option<f64> {
        self.mean_of(counts, |log_return| log_return)
    }

    fn mean_of(&self, counts: impl Fn(f64) -> bool, map: impl Fn(f64) -> f64) -> Option<f64> {
        let (mut sum, mut weights) = (0.0, 0.0);
        for (&log_return, weight) in self.log_returns.iter().zip(self.weights) {
            if counts(log_return) {
                sum += map(log_return) * weight;
                weights += weight;
            }
        }
        (weights > 0.0).then(|| sum / weights)
    }

    fn volatility(&self, counts: impl Fn(f64) -> bool) -> Option<f64> {
        let days = self.log_returns.iter().filter(|&&day| counts(day)).count();
        if days < 2 {
            return None;
        }
        let mean = self.mean(&counts)?;
        let variance = self.mean_of(&counts, |day| (day - mean) * (day - mean))?;
        Some(libm::sqrt(variance * self.days_in_year))
    }

    /// Gains over losses; weighted, means of gains and of losses instead of their sums.
    fn omega(&self) -> f64 {
        let (mut gains, mut losses) = (0.0, 0.0);
        let (mut gain_weights, mut loss_weights) = (0.0_f64, 0.0_f64);
        for (&log_return, weight) in self.log_returns.iter().zip(self.weights) {
            if log_return > 0.0 {
                gains += log_return * weight;
                gain_weights += weight;
            } else {
                losses += log_return * weight;
                loss_weights += weight;
            }
        }
        if self.weighted {
            gains *= loss_weights.max(DIVISOR_MIN);
            losses *= gain_weights.max(DIVISOR_MIN);
        }
        gains / losses.abs().max(DIVISOR_MIN)
    }

    /// Student's statistic of the unweighted mean against zero.
    fn t_statistic(&self) -> f64 {
        let count = self.log_returns.len() as f64;
        let mean = self.log_returns.iter().sum::<f64>() / count;
        let squares: f64 = self
            .log_returns
            .iter()
            .map(|day| (day - mean) * (day - mean))
            .sum();
        if squares / count <= VARIANCE_ZERO {
            return NO_CONFIDENCE;
        }
        mean / libm::sqrt(squares / (count - 1.0) / count)
    }
}
