//! A full subnet: challenges, notice, matching, eviction, and that a successor inherits nothing.

use lilliput_types::subnet::{
    Match, Phase, Set, SetEndpoint, Settings, Stake, SubnetEvent, SubnetMessage,
};
use lilliput_types::{Amount, Registration, SubnetEpoch, Text};

use crate::subnet_field::{COIN, Field, OWNER, settings};
use crate::world::address;

/// A full subnet of four: validators 1 and 2, miner 3 good, miner 4 bad.
fn full() -> Field {
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
    field
}

fn score(field: &mut Field) {
    field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
}

#[test]
fn nobody_is_challenged_before_two_epochs_were_scored() {
    let mut field = full();
    field.fund(9, 20);
    // Registered in epoch 0, so that epochs 1 and 2 have to settle first.
    for epoch in [1, 2] {
        assert_eq!(field.subnet().epoch, SubnetEpoch(epoch));
        assert_eq!(field.register(9).unwrap_err(), "subnet.full");
        score(&mut field);
    }
    assert_eq!(field.subnet().epoch, SubnetEpoch(3));
    field.register(9).unwrap();
}

#[test]
fn the_lowest_earner_has_an_epoch_to_match_and_then_goes_with_all_it_had() {
    let mut field = full();
    score(&mut field);
    score(&mut field);
    field.fund(9, 20);
    let (evicted, member) = (field.registration(4), field.member(4).unwrap());
    field.register(9).unwrap();
    assert_eq!(field.register(9).unwrap_err(), "subnet.registered");
    assert!(
        field
            .events()
            .any(|event| matches!(event, SubnetEvent::Challenged {
        uid: 3, registration, match_until: SubnetEpoch(4), ..
    } if *registration == evicted))
    );
    field.stake(4, 4, COIN).unwrap();
    score(&mut field);
    assert_eq!(field.member(4).unwrap().registration, evicted);
    score(&mut field);
    assert!(field.member(4).is_none());
    let successor = field.member(9).unwrap();
    assert_eq!(successor.uid, member.uid);
    assert_eq!(successor.registration, Registration(5));
    assert_eq!((successor.earned.0, successor.earned_total.0), (0, 0));
    assert_eq!(field.pool(Registration(5)).amount.0, 0);
    // Nobody's bonds name the uid, and its own are gone.
    let epoch = field.subnet().epoch;
    field.pass_epoch();
    let seats = field.replay(epoch).unwrap().input.seats;
    assert!(
        seats
            .iter()
            .all(|seat| seat.bonds.iter().all(|bond| bond.0 != 3))
    );
    assert!(seats[0].bonds.iter().any(|bond| bond.0 == 2));
    assert!(seats[3].bonds.is_empty());
    let more = SubnetMessage::Stake(Stake {
        subnet: field.id,
        registration: evicted,
        amount: Amount(COIN),
    });
    assert_eq!(field.act(4, more).unwrap_err(), "subnet.registration_ended");
    // What was staked behind the predecessor is free at once.
    assert_eq!(field.holding(4, evicted).worth.0, COIN);
    let before = field.world.held(address(4), "LIL");
    field.unstake(4, evicted, None).unwrap();
    assert_eq!(field.world.held(address(4), "LIL"), before + COIN - 1_100);
    assert!(field.holding(4, evicted).worth.0 <= 1);
}

#[test]
fn who_matches_stays_and_the_challenger_is_refunded() {
    let mut field = full();
    score(&mut field);
    score(&mut field);
    field.fund(9, 20);
    let before = field.world.held(address(9), "LIL");
    field.register(9).unwrap();
    let price = before - 1_100 - field.world.held(address(9), "LIL");
    let answer = |price_max| {
        SubnetMessage::Match(Match {
            subnet: field.id,
            price_max: Amount(price_max),
        })
    };
    let (small, enough) = (answer(price - 1), answer(price));
    assert_eq!(
        field.act(3, enough.clone()).unwrap_err(),
        "subnet.not_challenged"
    );
    assert_eq!(field.act(4, small).unwrap_err(), "subnet.price");
    field.act(4, enough).unwrap();
    assert_eq!(field.world.held(address(9), "LIL"), before - 1_100);
    assert_eq!(field.member(4).unwrap().immune_until, SubnetEpoch(6));
    score(&mut field);
    score(&mut field);
    assert!(field.member(4).is_some());
    // The next challenge is for somebody else.
    field.register(9).unwrap();
    assert!(field.subnet().challenges.iter().all(|one| one.uid != 3));
}

#[test]
fn challenges_go_to_different_members_and_end_when_there_are_no_more() {
    let mut field = full();
    score(&mut field);
    score(&mut field);
    for number in 10..14 {
        field.fund(number, 5);
        field.register(number).unwrap();
    }
    let challenged: Vec<u16> = field
        .subnet()
        .challenges
        .iter()
        .map(|one| one.uid)
        .collect();
    assert_eq!(challenged.len(), 4);
    assert_eq!(challenged[0], 3, "the lowest earner first");
    field.fund(14, 5);
    assert_eq!(field.register(14).unwrap_err(), "subnet.full");
}

#[test]
fn weights_given_before_an_eviction_are_not_the_successors() {
    let mut field = full();
    score(&mut field);
    score(&mut field);
    field.fund(9, 20);
    field.register(9).unwrap();
    score(&mut field);
    score(&mut field);
    // A sniper's uid has no pay from rows of the epoch before.
    let epoch = field.subnet().epoch;
    assert_eq!(field.subnet().phase, Phase::Commit);
    field.pass_epoch();
    let payouts = field.replay(epoch).unwrap().payouts;
    assert_eq!(payouts[3].registration, Registration(5));
    assert_eq!((payouts[3].incentive.0, payouts[3].dividend.0), (0, 0));
    assert!(field.world.held(address(OWNER), "LIL") > 0);
}

#[test]
fn a_limit_never_falls_below_the_uids_there_are() {
    let mut field = Field::open(settings());
    for number in [1, 2] {
        field.register(number).unwrap();
    }
    let set = SubnetMessage::Set(Set {
        subnet: field.id,
        settings: Settings {
            uids_max: 2,
            ..settings()
        },
    });
    field.act(OWNER, set).unwrap();
    // The old limit holds until the epoch has settled.
    field.register(3).unwrap();
    field.pass_epoch();
    assert_eq!(field.subnet().settings.uids_max, 3);
    assert_eq!(field.register(4).unwrap_err(), "subnet.full");
}

#[test]
fn endpoints_change_for_members_alone() {
    let mut field = full();
    let message = SubnetMessage::SetEndpoint(SetEndpoint {
        subnet: field.id,
        endpoint: Text::new("http://127.0.0.1:9001").unwrap(),
    });
    assert_eq!(
        field.act(OWNER, message.clone()).unwrap_err(),
        "subnet.not_member"
    );
    field.act(3, message).unwrap();
    let member = field.member(3).unwrap();
    assert_eq!(member.endpoint.as_str(), "http://127.0.0.1:9001");
}
