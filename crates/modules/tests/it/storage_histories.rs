//! Random histories of deals: every invariant holds after each block, and no money appears or is lost.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::storage::{PERIOD_MS, PROVIDER, Store, WINDOW_MS};

impl Store {
    fn wait(&mut self, ms: u64) -> bool {
        self.world.wait(ms);
        true
    }
}

fn act(store: &mut Store, kind: u8, actor: u8) {
    // Most acts may fail; what counts is that the books are right afterwards, which every block looks at.
    let _ = match kind {
        0 => store.accept(actor).is_ok(),
        1 | 2 => store.challenge(actor).is_ok(),
        3..=5 => store.prove(actor).is_ok(),
        6 => store.claim(actor).is_ok(),
        7 => store.close(actor).is_ok(),
        8 => store.wait(WINDOW_MS),
        9 => store.wait(PERIOD_MS),
        10 => store.wait(3 * PERIOD_MS),
        _ => store.wait(1_000),
    };
}

#[test]
fn no_history_breaks_the_books() {
    let config = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[11; 32]);
    let mut runner = TestRunner::new_with_rng(config, random);
    let steps = prop::collection::vec((0_u8..12, 0_u8..4), 10..50);
    let ran = runner.run(&steps, |steps| {
        let mut store = Store::ordered();
        let _ = store.accept(PROVIDER);
        for (kind, actor) in steps {
            act(&mut store, kind, actor);
        }
        Ok(())
    });
    ran.unwrap();
}
