//! The normal and the beta distribution function and their inverses, the same bits on every machine.

use crate::root::find_root;

/// Probability below `z` for the standard normal.
pub(crate) fn normal_cdf(z: f64) -> f64 {
    0.5 * libm::erfc(-z * std::f64::consts::FRAC_1_SQRT_2)
}

/// The standard normal's value with probability `p` below it; for `p` in (0, 1).
///
/// Wichura's rational approximations (Applied Statistics 37, 1988, algorithm AS 241, PPND16), good to 16 digits.
pub(crate) fn normal_quantile(p: f64) -> f64 {
    let centred = p - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * polynomial(&CENTRE_ABOVE, r) / polynomial(&CENTRE_BELOW, r);
    }
    let tail = if centred < 0.0 { p } else { 1.0 - p };
    let magnitude = normal_tail_quantile(tail);
    if centred < 0.0 { -magnitude } else { magnitude }
}

/// How far out the tail with the small probability `tail` begins, as a positive number.
fn normal_tail_quantile(tail: f64) -> f64 {
    let r = (-libm::log(tail)).sqrt();
    if r <= 5.0 {
        polynomial(&MIDDLE_ABOVE, r - 1.6) / polynomial(&MIDDLE_BELOW, r - 1.6)
    } else {
        polynomial(&FAR_ABOVE, r - 5.0) / polynomial(&FAR_BELOW, r - 5.0)
    }
}

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients
        .iter()
        .rev()
        .fold(0.0, |sum, coefficient| sum * x + coefficient)
}

const CENTRE_ABOVE: [f64; 8] = [
    3.387_132_872_796_366_5,
    133.141_667_891_784_38,
    1_971.590_950_306_551_3,
    13_731.693_765_509_46,
    45_921.953_931_549_87,
    67_265.770_927_008_7,
    33_430.575_583_588_13,
    2_509.080_928_730_122_7,
];
const CENTRE_BELOW: [f64; 8] = [
    1.0,
    42.313_330_701_600_91,
    687.187_007_492_057_9,
    5_394.196_021_424_751,
    21_213.794_301_586_597,
    39_307.895_800_092_71,
    28_729.085_735_721_943,
    5_226.495_278_852_854,
];
const MIDDLE_ABOVE: [f64; 8] = [
    1.423_437_110_749_683_5,
    4.630_337_846_156_546,
    5.769_497_221_460_691,
    3.647_848_324_763_204_5,
    1.270_458_252_452_368_4,
    0.241_780_725_177_450_6,
    0.022_723_844_989_269_184,
    7.745_450_142_783_414e-4,
];
const MIDDLE_BELOW: [f64; 8] = [
    1.0,
    2.053_191_626_637_759,
    1.676_384_830_183_803_8,
    0.689_767_334_985_1,
    0.148_103_976_427_480_08,
    0.015_198_666_563_616_457,
    5.475_938_084_995_345e-4,
    1.050_750_071_644_416_9e-9,
];
const FAR_ABOVE: [f64; 8] = [
    6.657_904_643_501_103,
    5.463_784_911_164_114,
    1.784_826_539_917_291_3,
    0.296_560_571_828_504_87,
    0.026_532_189_526_576_124,
    0.001_242_660_947_388_078_4,
    2.711_555_568_743_487_6e-5,
    2.010_334_399_292_288_1e-7,
];
const FAR_BELOW: [f64; 8] = [
    1.0,
    0.599_832_206_555_888,
    0.136_929_880_922_735_8,
    0.014_875_361_290_850_615,
    7.868_691_311_456_133e-4,
    1.846_318_317_510_054_8e-5,
    1.421_511_758_316_446e-7,
    2.044_263_103_389_939_8e-15,
];

/// Probability below `x` for the beta distribution on 0 to 1: the regularised incomplete beta function, by the
/// continued fraction of NIST's DLMF 8.17.22.
pub(crate) fn beta_cdf(alpha: f64, beta: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (alpha + 1.0) / (alpha + beta + 2.0) {
        return 1.0 - beta_cdf_by_fraction(beta, alpha, 1.0 - x, x);
    }
    beta_cdf_by_fraction(alpha, beta, x, 1.0 - x)
}

