//! Random histories of a group: every invariant holds after each block, and no seat has two commitments in roots that one
//! period takes. With one nullifier to a commitment and scope, no member ever has two in a period.

use std::collections::{BTreeMap, BTreeSet};

use lilliput_types::identity::{ChangeCause, Group, IdentityEvent};
use lilliput_types::{Commitment, Event, GroupRoot};
use proptest::prelude::*;

use crate::explore::explore;
use crate::identity::{FIRST, OWNER, PERIOD_MS, People, SECOND, commitment, subject};

/// One random act.
#[derive(Clone, Copy, Debug)]
struct Step {
    kind: u8,
    actor: u8,
    pick: u8,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (0_u8..16, 0_u8..5, any::<u8>());
    let step = step.prop_map(|(kind, actor, pick)| Step { kind, actor, pick });
    prop::collection::vec(step, 20..90)
}

/// What proofs of each period could be about.
#[derive(Default)]
struct Watch {
    /// The commitments that a root holds, by seat.
    leaves: BTreeMap<GroupRoot, Vec<Option<Commitment>>>,
    /// The commitments of a period's seats under roots it takes.
    shown: BTreeMap<(u64, u64), BTreeSet<Commitment>>,
}

impl Watch {
    /// Looks at every root that is taken now.
    fn look(&mut self, people: &People) {
        let (group, now): (Group, _) = (people.group(), people.world.time);
        let seats = people.seats().into_iter().map(|seat| seat.commitment);
        self.leaves.entry(group.root).or_insert(seats.collect());
        let period = group.period(now);
        for (root, leaves) in &self.leaves {
            if !group.takes(*root, now) {
                continue;
            }
            for (seat, leaf) in leaves.iter().enumerate() {
                let shown = self.shown.entry((period, seat as u64)).or_default();
                shown.extend(*leaf);
            }
        }
        for ((period, seat), shown) in &self.shown {
            assert!(
                shown.len() <= 1,
                "seat {seat} has {shown:?} in period {period}"
            );
        }
    }
}

fn run(steps: &[Step]) -> People {
    let mut people = People::new();
    let mut watch = Watch::default();
    for (number, step) in steps.iter().enumerate() {
        act(&mut people, &mut watch, *step, number as u64 + 1);
        watch.look(&people);
    }
    people
}

/// Many acts may fail; what counts is what is true afterwards.
fn act(people: &mut People, watch: &mut Watch, step: Step, number: u64) {
    let Step { kind, actor, pick } = step;
    let issuer = if pick % 2 == 0 { FIRST } else { SECOND };
    let about = subject(u64::from(pick / 2 % 5));
    let fresh = commitment(number);
    let _ = match kind {
        0..=3 => {
            let voucher = people.voucher(issuer, actor, about);
            people.join_with(actor, fresh, &[voucher])
        }
        4..=6 => people.rotate(actor, fresh),
        7..=9 => {
            let voucher = people.voucher(issuer, actor, about);
            people.recover(actor, fresh, &[voucher])
        }
        10 => people.revoke(OWNER, issuer, about),
        // A commitment that somebody used, or uses now.
        11 => people.rotate(actor, commitment(1 + u64::from(pick) % number)),
        12 => {
            // What was due is taken by nobody before it is changed, whatever comes first in the new period.
            let ms = PERIOD_MS - people.world.time.0 % PERIOD_MS + u64::from(pick % 3);
            people.world.time.0 += ms;
            watch.look(people);
            return;
        }
        13 => return people.next_period(),
        _ => return people.world.wait(u64::from(pick) * 200 + 1),
    };
}

/// What the histories must have seen, so that the property isn't empty.
fn kind(event: &Event) -> Option<&'static str> {
    let Event::Identity(event) = event else {
        return None;
    };
    match event {
        IdentityEvent::Joined { .. } => Some("joined"),
        IdentityEvent::ChangeAsked { cause, .. } => Some(match cause {
            ChangeCause::Rotated => "rotated",
            ChangeCause::Recovered => "recovered",
        }),
        IdentityEvent::Changed { old: None, .. } => Some("returned"),
        IdentityEvent::Changed { .. } => Some("changed"),
        IdentityEvent::Removed { .. } => Some("removed"),
        _ => None,
    }
}

#[test]
fn no_member_has_two_nullifiers_in_a_period_of_any_history() {
    let seen = explore(40, &steps(), |steps, seen| {
        // `World` checks every invariant after each block.
        let people = run(&steps);
        seen.note(people.world.events.iter().filter_map(kind));
        Ok(())
    });
    seen.assert_each(
        [
            "joined",
            "rotated",
            "recovered",
            "returned",
            "changed",
            "removed",
        ],
        3,
    );
}

/// The same history, the same events.
#[test]
fn histories_of_groups_are_deterministic() {
    let step = |kind, actor, pick| Step { kind, actor, pick };
    let steps = [
        step(0, 1, 2),
        step(0, 2, 5),
        step(4, 1, 0),
        step(10, 0, 5),
        step(13, 0, 0),
        step(7, 2, 5),
        step(13, 0, 0),
    ];
    let (first, second) = (run(&steps), run(&steps));
    assert_eq!(first.world.events, second.world.events);
}
