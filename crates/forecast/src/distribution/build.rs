//! Building distributions: parameters checked, quantiles turned into parameters.

use super::special::{beta_cdf, normal_quantile};
use super::{Distribution, Tail};
use crate::root::find_root;

pub(crate) const MIXTURE_PARTS_MAX: usize = 32;
pub(crate) const EMPIRICAL_VALUES_MAX: usize = 100_000;

/// "With probability `p` the value lies below `value`."
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Percentile {
    pub p: f64,
    pub value: f64,
}

#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DistributionError {
    #[error("{0} is not a finite number")]
    NotFinite(f64),
    #[error("the low end {low} must be below the high end {high}")]
    Order { low: f64, high: f64 },
    #[error("the most likely value {mode} must lie from {low} to {high}")]
    Mode { low: f64, mode: f64, high: f64 },
    #[error("{what} must be above 0, got {got}")]
    NotPositive { what: &'static str, got: f64 },
    #[error("the percentile p{} must lie between p0 and p100", .0 * 100.0)]
    Percentile(f64),
    #[error("the two percentiles must differ, and the higher one needs the higher value")]
    Percentiles,
    #[error("a lognormal value is above 0, got {0}")]
    LognormalValue(f64),
    #[error("no beta distribution from {low} to {high} has these two percentiles")]
    NoBeta { low: f64, high: f64 },
    #[error("a mixture has from 1 to {MIXTURE_PARTS_MAX} parts, got {0}")]
    Parts(usize),
    #[error("an empirical distribution has from 2 to {EMPIRICAL_VALUES_MAX} values, got {0}")]
    Values(usize),
    #[error("nothing of the distribution lies from {low} to {high}")]
    NothingLeft { low: f64, high: f64 },
}

fn finite(values: &[f64]) -> Result<(), DistributionError> {
    match values.iter().find(|value| !value.is_finite()) {
        Some(value) => Err(DistributionError::NotFinite(*value)),
        None => Ok(()),
    }
}

fn positive(what: &'static str, got: f64) -> Result<(), DistributionError> {
    if got > 0.0 {
        Ok(())
    } else {
        Err(DistributionError::NotPositive { what, got })
    }
}

fn ordered(low: f64, high: f64) -> Result<(), DistributionError> {
    finite(&[low, high])?;
    if low < high {
        Ok(())
    } else {
        Err(DistributionError::Order { low, high })
    }
}

fn between(low: f64, mode: f64, high: f64) -> Result<(), DistributionError> {
    finite(&[mode])?;
    ordered(low, high)?;
    if (low..=high).contains(&mode) {
        Ok(())
    } else {
        Err(DistributionError::Mode { low, mode, high })
    }
}

impl Distribution {
    pub fn uniform(low: f64, high: f64) -> Result<Self, DistributionError> {
        ordered(low, high)?;
        Ok(Self::Uniform { low, high })
    }

    pub fn triangular(low: f64, mode: f64, high: f64) -> Result<Self, DistributionError> {
        between(low, mode, high)?;
        Ok(Self::Triangular { low, mode, high })
    }

    /// The PERT distribution (Malcolm and others, Operations Research 7, 1959; `shape` 4 is theirs).
    pub fn pert(low: f64, mode: f64, high: f64, shape: f64) -> Result<Self, DistributionError> {
        between(low, mode, high)?;
        finite(&[shape])?;
        positive("the shape", shape)?;
        let alpha = 1.0 + shape * (mode - low) / (high - low);
        let beta = 1.0 + shape * (high - mode) / (high - low);
        Ok(Self::Beta {
            alpha,
            beta,
            low,
            high,
        })
    }

    pub fn beta(alpha: f64, beta: f64, low: f64, high: f64) -> Result<Self, DistributionError> {
        finite(&[alpha, beta])?;
        ordered(low, high)?;
        positive("alpha", alpha)?;
        positive("beta", beta)?;
        Ok(Self::Beta {
            alpha,
            beta,
            low,
            high,
        })
    }

    /// The beta distribution on `low..high` that has the two percentiles.
    pub fn beta_by_percentiles(
        first: Percentile,
        second: Percentile,
        low: f64,
        high: f64,
    ) -> Result<Self, DistributionError> {
        ordered(low, high)?;
        let (lower, upper) = in_order(first, second)?;
        let no_beta = DistributionError::NoBeta { low, high };
        let scaled = |value: f64| (value - low) / (high - low);
        let (x1, x2) = (scaled(lower.value), scaled(upper.value));
        if !(x1 > 0.0 && x2 < 1.0) {
            return Err(no_beta);
        }
        // For each concentration one mean fits the first percentile; the second one then fixes the concentration.
        let mean_for = |concentration: f64| {
            find_root(1e-9, 1.0 - 1e-9, |mean| {
                beta_cdf(mean * concentration, (1.0 - mean) * concentration, x1) - lower.p
            })
        };
        let miss = |log_concentration: f64| {
            let concentration = libm::exp(log_concentration);
            mean_for(concentration).map_or(f64::NAN, |mean| {
                beta_cdf(mean * concentration, (1.0 - mean) * concentration, x2) - upper.p
            })
        };
        let concentration = find_root(libm::log(1e-2), libm::log(1e7), miss)
            .map(libm::exp)
            .ok_or(no_beta.clone())?;
        let mean = mean_for(concentration).ok_or(no_beta)?;
        Self::beta(
            mean * concentration,
            (1.0 - mean) * concentration,
            low,
            high,
        )
    }

