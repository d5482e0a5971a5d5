//! Random histories of deals: every invariant holds after each block, and no money appears or is lost.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use crate::storage::{PERIOD_MS, PROVIDER, Store, WINDOW_MS};

fn act(store: &mut Store, kind: u8, actor: u8) {
    // Most acts may fail; what counts is that the books are right afterwards, which every block looks at.
    match kind {
        0 => drop(store.accept(actor)),
        1 | 2 => drop(store.challenge(actor)),
        3..=5 => drop(store.prove(actor)),
        6 => drop(store.claim(actor)),
        7 => drop(store.close(actor)),
        8 => store.world.wait(WINDOW_MS),
        9 => store.world.wait(PERIOD_MS),
        10 => store.world.wait(3 * PERIOD_MS),
        _ => store.world.wait(1_000),
    }
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
