//! Random histories of deals: every invariant holds after each block, and no money appears or is lost.

use lilliput_types::Event;
use lilliput_types::storage::StorageEvent;
use proptest::prelude::*;

use crate::explore::explore;
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

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<&'static str> {
    let Event::Storage(event) = event else {
        return None;
    };
    Some(match event {
        StorageEvent::Ordered { .. } => "ordered",
        StorageEvent::Accepted { .. } => "accepted",
        StorageEvent::Challenged { .. } => "challenged",
        StorageEvent::Proven { .. } => "proven",
        StorageEvent::Paid { .. } => "paid",
        StorageEvent::Failed { .. } => "failed",
        StorageEvent::Closed { .. } => "closed",
    })
}

#[test]
fn no_history_breaks_the_books() {
    let steps = prop::collection::vec((0_u8..12, 0_u8..4), 10..50);
    let seen = explore(60, &steps, |steps, seen| {
        let mut store = Store::ordered();
        let _ = store.accept(PROVIDER);
        for (kind, actor) in steps {
            act(&mut store, kind, actor);
        }
        seen.note(store.world.events.iter().filter_map(kind));
        Ok(())
    });
    seen.assert_each(
        [
            "accepted",
            "challenged",
            "proven",
            "paid",
            "failed",
            "closed",
        ],
        5,
    );
}