/// `x` is the near side; `rest` is `1 - x`, handed over to keep its digits.
fn beta_cdf_by_fraction(alpha: f64, beta: f64, x: f64, rest: f64) -> f64 {
    let log_front = libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta)
        + alpha * libm::log(x)
        + beta * libm::log(rest);
    libm::exp(log_front) / (alpha * continued_fraction(alpha, beta, x))
}

/// The denominator of the continued fraction, by the modified Lentz recurrence.
fn continued_fraction(alpha: f64, beta: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    const TERMS_MAX: usize = 2_000;
    let guard = |value: f64| if value.abs() < TINY { TINY } else { value };
    let (mut result, mut numerator, mut denominator) = (1.0, 1.0, 0.0);
    for term in 0..TERMS_MAX {
        let half = (term / 2) as f64;
        let next = half + 1.0;
        let coefficient = if term % 2 == 0 {
            -(alpha + half) * (alpha + beta + half) * x
                / ((alpha + 2.0 * half) * (alpha + 2.0 * half + 1.0))
        } else {
            next * (beta - next) * x / ((alpha + 2.0 * next - 1.0) * (alpha + 2.0 * next))
        };
        denominator = 1.0 / guard(1.0 + coefficient * denominator);
        numerator = guard(1.0 + coefficient / numerator);
        let change = numerator * denominator;
        result *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    result
}

/// The beta distribution's value with probability `p` below it, near zero accurate in relation to itself.
pub(crate) fn beta_quantile(alpha: f64, beta: f64, p: f64) -> f64 {
    let log_constant = libm::lgamma(alpha + beta) - libm::lgamma(alpha) - libm::lgamma(beta);
    let mut x = beta_guess(alpha, beta, p);
    for _ in 0..HALLEY_STEPS {
        let miss = beta_cdf(alpha, beta, x) - p;
        let log_density =
            (alpha - 1.0) * libm::log(x) + (beta - 1.0) * libm::log1p(-x) + log_constant;
        let newton = miss / libm::exp(log_density);
        let bend = newton * ((alpha - 1.0) / x - (beta - 1.0) / (1.0 - x));
        let next = x - newton / (1.0 - 0.5 * bend.clamp(-1.0, 1.0));
        if !(next > 0.0 && next < 1.0) {
            break;
        }
        if (next - x).abs() <= 1e-13 * x {
            return next;
        }
        x = next;
    }
    beta_quantile_by_search(alpha, beta, p)
}

/// Halley's method converges in a few steps or is left for the search.
const HALLEY_STEPS: usize = 10;

/// Close enough to start from: the normal approximation of Abramowitz and Stegun 26.5.22 for a hump, power laws at
/// the ends otherwise.
fn beta_guess(alpha: f64, beta: f64, p: f64) -> f64 {
    let mean = alpha / (alpha + beta);
    let at_zero = libm::exp(alpha * libm::log(mean)) / alpha;
    let at_one = libm::exp(beta * libm::log(1.0 - mean)) / beta;
    let lower_part = at_zero / (at_zero + at_one);
    if alpha < 1.0 || beta < 1.0 || p < 1e-3 * lower_part {
        return if p < lower_part {
            libm::pow(alpha * p * (at_zero + at_one), 1.0 / alpha)
        } else {
            1.0 - libm::pow(beta * (1.0 - p) * (at_zero + at_one), 1.0 / beta)
        };
    }
    let y = -normal_quantile(p);
    let lambda = (y * y - 3.0) / 6.0;
    let (a, b) = (1.0 / (2.0 * alpha - 1.0), 1.0 / (2.0 * beta - 1.0));
    let h = 2.0 / (a + b);
    let w = y * (lambda + h).max(0.0).sqrt() / h - (b - a) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
    alpha / (alpha + beta * libm::exp(2.0 * w))
}

fn beta_quantile_by_search(alpha: f64, beta: f64, p: f64) -> f64 {
    // Searching the logarithm keeps the digits of the values close to zero.
    let at = |log_x: f64| beta_cdf(alpha, beta, libm::exp(log_x)) - p;
    let mut low = -1.0;
    while at(low) > 0.0 && low > -700.0 {
        low *= 2.0;
    }
    find_root(low, 0.0, at).map_or(0.0, libm::exp)
}
