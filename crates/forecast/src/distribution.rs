//! Probability distributions of one input: built with checks, then asked for quantiles.
//!
//! Everything downstream needs only the quantile function. It is asked with the side of the tail, so that values far
//! out on either side keep their digits.

mod build;
mod special;

#[cfg(test)]
mod tests;

pub use build::{DistributionError, Percentile};
pub(crate) use special::{normal_cdf, normal_quantile};

use crate::root::find_root;

/// A checked distribution. Build one with the functions of this type, which refuse parameters that make no sense.
#[derive(Clone, Debug, PartialEq)]
pub enum Distribution {
    Point(f64),
    Uniform {
        low: f64,
        high: f64,
    },
    Triangular {
        low: f64,
        mode: f64,
        high: f64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    /// The logarithm is normal with this mean and deviation.
    Lognormal {
        log_mean: f64,
        log_deviation: f64,
    },
    /// A beta distribution stretched to `low..high`; PERT is one of these.
    Beta {
        alpha: f64,
        beta: f64,
        low: f64,
        high: f64,
    },
    /// Components with weights that sum to one.
    Mixture(Vec<(f64, Distribution)>),
    /// Observed values in order; values between two of them are as likely as the two.
    Empirical(Vec<f64>),
    /// What is left of a distribution between two bounds, which have these probabilities below them.
    Truncated {
        inner: Box<Distribution>,
        below_low: f64,
        above_high: f64,
    },
}

/// From which end a probability is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tail {
    Lower,
    Upper,
}

impl Distribution {
    /// Whether this is a single value.
    #[must_use]
    pub fn is_point(&self) -> bool {
        matches!(self, Self::Point(_))
    }

    /// The value with probability `p`, in (0, 1), on the given side of it.
    #[must_use]
    pub fn quantile_from(&self, tail: Tail, p: f64) -> f64 {
        match self {
            Self::Point(value) => *value,
            Self::Uniform { low, high } => match tail {
                Tail::Lower => low + (high - low) * p,
                Tail::Upper => high - (high - low) * p,
            },
            Self::Triangular { low, mode, high } => triangular([*low, *mode, *high], tail, p),
            Self::Normal { mean, deviation } => mean + deviation * normal_from(tail, p),
            Self::Lognormal {
                log_mean,
                log_deviation,
            } => libm::exp(log_mean + log_deviation * normal_from(tail, p)),
            Self::Beta {
                alpha,
                beta,
                low,
                high,
            } => match tail {
                Tail::Lower => low + (high - low) * special::beta_quantile(*alpha, *beta, p),
                Tail::Upper => high - (high - low) * special::beta_quantile(*beta, *alpha, p),
            },
            Self::Mixture(parts) => mixture_quantile(parts, tail, p),
            Self::Empirical(values) => match tail {
                Tail::Lower => empirical(values, p),
                Tail::Upper => empirical(values, 1.0 - p),
            },
            Self::Truncated {
                inner,
                below_low,
                above_high,
            } => {
                let kept = 1.0 - below_low - above_high;
                match tail {
                    Tail::Lower => inner.quantile(below_low + p * kept),
                    Tail::Upper => inner.quantile_from(Tail::Upper, above_high + p * kept),
                }
            }
        }
    }

