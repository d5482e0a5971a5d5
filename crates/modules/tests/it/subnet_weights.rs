//! Committing to weights and showing them: who may, when, and what is refused.

use lilliput_crypto::Digest;
use lilliput_types::List;
use lilliput_types::subnet::{Commit, Phase, Reveal, SubnetMessage};

use crate::subnet_field::{COIN, Field, PHASE_MS, settings};

#[test]
fn weights_need_stake_of_an_earlier_epoch_a_phase_and_are_committed_to_once() {
    let mut field = Field::open(settings());
    for number in [1, 2, 3] {
        field.register(number).unwrap();
    }
    let commit = SubnetMessage::Commit(Commit {
        subnet: field.id,
        weights: Digest([9; 32]),
    });
    assert_eq!(
        field.act(4, commit.clone()).unwrap_err(),
        "subnet.not_member"
    );
    field.stake(1, 1, 100 * COIN).unwrap();
    assert_eq!(
        field.act(1, commit.clone()).unwrap_err(),
        "subnet.no_permit"
    );
    // Enough to exist, too little for a part in 64.
    field.stake(2, 2, COIN).unwrap();
    field.pass_epoch();
    assert_eq!(
        field.act(2, commit.clone()).unwrap_err(),
        "subnet.no_permit"
    );
    field.act(1, commit.clone()).unwrap();
    assert_eq!(
        field.act(1, commit.clone()).unwrap_err(),
        "subnet.committed"
    );
    field.pass_to(Phase::Reveal);
    assert_eq!(field.act(1, commit).unwrap_err(), "subnet.phase");
}

#[test]
fn what_comes_at_or_after_the_deadline_is_late() {
    let mut field = Field::ready();
    let (first, second) = (field.round(1, &[(3, 4)]), field.round(2, &[(3, 4)]));
    // Time passes without a block: the phase is over before a block's end has ended it.
    field.world.time.0 += PHASE_MS;
    assert_eq!(field.commit(1, &first).unwrap_err(), "subnet.late");
    assert_eq!(field.subnet().phase, Phase::Reveal);
    field.pass_epoch();
    let first = {
        assert_ne!(first, field.round(1, &[(3, 4)]));
        field.round(1, &[(3, 4)])
    };
    field.commit(1, &first).unwrap();
    field.pass_phase();
    assert_eq!(
        field.reveal(2, &second).unwrap_err(),
        "subnet.not_committed"
    );
    field.world.time.0 += PHASE_MS;
    assert_eq!(field.reveal(1, &first).unwrap_err(), "subnet.late");
    let epoch = field.subnet().epoch;
    field.pass_epoch();
    let replay = field.replay(epoch).unwrap();
    assert!(replay.input.seats[0].weights.is_empty());
    assert_eq!(replay.payouts[0].dividend.0, 0);
}

#[test]
fn only_what_was_committed_to_can_be_shown_and_only_once() {
    let mut field = Field::ready();
    let mut round = field.round(1, &[(3, 4), (4, 2)]);
    field.commit(1, &round).unwrap();
    assert_eq!(field.reveal(1, &round).unwrap_err(), "subnet.phase");
    field.pass_phase();
    for change in 0..4 {
        let mut changed = round.clone();
        match change {
            0 => changed.opening.salt = Digest([0; 32]),
            1 => changed.opening.seed = Digest([0; 32]),
            2 => changed.opening.transcript = Digest([0; 32]),
            _ => changed.opening.row = List::new(vec![(2, 65_535), (3, 32_768)]).unwrap(),
        }
        assert_eq!(field.reveal(1, &changed).unwrap_err(), "subnet.reveal");
    }
    field.reveal(1, &round).unwrap();
    assert_eq!(field.reveal(1, &round).unwrap_err(), "subnet.revealed");
    round.opening.uid = 1;
    assert_eq!(field.reveal(2, &round).unwrap_err(), "subnet.not_committed");
}

#[test]
fn another_validators_commitment_is_worth_nothing_to_a_copier() {
    let mut field = Field::ready();
    let round = field.round(1, &[(3, 4), (4, 2)]);
    field.commit(1, &round).unwrap();
    field.commit(2, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    assert_eq!(field.reveal(2, &round).unwrap_err(), "subnet.reveal");
}

#[test]
fn rows_have_one_form() {
    let mut field = Field::ready();
    let rows: [&[(u16, u16)]; 6] = [
        &[],
        &[(3, 5), (2, 5)],
        &[(2, 5), (2, 6)],
        &[(0, 5), (2, 5)],
        &[(2, 5), (4, 5)],
        &[(2, 5), (3, 0)],
    ];
    let mut round = field.round(1, &[(3, 4)]);
    round.opening.row = List::new(rows[1].to_vec()).unwrap();
    field.commit(1, &round).unwrap();
    field.pass_phase();
    for row in rows {
        let reveal = SubnetMessage::Reveal(Reveal {
            row: List::new(row.to_vec()).unwrap(),
            ..round.reveal()
        });
        assert_eq!(field.act(1, reveal).unwrap_err(), "subnet.row", "{row:?}");
    }
}

#[test]
fn weights_for_a_uid_of_the_same_epoch_are_left_out() {
    let mut field = Field::open(settings());
    for number in [1, 2, 3] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 100 * COIN).unwrap();
    field.pass_epoch();
    field.register(4).unwrap();
    let epoch = field.subnet().epoch;
    field.epoch(&[(1, &[(3, 4), (4, 4)])]);
    let seats = field.replay(epoch).unwrap().input.seats;
    assert_eq!(seats[0].weights.to_vec(), [(2, 65_535)]);
    field.epoch(&[(1, &[(3, 4), (4, 4)])]);
    let seats = field.replay(epoch.next()).unwrap().input.seats;
    assert_eq!(seats[0].weights.to_vec(), [(2, 65_535), (3, 65_535)]);
}
