//! Prices over time: for each step the first, highest, lowest and last, and what was traded below.

use maud::{Markup, html};

/// One step of time.
pub(in crate::page) struct Candle {
    pub(in crate::page) first: f64,
    pub(in crate::page) highest: f64,
    pub(in crate::page) lowest: f64,
    pub(in crate::page) last: f64,
    pub(in crate::page) volume: f64,
}

const WIDTH: f64 = 720.0;
const PRICES_HEIGHT: f64 = 170.0;
const VOLUMES_HEIGHT: f64 = 40.0;
const MARGIN: f64 = 16.0;
/// Room for the numbers at the left.
const LEFT: f64 = 84.0;
/// The widest candle.
const CANDLE_MAX: f64 = 28.0;

/// Candles from left to right, with the highest and lowest price written beside them.
pub(in crate::page) fn candles(
    title: &str,
    candles: &[Candle],
    shown: impl Fn(f64) -> String,
) -> Markup {
    let highest = candles
        .iter()
        .map(|candle| candle.highest)
        .fold(f64::NEG_INFINITY, f64::max);
    let lowest = candles
        .iter()
        .map(|candle| candle.lowest)
        .fold(f64::INFINITY, f64::min);
    let most = candles
        .iter()
        .map(|candle| candle.volume)
        .fold(0.0, f64::max);
    let span = if highest > lowest {
        highest - lowest
    } else {
        1.0
    };
    // There are never more candles than a screen shows, so this is exact.
    let step = ((WIDTH - LEFT) / candles.len().max(1) as f64).min(CANDLE_MAX);
    let down = |price: f64| MARGIN + PRICES_HEIGHT * (highest - price) / span;
    let bottom = PRICES_HEIGHT + VOLUMES_HEIGHT + 2.0 * MARGIN;
    html! {
        @if !candles.is_empty() {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (bottom + 4.0) } role="img" aria-label=(title) {
                text x=(LEFT - 8.0) y=(format!("{:.1}", down(highest) + 5.0)) text-anchor="end" { (shown(highest)) }
                @if highest > lowest {
                    text x=(LEFT - 8.0) y=(format!("{:.1}", down(lowest) + 5.0)) text-anchor="end" { (shown(lowest)) }
                }
                line.axis x1=(LEFT) x2=(WIDTH) y1=(bottom) y2=(bottom) {}
                @for (place, candle) in candles.iter().enumerate() {
                    @let middle = LEFT + step * (place as f64 + 0.5);
                    @let colour = if candle.last < candle.first { "var(--bad)" } else { "var(--good)" };
                    @let (top, base) = (down(candle.first.max(candle.last)), down(candle.first.min(candle.last)));
                    line x1=(format!("{middle:.1}")) x2=(format!("{middle:.1}")) y1=(format!("{:.1}", down(candle.highest)))
                        y2=(format!("{:.1}", down(candle.lowest))) stroke=(colour) stroke-width="1" {}
                    rect x=(format!("{:.1}", middle - step * 0.35)) width=(format!("{:.1}", step * 0.7)) y=(format!("{top:.1}"))
                        height=(format!("{:.1}", (base - top).max(1.5))) fill=(colour) {}
                    @let tall = if most > 0.0 { VOLUMES_HEIGHT * candle.volume / most } else { 0.0 };
                    rect x=(format!("{:.1}", middle - step * 0.35)) width=(format!("{:.1}", step * 0.7)) y=(format!("{:.1}", bottom - tall))
                        height=(format!("{tall:.1}")) fill="var(--thread)" opacity="0.45" {}
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Candle, candles};

    #[test]
    fn a_lone_price_and_a_falling_one_are_drawn_within_the_picture() {
        let one = Candle {
            first: 5.0,
            highest: 5.0,
            lowest: 5.0,
            last: 5.0,
            volume: 1.0,
        };
        let falls = Candle {
            first: 9.0,
            highest: 9.0,
            lowest: 2.0,
            last: 3.0,
            volume: 0.0,
        };
        let picture = candles("prices", &[one, falls], |price| format!("{price:.0}")).into_string();
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
        assert!(picture.contains("var(--bad)") && picture.contains("var(--good)"));
        assert!(
            candles("prices", &[], |_| String::new())
                .into_string()
                .is_empty()
        );
    }
}
