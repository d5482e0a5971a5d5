//! Stake: joining, leaving, delegation, slashing, and the largest amounts.

use lilliput_crypto::Digest;
use lilliput_modules::Genesis;
use lilliput_types::subnet::{Collect, SetTake, SlashReason, Stake, SubnetEvent, SubnetMessage};
use lilliput_types::{Address, Amount, Registration, SubnetEpoch};

use crate::subnet_field::{COIN, Field, settings};
use crate::world::{World, address, secret};

fn collect(field: &Field, registration: Registration) -> SubnetMessage {
    SubnetMessage::Collect(Collect {
        subnet: field.id,
        registration,
    })
}

#[test]
fn stake_counts_from_the_next_epoch_on() {
    let mut field = Field::open(settings());
    field.register(1).unwrap();
    let registration = field.registration(1);
    assert_eq!(
        field.stake(1, 1, COIN / 10 - 1).unwrap_err(),
        "subnet.stake_small"
    );
    field.stake(1, 1, 5 * COIN).unwrap();
    field.stake(1, 1, 5 * COIN).unwrap();
    assert_eq!(field.pool(registration).amount.0, 0);
    assert_eq!(field.holding(1, registration).joining.0, 10 * COIN);
    assert_eq!(
        field.unstake(1, registration, Some(COIN)).unwrap_err(),
        "subnet.stake_missing"
    );
    field.pass_epoch();
    assert_eq!(field.pool(registration).amount.0, 10 * COIN);
    assert_eq!(field.holding(1, registration).worth.0, 10 * COIN);
    assert_eq!(field.subnet().stake.0, 10 * COIN);
}

#[test]
fn stake_leaves_with_the_epoch_and_is_paid_out_later() {
    let mut field = Field::ready();
    let registration = field.registration(1);
    assert_eq!(
        field
            .unstake(1, registration, Some(101 * COIN))
            .unwrap_err(),
        "subnet.stake_missing"
    );
    field.unstake(1, registration, Some(30 * COIN)).unwrap();
    field.unstake(1, registration, Some(10 * COIN)).unwrap();
    assert_eq!(field.pool(registration).amount.0, 100 * COIN);
    let message = collect(&field, registration);
    assert_eq!(
        field.act(1, message.clone()).unwrap_err(),
        "subnet.nothing_left"
    );
    field.pass_epoch();
    assert_eq!(field.pool(registration).amount.0, 60 * COIN);
    assert_eq!(
        field.act(1, message.clone()).unwrap_err(),
        "subnet.unbonding"
    );
    field.world.wait(3_600_000);
    let before = field.world.held(address(1), "LIL");
    field.act(1, message.clone()).unwrap();
    assert_eq!(
        field.world.held(address(1), "LIL"),
        before + 40 * COIN - 1_100
    );
    assert_eq!(field.act(1, message).unwrap_err(), "subnet.nothing_left");
}

#[test]
fn delegates_share_dividends_but_for_the_take_and_newcomers_have_no_part() {
    let mut field = Field::ready();
    let registration = field.registration(1);
    let message = |take| {
        SubnetMessage::SetTake(SetTake {
            subnet: field.id,
            take,
        })
    };
    let (high, quarter) = (message(32_769), message(16_384));
    assert_eq!(field.act(1, high).unwrap_err(), "subnet.take");
    field.act(1, quarter).unwrap();
    field.stake(3, 1, 300 * COIN).unwrap();
    field.pass_epoch();
    // Joins in the epoch that is paid, and must get nothing of it.
    field.stake(4, 1, 100 * COIN).unwrap();
    let liquid = field.world.held(address(1), "LIL");
    field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
    let payout = field.replay(SubnetEpoch(2)).unwrap().payouts[0];
    let dividend = payout.dividend.0;
    assert!(dividend > 0);
    assert_eq!(payout.take.0, dividend * 3 / 4 / 4);
    let fees: u128 = liquid + payout.take.0 - field.world.held(address(1), "LIL");
    assert!(
        fees < COIN / 10,
        "the take is paid in money, less fees: {fees}"
    );
    let rest = dividend - payout.take.0;
    assert_eq!(field.pool(registration).amount.0, 500 * COIN + rest);
    let near = |worth: u128, exact: u128| worth <= exact && exact - worth <= 1;
    assert!(near(
        field.holding(1, registration).worth.0,
        100 * COIN + rest / 4
    ));
    assert!(near(
        field.holding(3, registration).worth.0,
        300 * COIN + rest * 3 / 4
    ));
    assert!(near(field.holding(4, registration).worth.0, 100 * COIN));
}

