//! Properties of the model that hold for all inputs.

use lilliput_forecast::{Results, Scenario, read_scenarios, study};
use proptest::prelude::*;

const SEGMENTS: [&str; 4] = ["software", "iaas", "identity", "security"];

#[derive(Clone, Debug)]
struct Inputs {
    tam: f64,
    adoption: f64,
    capture: f64,
    segment_shares: [f64; 4],
    crypto_shares: [f64; 4],
}

fn inputs() -> impl Strategy<Value = Inputs> {
    let share = || 0.0..1.0_f64;
    (
        0.0..50_000.0_f64,
        share(),
        share(),
        prop::array::uniform4(0.0..0.25_f64),
        prop::array::uniform4(share()),
    )
        .prop_map(
            |(tam, adoption, capture, segment_shares, crypto_shares)| Inputs {
                tam,
                adoption,
                capture,
                segment_shares,
                crypto_shares,
            },
        )
}

impl Inputs {
    fn file(&self) -> String {
        let mut text = format!(
            "[scenario.x]\nproductivity_tam = {:?}\nadoption = {:?}\nvalue_capture = {:?}\n",
            self.tam, self.adoption, self.capture
        );
        for (index, segment) in SEGMENTS.iter().enumerate() {
            text.push_str(&format!(
                "segment_share.{segment} = {:?}\n",
                self.segment_shares[index]
            ));
            text.push_str(&format!(
                "crypto_share.{segment} = {:?}\n",
                self.crypto_shares[index]
            ));
        }
        // Constant paths: whatever the adoption, no path leads out of range.
        text.push_str("[scenario.x.path]\nadoption = { kind = \"constant\" }\ncrypto_share = { kind = \"constant\" }\n");
        text
    }

    fn results(&self) -> Results {
        let scenarios: Vec<Scenario> =
            read_scenarios("x.toml", &self.file(), study()).expect("the shares are in range");
        Results::new(&scenarios[0], scenarios[0].year)
    }

    /// The same inputs with one of them, by number, times `factor`.
    fn times(&self, number: usize, factor: f64) -> Self {
        let mut changed = self.clone();
        match number {
            0 => changed.tam *= factor,
            1 => changed.adoption *= factor,
            2 => changed.capture *= factor,
            3..=6 => changed.segment_shares[number - 3] *= factor,
            _ => changed.crypto_shares[number - 7] *= factor,
        }
        changed
    }
}

fn close(left: f64, right: f64) -> bool {
    (left - right).abs() <= 1e-12 * left.abs().max(right.abs()).max(1e-300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, rng_seed: prop::test_runner::RngSeed::Fixed(7), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_total_never_rises_when_an_input_falls(inputs in inputs(), number in 0..11_usize, factor in 0.0..1.0_f64) {
        prop_assert!(inputs.times(number, factor).results().total <= inputs.results().total * (1.0 + 1e-12));
    }

    #[test]
    fn the_total_scales_with_market_adoption_and_value_capture(inputs in inputs(), number in 0..3_usize, factor in 0.0..1.0_f64) {
        let (before, after) = (inputs.results(), inputs.times(number, factor).results());
        prop_assert!(close(after.total, before.total * factor));
        prop_assert!(close(after.ai_spend, before.ai_spend * factor));
    }

    #[test]
    fn a_part_is_never_more_than_its_whole(inputs in inputs()) {
        let results = inputs.results();
        prop_assert!(results.ai_spend <= results.enterprise_tam && results.enterprise_tam <= inputs.tam);
        prop_assert!(results.segment_revenue.values().sum::<f64>() <= results.ai_spend * (1.0 + 1e-12));
        for (segment, revenue) in &results.crypto_revenue {
            prop_assert!(*revenue <= results.segment_revenue[segment]);
        }
        prop_assert!(close(results.total, results.crypto_revenue.values().sum()));
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "\\PC{0,200}") {
        let _ = read_scenarios("x.toml", &text, study());
        let _ = read_scenarios("x.toml", &format!("[scenario.x]\nadoption = \"{text}\""), study());
        let _ = read_scenarios("x.toml", &format!("[scenario.x]\nadoption = {text}"), study());
    }
}
