//! The waiting room.

use lilliput_pass::PassError;
use lilliput_pass::wait::{RoomRules, WaitingRoom};

use crate::world::NOW_S;

const RULES: RoomRules = RoomRules {
    wait_min_s: 10,
    wait_max_s: 60,
    passes_a_minute: 60,
    lane_spacing_s: 5,
};

#[test]
fn a_flood_passes_no_faster_than_the_room() {
    let room = WaitingRoom::new(RULES).unwrap();
    let times: Vec<u64> = (0..5000)
        .map_while(|lane| room.book(lane, NOW_S).ok())
        .collect();
    // One a second from the tenth second to the sixtieth.
    assert_eq!(times.len(), 51, "{times:?}");
    let full = room.book(9999, NOW_S);
    assert!(
        matches!(full, Err(PassError::Busy { retry_s: 60, .. })),
        "{full:?}"
    );
    // A second later there is room for one more.
    assert_eq!(room.book(9999, NOW_S + 1).unwrap(), NOW_S + 61);
    assert!(room.book(9998, NOW_S + 1).is_err());
}

#[test]
fn one_lane_queues_behind_itself() {
    let room = WaitingRoom::new(RULES).unwrap();
    let times: Vec<u64> = (0..100).map_while(|_| room.book(1, NOW_S).ok()).collect();
    assert_eq!(times[..3], [NOW_S + 10, NOW_S + 15, NOW_S + 20]);
    assert_eq!(times.len(), 11);
    // The others don't wait for the lane's queue, but for what it took of the room.
    assert_eq!(room.book(2, NOW_S).unwrap(), NOW_S + 21);
}

#[test]
fn a_clock_that_was_ahead_leaves_no_queue() {
    let room = WaitingRoom::new(RULES).unwrap();
    room.book(1, NOW_S + 1_000_000).unwrap();
    assert_eq!(room.book(1, NOW_S).unwrap(), NOW_S + 10);
}

#[test]
fn rules_that_let_nobody_in_are_refused() {
    for rules in [
        RoomRules {
            passes_a_minute: 0,
            ..RULES
        },
        RoomRules {
            wait_min_s: 61,
            ..RULES
        },
        RoomRules {
            wait_max_s: 3601,
            ..RULES
        },
    ] {
        assert!(WaitingRoom::new(rules).is_err(), "{rules:?}");
    }
}
