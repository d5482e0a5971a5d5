//! The overlay reads like a map to which the writes were made.

use std::collections::BTreeMap;

use lilliput_ledger::{Changes, MemoryState, Scan, State};
use lilliput_types::codec;
use proptest::prelude::*;

proptest! {
    #[test]
    fn scans_of_an_overlay_equal_scans_of_a_map(
        base in prop::collection::btree_map("[ab]/[a-d]{1,2}", any::<u64>(), 0..12),
        writes in prop::collection::vec(("[ab]/[a-d]{1,2}", prop::option::of(any::<u64>())), 0..20),
        last in "[a-d]{0,2}",
    ) {
        let mut memory = MemoryState::default();
        let encoded = base.iter().map(|(key, value)| (key.clone(), Some(codec::encode(value))));
        memory.apply(&Changes { writes: encoded.collect(), pinned: Vec::new() });
        let mut state = State::new(&memory);
        let mut model: BTreeMap<String, u64> = base;
        for (key, value) in writes {
            match value {
                Some(value) => {
                    state.write(key.clone(), &value);
                    model.insert(key, value);
                }
                None => {
                    state.remove(key.clone());
                    model.remove(&key);
                }
            }
        }
        for (key, value) in &model {
            prop_assert_eq!(state.read::<u64>(key).unwrap(), Some(*value));
        }
        let scanned: Vec<(String, u64)> = Scan::after(&state, "a/", &last)
            .collect::<Result<_, _>>()
            .unwrap();
        let after = format!("a/{last}");
        let expected: Vec<(String, u64)> = model
            .into_iter()
            .filter(|(key, _)| key.starts_with("a/") && (last.is_empty() || *key > after))
            .collect();
        prop_assert_eq!(scanned, expected);
    }
}
