//! Random histories: the same ones on every run, and proof that they went where they should.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};

/// How often histories came to each kind of event.
#[derive(Default)]
pub(crate) struct Seen(RefCell<BTreeMap<String, u32>>);

impl Seen {
    pub(crate) fn note<K: Display>(&self, kinds: impl IntoIterator<Item = K>) {
        for kind in kinds {
            *self.0.borrow_mut().entry(kind.to_string()).or_default() += 1;
        }
    }

    /// So that a property isn't empty.
    pub(crate) fn assert_each<K: Display>(
        &self,
        kinds: impl IntoIterator<Item = K>,
        at_least: u32,
    ) {
        let seen = self.0.borrow();
        for kind in kinds {
            let count = seen.get(&kind.to_string()).copied().unwrap_or_default();
            assert!(count >= at_least, "{kind}: {seen:?}");
        }
    }
}

/// Tries a property on so many histories, always the same.
pub(crate) fn explore<S: Strategy>(
    cases: u32,
    histories: &S,
    property: impl Fn(S::Value, &Seen) -> TestCaseResult,
) -> Seen {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let seen = Seen::default();
    TestRunner::new_with_rng(config, rng)
        .run(histories, |history| property(history, &seen))
        .unwrap();
    seen
}