    pub fn normal(mean: f64, deviation: f64) -> Result<Self, DistributionError> {
        finite(&[mean, deviation])?;
        positive("the deviation", deviation)?;
        Ok(Self::Normal { mean, deviation })
    }

    pub fn normal_by_percentiles(
        first: Percentile,
        second: Percentile,
    ) -> Result<Self, DistributionError> {
        let (mean, deviation) = location_and_scale(first, second)?;
        Self::normal(mean, deviation)
    }

    /// By the mean and deviation of the value itself, not of its logarithm.
    pub fn lognormal(mean: f64, deviation: f64) -> Result<Self, DistributionError> {
        finite(&[mean, deviation])?;
        positive("the mean", mean)?;
        positive("the deviation", deviation)?;
        let ratio = deviation / mean;
        let log_variance = libm::log1p(ratio * ratio);
        Ok(Self::Lognormal {
            log_mean: libm::log(mean) - log_variance / 2.0,
            log_deviation: log_variance.sqrt(),
        })
    }

    pub fn lognormal_by_percentiles(
        first: Percentile,
        second: Percentile,
    ) -> Result<Self, DistributionError> {
        for value in [first.value, second.value] {
            if value <= 0.0 {
                return Err(DistributionError::LognormalValue(value));
            }
        }
        let logarithm = |percentile: Percentile| Percentile {
            p: percentile.p,
            value: libm::log(percentile.value),
        };
        let (log_mean, log_deviation) = location_and_scale(logarithm(first), logarithm(second))?;
        positive("the deviation", log_deviation)?;
        Ok(Self::Lognormal {
            log_mean,
            log_deviation,
        })
    }

    /// What `2% to 8%` means: 90 % of the probability lies between the two; lognormal above zero, else normal.
    pub fn interval(low: f64, high: f64) -> Result<Self, DistributionError> {
        ordered(low, high)?;
        let (p5, p95) = (
            Percentile {
                p: 0.05,
                value: low,
            },
            Percentile {
                p: 0.95,
                value: high,
            },
        );
        if low > 0.0 {
            Self::lognormal_by_percentiles(p5, p95)
        } else {
            Self::normal_by_percentiles(p5, p95)
        }
    }

    pub fn mixture(parts: Vec<(f64, Self)>) -> Result<Self, DistributionError> {
        if parts.is_empty() || parts.len() > MIXTURE_PARTS_MAX {
            return Err(DistributionError::Parts(parts.len()));
        }
        for (weight, _) in &parts {
            finite(&[*weight])?;
            positive("a weight", *weight)?;
        }
        let sum: f64 = parts.iter().map(|(weight, _)| weight).sum();
        Ok(Self::Mixture(
            parts
                .into_iter()
                .map(|(weight, part)| (weight / sum, part))
                .collect(),
        ))
    }

    pub fn empirical(mut values: Vec<f64>) -> Result<Self, DistributionError> {
        if values.len() < 2 || values.len() > EMPIRICAL_VALUES_MAX {
            return Err(DistributionError::Values(values.len()));
        }
        finite(&values)?;
        values.sort_by(f64::total_cmp);
        Ok(Self::Empirical(values))
    }

    /// The part of the distribution from `low` to `high`, either of which may be infinite.
    pub fn truncated(self, low: f64, high: f64) -> Result<Self, DistributionError> {
        let below_low = self.probability(Tail::Lower, low);
        let above_high = self.probability(Tail::Upper, high);
        if low.is_nan() || high.is_nan() || 1.0 - below_low - above_high < 1e-9 {
            return Err(DistributionError::NothingLeft { low, high });
        }
        if below_low == 0.0 && above_high == 0.0 {
            return Ok(self);
        }
        Ok(Self::Truncated {
            inner: Box::new(self),
            below_low,
            above_high,
        })
    }
}

fn in_order(
    first: Percentile,
    second: Percentile,
) -> Result<(Percentile, Percentile), DistributionError> {
    finite(&[first.value, second.value])?;
    for percentile in [first, second] {
        if !(percentile.p > 0.0 && percentile.p < 1.0) {
            return Err(DistributionError::Percentile(percentile.p));
        }
    }
    let (lower, upper) = if first.p < second.p {
        (first, second)
    } else {
        (second, first)
    };
    if lower.p < upper.p && lower.value < upper.value {
        Ok((lower, upper))
    } else {
        Err(DistributionError::Percentiles)
    }
}

fn location_and_scale(
    first: Percentile,
    second: Percentile,
) -> Result<(f64, f64), DistributionError> {
    let (lower, upper) = in_order(first, second)?;
    let (z_lower, z_upper) = (normal_quantile(lower.p), normal_quantile(upper.p));
    let scale = (upper.value - lower.value) / (z_upper - z_lower);
    Ok((lower.value - z_lower * scale, scale))
}