#[test]
fn a_slash_burns_own_and_delegated_stake_pro_rata() {
    let mut field = Field::ready();
    let registration = field.registration(1);
    field.stake(3, 1, 300 * COIN).unwrap();
    field.pass_epoch();
    field.unstake(3, registration, Some(150 * COIN)).unwrap();
    let round = field.round(1, &[(3, 4)]);
    field.commit(1, &round).unwrap();
    field.pass_epoch();
    let loss = (400 * COIN * 655) >> 16;
    let slashed = SubnetEvent::Slashed {
        subnet: field.id,
        uid: 0,
        registration,
        reason: SlashReason::Silent,
        amount: Amount(loss),
    };
    assert!(field.events().any(|event| *event == slashed));
    let near = |worth: u128, exact: u128| worth <= exact && exact - worth <= 2;
    let kept = 400 * COIN - loss;
    assert!(near(field.holding(1, registration).worth.0, kept / 4));
    // What was leaving was slashed with the rest.
    let delegate = field.holding(3, registration);
    assert!(near(delegate.worth.0, kept * 3 / 8));
    assert!(near(delegate.position.unbonding.0, kept * 3 / 8));
}

#[test]
fn pools_take_no_more_stake_once_slashed_to_almost_nothing() {
    let mut genesis = crate::world::genesis();
    genesis.params.subnets.slash_silent = 1 << 15;
    let mut field = Field::open_in(World::of(genesis), settings());
    for number in [1, 3] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 500 * COIN).unwrap();
    field.pass_epoch();
    let mut refused = None;
    for _ in 0..24 {
        if let Err(code) = field.stake(1, 1, 10 * COIN) {
            refused = Some(code);
            break;
        }
        let round = field.round(1, &[(3, 4)]);
        field.commit(1, &round).unwrap();
        field.pass_epoch();
    }
    assert_eq!(refused.as_deref(), Some("subnet.pool_worn"));
    let registration = field.registration(1);
    field.unstake(1, registration, None).unwrap();
    field.pass_epoch();
}

#[test]
fn the_largest_stakes_neither_wrap_nor_exceed_the_bound() {
    let accounts: Vec<Address> = (0..5).map(address).collect();
    let validator = secret(200).public_key();
    let much = Amount(1 << 62);
    let genesis = Genesis::play(Digest([1; 32]), validator, &accounts, much).unwrap();
    let mut field = Field::open_in(World::of(genesis), settings());
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, (1 << 61) + 7).unwrap();
    field.stake(2, 2, (1 << 61) - 7).unwrap();
    assert_eq!(field.stake(3, 1, COIN).unwrap_err(), "subnet.stake_large");
    let over = SubnetMessage::Stake(Stake {
        subnet: field.id,
        registration: field.registration(1),
        amount: Amount(u128::MAX),
    });
    assert!(field.act(3, over).is_err());
    field.pass_epoch();
    for _ in 0..3 {
        field.epoch(&[(1, &[(3, 4), (4, 2)]), (2, &[(3, 4), (4, 2)])]);
    }
    let paid = field.replay(SubnetEpoch(3)).unwrap().payouts[0].dividend.0;
    assert!(paid > 0);
    let round = field.round(1, &[(3, 4)]);
    field.commit(1, &round).unwrap();
    field.pass_epoch();
    let registration = field.registration(1);
    field.unstake(1, registration, None).unwrap();
    field.pass_epoch();
    // An index has 32 fraction bits: each epoch rounds away less than so small a part.
    assert!(field.pool(registration).amount.0 <= 5 * ((1 << 61) >> 32));
}
