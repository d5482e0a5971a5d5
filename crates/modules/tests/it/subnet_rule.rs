//! Rule `subtensor-425` on the ledger: its bounds, when it begins, and that it is the arithmetic of the crate, replayed.

use lilliput_crypto::Digest;
use lilliput_incentives::subtensor::{self, upscaled};
use lilliput_modules::Genesis;
use lilliput_modules::subnet::query::Replay;
use lilliput_modules::subnet::replay;
use lilliput_types::subnet::{Rule, Set, Settings, SubnetMessage, SubtensorRule};
use lilliput_types::{Address, Amount, SubnetEpoch};

use crate::subnet_field::{COIN, Field, OWNER, settings};
use crate::world::{World, address, secret};

const VOTES: &[(u8, &[(u8, u8)])] = &[(1, &[(3, 4), (4, 2)]), (2, &[(3, 3), (4, 4)])];

fn rule(change: fn(&mut SubtensorRule)) -> Rule {
    let mut rule = SubtensorRule::standard();
    change(&mut rule);
    Rule::Subtensor425(rule)
}

/// Two validators and two miners under the rule, in its first epoch.
fn ready(rule: Rule, settings: Settings) -> Field {
    let mut field = Field::open(settings);
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, 100 * COIN).unwrap();
    field.stake(2, 2, 60 * COIN).unwrap();
    field.pass_epoch();
    field.set_rule(OWNER, rule).unwrap();
    field.epoch(VOTES);
    field
}

/// That the epoch paid what the crate's rule makes of exactly these inputs.
fn check(field: &Field, epoch: SubnetEpoch) -> (Replay, subtensor::EpochOutput) {
    let found = field.replay(epoch).unwrap();
    let Rule::Subtensor425(rule) = found.record.rule else {
        panic!("another rule");
    };
    assert_eq!(found.input.digest(), found.record.input);
    let input = replay::subtensor_input(&found.input, &rule).unwrap();
    let output = subtensor::run_epoch(&input).unwrap();
    let mut sum = found.record.owner.0 + found.record.burned.0 + found.record.carried.0;
    for payout in &found.payouts {
        let at = usize::from(payout.uid);
        let burns = found.input.settings.burn_uid == Some(payout.uid);
        let incentive = if burns { 0 } else { output.server_emission[at] };
        assert_eq!(payout.incentive.0, u128::from(incentive));
        assert_eq!(payout.dividend.0, u128::from(output.validator_emission[at]));
        let why = replay::explanation(&found.input, payout.uid)
            .unwrap()
            .unwrap();
        assert_eq!(why.earned(), (incentive, output.validator_emission[at]));
        sum += payout.incentive.0 + payout.dividend.0;
    }
    assert_eq!(sum, found.record.emission.0);
    (found, output)
}

#[test]
fn every_variant_pays_what_the_crates_rule_computes() {
    let variants = [
        rule(|_| {}),
        rule(|one| one.liquid_alpha = false),
        rule(|one| one.yuma3 = false),
        rule(|one| (one.kappa, one.bonds_penalty) = (40_000, 20_000)),
    ];
    let mut paid = Vec::new();
    for variant in variants {
        let mut field = ready(variant, settings());
        for _ in 0..3 {
            let epoch = field.subnet().epoch;
            field.epoch(VOTES);
            let (found, output) = check(&field, epoch);
            assert!(output.incentive[2] > 0 && output.dividends[0] > 0);
            let last: Vec<u128> = found.payouts.iter().map(|one| one.dividend.0).collect();
            paid.push(last);
        }
    }
    paid.sort_unstable();
    paid.dedup();
    assert!(paid.len() > 6, "the variants pay differently: {paid:?}");
}

#[test]
fn the_rule_begins_with_the_next_epoch_and_bonds_begin_anew() {
    let mut field = Field::ready();
    field.epoch(VOTES);
    let epoch = field.subnet().epoch;
    assert_eq!(
        field.set_rule(1, rule(|_| {})).unwrap_err(),
        "subnet.not_owner"
    );
    field.set_rule(OWNER, rule(|_| {})).unwrap();
    assert_eq!(field.subnet().rule, Rule::Evidence1);
    field.epoch(VOTES);
    let before = field.replay(epoch).unwrap();
    assert_eq!(before.record.rule, Rule::Evidence1);
    assert!(before.input.seats.iter().any(|seat| !seat.bonds.is_empty()));
    field.epoch(VOTES);
    let (first, output) = check(&field, epoch.next());
    assert!(first.input.seats.iter().all(|seat| seat.bonds.is_empty()));
    // Permits are those of the epoch before, by the other rule.
    assert_eq!(output.new_validator_permit, [true, true, false, false]);
    let permits: Vec<bool> = first.input.seats.iter().map(|seat| seat.permit).collect();
    assert_eq!(permits, output.new_validator_permit);
    // And back.
    field.set_rule(OWNER, Rule::Evidence1).unwrap();
    field.epoch(VOTES);
    let epoch = field.subnet().epoch;
    field.pass_epoch();
    let back = field.replay(epoch).unwrap();
    assert_eq!(back.record.rule, Rule::Evidence1);
    assert!(
        back.input
            .seats
            .iter()
            .all(|seat| seat.bonds.is_empty() && seat.weights.is_empty())
    );
}

