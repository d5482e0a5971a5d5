//! Where a continuous function crosses zero, between two points of opposite sign.

const STEPS_MAX: usize = 200;

/// The crossing of `function` in `[low, high]`, to the last bits, or `None` if both ends have the same sign.
///
/// Chandrupatla's method (Advances in Engineering Software 28, 1997): inverse quadratic steps where they are safe,
/// halving where they aren't.
pub(crate) fn find_root(low: f64, high: f64, function: impl Fn(f64) -> f64) -> Option<f64> {
    let (mut newest, mut opposite) = (high, low);
    let mut at_newest = function(newest);
    let mut at_opposite = function(opposite);
    if at_newest == 0.0 {
        return Some(newest);
    }
    if at_opposite == 0.0 {
        return Some(opposite);
    }
    if at_newest.signum() == at_opposite.signum() || !(at_newest - at_opposite).is_finite() {
        return None;
    }
    let mut fraction = 0.5;
    for _ in 0..STEPS_MAX {
        let candidate = newest + fraction * (opposite - newest);
        let at_candidate = function(candidate);
        let (older, at_older);
        if at_candidate.signum() == at_newest.signum() {
            (older, at_older) = (newest, at_newest);
        } else {
            (older, at_older) = (opposite, at_opposite);
            (opposite, at_opposite) = (newest, at_newest);
        }
        (newest, at_newest) = (candidate, at_candidate);
        let best = if at_newest.abs() < at_opposite.abs() {
            newest
        } else {
            opposite
        };
        let width = (opposite - newest).abs();
        let tolerance = 2.0 * f64::EPSILON * best.abs() + f64::MIN_POSITIVE;
        if at_newest == 0.0 || width <= 2.0 * tolerance {
            return Some(best);
        }
        fraction = next_fraction(
            [newest, opposite, older],
            [at_newest, at_opposite, at_older],
        );
        let margin = (tolerance / width).min(0.5);
        fraction = fraction.clamp(margin, 1.0 - margin);
    }
    Some(newest)
}

fn next_fraction(points: [f64; 3], values: [f64; 3]) -> f64 {
    let [a, b, c] = points;
    let [fa, fb, fc] = values;
    let position = (a - b) / (c - b);
    let height = (fa - fb) / (fc - fb);
    if height * height < position && (1.0 - height) * (1.0 - height) < 1.0 - position {
        fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
    } else {
        0.5
    }
}