    /// The value with probability `p` below it.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= 0.5 {
            self.quantile_from(Tail::Lower, p)
        } else {
            self.quantile_from(Tail::Upper, 1.0 - p)
        }
    }

    /// The value in the middle: as likely to be exceeded as not.
    #[must_use]
    pub fn median(&self) -> f64 {
        self.quantile(0.5)
    }

    /// The probability on the given side of `x`.
    #[must_use]
    pub fn probability(&self, tail: Tail, x: f64) -> f64 {
        match self {
            Self::Normal { mean, deviation } => normal_side(tail, (x - mean) / deviation),
            Self::Lognormal {
                log_mean,
                log_deviation,
            } => match tail {
                Tail::Lower if x <= 0.0 => 0.0,
                Tail::Upper if x <= 0.0 => 1.0,
                _ => normal_side(tail, (libm::log(x) - log_mean) / log_deviation),
            },
            Self::Beta {
                alpha,
                beta,
                low,
                high,
            } => {
                let position = (x - low) / (high - low);
                match tail {
                    Tail::Lower => special::beta_cdf(*alpha, *beta, position),
                    Tail::Upper => special::beta_cdf(*beta, *alpha, 1.0 - position),
                }
            }
            Self::Mixture(parts) => parts
                .iter()
                .map(|(weight, part)| weight * part.probability(tail, x))
                .sum(),
            Self::Truncated {
                inner,
                below_low,
                above_high,
            } => {
                let kept = 1.0 - below_low - above_high;
                let cut = match tail {
                    Tail::Lower => below_low,
                    Tail::Upper => above_high,
                };
                ((inner.probability(tail, x) - cut) / kept).clamp(0.0, 1.0)
            }
            Self::Point(_)
            | Self::Uniform { .. }
            | Self::Triangular { .. }
            | Self::Empirical(_) => {
                let below = self.simple_cdf(x);
                match tail {
                    Tail::Lower => below,
                    Tail::Upper => 1.0 - below,
                }
            }
        }
    }

    /// Probability at or below `x` for the kinds that have it in closed form on one side.
    fn simple_cdf(&self, x: f64) -> f64 {
        match self {
            Self::Uniform { low, high } => ((x - low) / (high - low)).clamp(0.0, 1.0),
            Self::Triangular { low, mode, high } => {
                if x <= *low {
                    0.0
                } else if x >= *high {
                    1.0
                } else if x <= *mode {
                    (x - low) * (x - low) / ((high - low) * (mode - low))
                } else {
                    1.0 - (high - x) * (high - x) / ((high - low) * (high - mode))
                }
            }
            Self::Empirical(values) => empirical_cdf(values, x),
            Self::Point(value) => f64::from(u8::from(x >= *value)),
            _ => self.probability(Tail::Lower, x),
        }
    }

    /// The smallest and the largest value possible; infinite where there is none.
    #[must_use]
    pub fn support(&self) -> (f64, f64) {
        match self {
            Self::Point(value) => (*value, *value),
            Self::Uniform { low, high }
            | Self::Triangular { low, high, .. }
            | Self::Beta { low, high, .. } => (*low, *high),
            Self::Normal { .. } => (f64::NEG_INFINITY, f64::INFINITY),
            Self::Lognormal { .. } => (0.0, f64::INFINITY),
            Self::Mixture(parts) => parts.iter().map(|(_, part)| part.support()).fold(
                (f64::INFINITY, f64::NEG_INFINITY),
                |(low, high), (part_low, part_high)| (low.min(part_low), high.max(part_high)),
            ),
            Self::Empirical(values) => match (values.first(), values.last()) {
                (Some(low), Some(high)) => (*low, *high),
                _ => (0.0, 0.0),
            },
            Self::Truncated {
                inner,
                below_low,
                above_high,
            } => {
                let (low, high) = inner.support();
                let bounded_low = if *below_low > 0.0 {
                    inner.quantile(*below_low)
                } else {
                    low
                };
                let bounded_high = if *above_high > 0.0 {
                    inner.quantile_from(Tail::Upper, *above_high)
                } else {
                    high
                };
                (bounded_low, bounded_high)
            }
        }
    }
}

fn normal_from(tail: Tail, p: f64) -> f64 {
    match tail {
        Tail::Lower => normal_quantile(p),
        Tail::Upper => -normal_quantile(p),
    }
}

fn normal_side(tail: Tail, z: f64) -> f64 {
    match tail {
        Tail::Lower => normal_cdf(z),
        Tail::Upper => normal_cdf(-z),
    }
}

fn triangular([low, mode, high]: [f64; 3], tail: Tail, p: f64) -> f64 {
    let width = high - low;
    let below_mode = (mode - low) / width;
    let (below, above) = match tail {
        Tail::Lower => (p, 1.0 - p),
        Tail::Upper => (1.0 - p, p),
    };
    if below <= below_mode {
        low + (below * width * (mode - low)).sqrt()
    } else {
        high - (above * width * (high - mode)).sqrt()
    }
}

fn mixture_quantile(parts: &[(f64, Distribution)], tail: Tail, p: f64) -> f64 {
    let quantiles = parts.iter().map(|(_, part)| part.quantile_from(tail, p));
    let (low, high) = quantiles.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    let excess = |x: f64| -> f64 {
        let sum: f64 = parts
            .iter()
            .map(|(weight, part)| weight * part.probability(tail, x))
            .sum();
        sum - p
    };
    find_root(low, high, excess).unwrap_or(if excess(low).abs() < excess(high).abs() {
        low
    } else {
        high
    })
}

/// Values at the middles of equal steps of probability, straight lines between them.
fn empirical(values: &[f64], p: f64) -> f64 {
    let position = (p * values.len() as f64 - 0.5).clamp(0.0, (values.len() - 1) as f64);
    let index = position as usize;
    let next = (index + 1).min(values.len() - 1);
    let part = position - index as f64;
    values[index] + part * (values[next] - values[index])
}

fn empirical_cdf(values: &[f64], x: f64) -> f64 {
    let above = values.partition_point(|value| *value <= x);
    if above == 0 {
        return 0.0;
    }
    if above == values.len() {
        return 1.0;
    }
    let (left, right) = (values[above - 1], values[above]);
    ((above - 1) as f64 + 0.5 + (x - left) / (right - left)) / values.len() as f64
}