#[test]
fn weights_stand_until_others_are_shown_or_activity_ends() {
    let mut field = ready(rule(|one| one.activity_epochs = 2), settings());
    let shown = field.subnet().epoch;
    field.epoch(VOTES);
    for ago in 1..=3_u64 {
        let epoch = field.subnet().epoch;
        field.pass_epoch();
        let (found, output) = check(&field, epoch);
        let seat = &found.input.seats[0];
        assert_eq!(seat.updated, shown);
        assert_eq!(seat.weights.to_vec(), upscaled(&[(2, 65_535), (3, 32_767)]));
        assert_eq!(output.active[0], ago <= 2);
        // Upstream's quirk: once nobody is active, all goes by stake.
        assert_eq!(output.server_emission[2] > 0, ago <= 2);
        assert!(output.validator_emission[0] > 0);
    }
}

#[test]
fn a_row_whose_audit_failed_is_not_taken_over() {
    let mut field = ready(rule(|_| {}), settings());
    let shown = field.subnet().epoch;
    field.epoch(VOTES);
    let epoch = field.subnet().epoch;
    let round = field.round(1, &[(3, 1), (4, 4)]);
    field.commit(1, &round).unwrap();
    field.pass_phase();
    field.reveal(1, &round).unwrap();
    field.pass_epoch();
    let (found, _) = check(&field, epoch);
    assert!(found.input.seats[0].failed > 0);
    assert_eq!(found.input.seats[0].updated, shown);
    assert!(field.pool(field.registration(1)).amount.0 < 110 * COIN);
}

#[test]
fn without_a_permit_of_the_epoch_before_nobody_commits() {
    let mut field = ready(rule(|_| {}), settings());
    let set = SubnetMessage::Set(Set {
        subnet: field.id,
        settings: Settings {
            validators_max: 1,
            ..settings()
        },
    });
    field.act(OWNER, set).unwrap();
    field.epoch(VOTES);
    // Both had a permit in the epoch before, and after the first one under the new limit the largest stake alone has it.
    field.epoch(VOTES);
    let round = field.round(2, &[(3, 4)]);
    assert_eq!(field.commit(2, &round).unwrap_err(), "subnet.no_permit");
    let round = field.round(1, &[(3, 4)]);
    field.commit(1, &round).unwrap();
}

#[test]
fn the_owner_may_weigh_itself_and_burned_miners_leave_validators_paid() {
    let mut field = ready(
        rule(|_| {}),
        Settings {
            burn_uid: Some(3),
            ..settings()
        },
    );
    // Account 0 owns the subnet; upstream gives it a permit without any stake.
    field.register(OWNER).unwrap();
    field.pass_epoch();
    let round = field.round(OWNER, &[(OWNER, 4), (3, 4)]);
    field.commit(OWNER, &round).unwrap();
    let other = field.round(1, &[(3, 4), (4, 4)]);
    field.commit(1, &other).unwrap();
    field.pass_phase();
    field.reveal(OWNER, &round).unwrap();
    field.reveal(1, &other).unwrap();
    field.pass_phase();
    field.audit(OWNER, &round).unwrap();
    field.audit(1, &other).unwrap();
    let epoch = field.subnet().epoch;
    field.pass_phase();
    let (found, output) = check(&field, epoch);
    assert_eq!(found.input.owner_uid, Some(4));
    assert!(output.new_validator_permit[4]);
    assert_eq!(found.record.burned.0, u128::from(output.server_emission[3]));
    assert!(found.record.burned.0 > 0 && found.payouts[0].dividend.0 > 0);
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let mut field = Field::open(settings());
    let wrong: [fn(&mut SubtensorRule); 5] = [
        |one| one.kappa = 0,
        |one| one.bonds_moving_average = 1_000_001,
        |one| one.alpha_low = one.alpha_high + 1,
        |one| one.activity_epochs = 0,
        |one| one.activity_epochs = 5_001,
    ];
    for change in wrong {
        assert_eq!(
            field.set_rule(OWNER, rule(change)).unwrap_err(),
            "subnet.rule"
        );
    }
    field.set_rule(OWNER, rule(|_| {})).unwrap();
}

#[test]
fn the_largest_stakes_do_not_stop_the_rule() {
    let accounts: Vec<Address> = (0..5).map(address).collect();
    let validator = secret(200).public_key();
    let genesis = Genesis::play(Digest([1; 32]), validator, &accounts, Amount(1 << 62)).unwrap();
    let mut field = Field::open_in(World::of(genesis), settings());
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    field.stake(1, 1, (1 << 61) + 7).unwrap();
    field.stake(2, 2, (1 << 61) - 7).unwrap();
    field.set_rule(OWNER, rule(|_| {})).unwrap();
    field.pass_epoch();
    field.pass_epoch();
    for _ in 0..3 {
        let epoch = field.subnet().epoch;
        field.epoch(VOTES);
        check(&field, epoch);
    }
}
