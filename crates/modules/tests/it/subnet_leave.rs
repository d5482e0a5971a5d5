//! Members that leave by themselves: notice, audits that still bite, stake back, nothing for the successor.

use lilliput_types::subnet::{Match, Phase, Settings, SlashReason, SubnetEvent, SubnetMessage};
use lilliput_types::{Amount, Registration, SubnetEpoch};

use crate::subnet_field::{COIN, Field, settings};
use crate::world::address;

const FEE: u128 = 1_100;

#[test]
fn who_leaves_before_the_reveal_goes_with_the_epoch_and_gets_its_stake_back() {
    let mut field = Field::ready();
    let registration = field.registration(1);
    field.stake(4, 1, 7 * COIN).unwrap();
    field.leave(1).unwrap();
    assert_eq!(field.leave(1).unwrap_err(), "subnet.leaving");
    assert_eq!(field.stake(4, 1, COIN).unwrap_err(), "subnet.leaving");
    field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
    assert!(field.member(1).is_none());
    assert!(
        field
            .events()
            .any(|event| matches!(event, SubnetEvent::Left { uid: 0, .. }))
    );
    // Its last epoch paid it like any other, and now its stake is free at once.
    let worth = field.holding(1, registration).worth.0;
    assert!(worth > 100 * COIN);
    for (who, least) in [(1, worth), (4, 7 * COIN)] {
        let before = field.world.held(address(who), "LIL");
        field.unstake(who, registration, None).unwrap();
        let got = field.world.held(address(who), "LIL") + FEE - before;
        // A rounding remainder at most.
        assert!(got == least || got + 1 == least, "{got} of {least}");
    }
    assert_eq!(
        field.subnet().stake.0,
        field.pool(field.registration(2)).amount.0
    );
    assert_eq!(field.leave(1).unwrap_err(), "subnet.not_member");
}

#[test]
fn who_leaves_after_the_commitment_stays_for_another_reveal() {
    for phase in [Phase::Reveal, Phase::Audit] {
        let mut field = Field::ready();
        field.pass_to(phase);
        let epoch = field.subnet().epoch;
        field.leave(1).unwrap();
        assert_eq!(field.member(1).unwrap().leaves_after, Some(epoch.next()));
        field.pass_epoch();
        assert!(field.member(1).is_some());
        field.pass_epoch();
        assert!(field.member(1).is_none());
    }
}

#[test]
fn a_leaver_that_stays_silent_or_fails_its_audit_is_slashed_before_it_goes() {
    for (reveals, reason) in [
        (false, SlashReason::Silent),
        (true, SlashReason::AuditFailed),
    ] {
        let mut field = Field::ready();
        let registration = field.registration(1);
        let round = field.round(1, &[(3, 4), (4, 2)]);
        field.commit(1, &round).unwrap();
        field.leave(1).unwrap();
        field.pass_phase();
        if reveals {
            field.reveal(1, &round).unwrap();
        }
        field.pass_epoch();
        assert!(field.member(1).is_none());
        assert!(field.events().any(|event| matches!(event,
            SubnetEvent::Slashed { uid: 0, reason: why, amount, .. }
                if *why == reason && amount.0 > 0)));
        assert!(field.holding(1, registration).worth.0 < 100 * COIN);
    }
}

#[test]
fn the_next_holder_of_the_uid_inherits_nothing() {
    let mut field = Field::ready();
    let votes: &[(u8, &[(u8, u8)])] = &[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])];
    field.epoch(votes);
    field.leave(3).unwrap();
    field.epoch(votes);
    assert!(field.member(3).is_none());
    let subnet = field.subnet();
    assert_eq!((subnet.uids, subnet.members()), (4, 3));
    assert_eq!(subnet.vacant.to_vec(), [2]);
    // A row that names the vacant uid is refused.
    let round = field.round(1, &[(4, 2)]);
    field.commit(1, &round).unwrap();
    field.fund(9, 20);
    field.register(9).unwrap();
    let successor = field.member(9).unwrap();
    assert_eq!(
        (successor.uid, successor.registration),
        (2, Registration(5))
    );
    assert_eq!((successor.earned.0, successor.earned_total.0), (0, 0));
    assert!(field.subnet().vacant.is_empty());
    let epoch = field.subnet().epoch;
    field.pass_epoch();
    let replay = field.replay(epoch).unwrap();
    let bonds = |uid: u16| {
        replay
            .input
            .seats
            .iter()
            .any(|seat| seat.bonds.iter().any(|one| one.0 == uid))
    };
    assert!(!bonds(2) && bonds(3));
    assert_eq!(
        (
            replay.payouts[2].registration,
            replay.payouts[2].incentive.0
        ),
        (Registration(5), 0)
    );
}

#[test]
fn a_vacant_uid_takes_no_weight_and_its_epoch_is_replayed() {
    let mut field = Field::ready();
    let mut round = field.round(1, &[(3, 4), (4, 2)]);
    field.leave(3).unwrap();
    field.pass_epoch();
    // A row from before the departure, committed to in the epoch after it.
    round.opening.epoch = field.subnet().epoch;
    field.commit(1, &round).unwrap();
    field.pass_phase();
    assert_eq!(field.reveal(1, &round).unwrap_err(), "subnet.row");
    field.pass_epoch();
    field.epoch(&[(1, &[(4, 2)]), (2, &[(4, 2)])]);
    let epoch = SubnetEpoch(field.subnet().epoch.0 - 1);
    let replay = field.replay(epoch).unwrap();
    let uids: Vec<u16> = replay.payouts.iter().map(|one| one.uid).collect();
    assert_eq!(uids, [0, 1, 3]);
    let outcome = lilliput_modules::subnet::replay::outcome(&replay.input).unwrap();
    assert_eq!(
        replay.payouts[2].incentive.0,
        u128::from(outcome.incentives[3])
    );
    assert!(outcome.incentives[3] > 0 && outcome.incentives[2] == 0);
}

#[test]
fn the_last_uids_fall_away_and_a_place_in_a_full_subnet_is_free_again() {
    let mut field = Field::open(Settings {
        uids_max: 4,
        ..settings()
    });
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.fund(9, 20);
    assert_eq!(field.register(9).unwrap_err(), "subnet.full");
    for number in [2, 3] {
        field.leave(number).unwrap();
    }
    field.pass_epoch();
    assert_eq!(field.subnet().vacant.to_vec(), [1, 2]);
    field.leave(4).unwrap();
    field.pass_epoch();
    assert_eq!((field.subnet().uids, field.subnet().vacant.len()), (1, 0));
    field.register(9).unwrap();
    assert_eq!(field.member(9).unwrap().uid, 1);
}

#[test]
fn whoever_challenged_a_leaver_gets_the_place_when_it_goes() {
    let mut field = Field::open(Settings {
        uids_max: 4,
        ..settings()
    });
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    for number in [1, 2] {
        field.stake(number, number, 100 * COIN).unwrap();
    }
    field.pass_epoch();
    let votes: &[(u8, &[(u8, u8)])] = &[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])];
    field.epoch(votes);
    field.epoch(votes);
    field.fund(9, 20);
    field.register(9).unwrap();
    field.leave(4).unwrap();
    let matched = SubnetMessage::Match(Match {
        subnet: field.id,
        price_max: Amount(10 * COIN),
    });
    assert_eq!(field.act(4, matched).unwrap_err(), "subnet.leaving");
    field.epoch(votes);
    assert!(field.member(4).is_none());
    assert_eq!(field.member(9).unwrap().uid, 3);
    assert!(field.subnet().challenges.is_empty() && field.subnet().vacant.is_empty());
}
