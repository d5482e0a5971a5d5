//! What holds of the default rule for all inputs.

use lilliput_incentives::epoch::{
    BondSpeed, EpochOutcome, EpochRule, Evidence, Participant, explain, run_epoch,
};
use proptest::prelude::*;

const EMISSION: u64 = 1_000_000_007;

fn rows<T: std::fmt::Debug + Copy>(
    uids: u16,
    value: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Vec<(u16, T)>> {
    proptest::collection::btree_map(0..uids, value, 0..=usize::from(uids))
        .prop_map(|row| row.into_iter().collect())
}

fn participants() -> impl Strategy<Value = Vec<Participant>> {
    (2_u16..12).prop_flat_map(|uids| {
        let one = (
            prop_oneof![Just(0), 1_u64..1_000, 1_u64..1 << 50],
            (0_u8..12, prop_oneof![4 => Just(0_u8), 1 => Just(1)]),
            rows(uids, 1_u16..),
            rows(uids, 1_u32..),
        );
        proptest::collection::vec(one, usize::from(uids)).prop_map(|all| {
            (0..)
                .zip(all)
                .map(|(uid, (stake, (passed, failed), mut weights, bonds))| {
                    weights.retain(|cell: &(u16, u16)| cell.0 != uid);
                    Participant {
                        stake,
                        evidence: Evidence { passed, failed },
                        weights,
                        bonds,
                    }
                })
                .collect()
        })
    })
}

fn rules() -> impl Strategy<Value = EpochRule> {
    let speed = prop_oneof![
        any::<u16>().prop_map(BondSpeed::Fixed),
        (any::<u16>(), any::<u16>()).prop_map(|(one, other)| BondSpeed::Liquid {
            low: one.min(other),
            high: one.max(other),
        }),
    ];
    let burn = prop_oneof![Just(None), (0_u16..4).prop_map(Some)];
    let validators_max = 1_u16..100;
    (speed, burn, validators_max, 0_u8..10, any::<[u16; 4]>()).prop_map(
        |(bond_speed, burn_uid, validators_max, audits_required, parts)| EpochRule {
            validators_max,
            stake_min: 0,
            majority: parts[0],
            audits_required,
            excess_penalty: parts[1],
            bond_speed,
            owner_part: parts[2],
            validators_part: parts[3],
            burn_uid,
        },
    )
}

fn run(participants: &[Participant], rule: &EpochRule) -> EpochOutcome {
    run_epoch(participants, rule, EMISSION).expect("generated inputs are valid")
}

fn renamed<T: Copy>(row: &[(u16, T)], names: &[u16]) -> Vec<(u16, T)> {
    let mut row: Vec<(u16, T)> = row
        .iter()
        .map(|&(uid, value)| (names[usize::from(uid)], value))
        .collect();
    row.sort_unstable_by_key(|cell| cell.0);
    row
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(7), cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn what_is_paid_burned_and_carried_sums_to_the_emission(
        all in participants(),
        rule in rules(),
    ) {
        let outcome = run(&all, &rule);
        let paid: u64 = outcome.incentives.iter().chain(&outcome.dividends).sum();
        prop_assert_eq!(paid + outcome.owner + outcome.burned + outcome.carried, EMISSION);
    }

    #[test]
    fn renumbering_the_uids_renumbers_the_payouts(
        all in participants(),
        rule in rules(),
        turn in 0_usize..12,
    ) {
        let count = all.len();
        let names: Vec<u16> = (0..count).map(|uid| ((uid * 5 + turn) % count) as u16).collect();
        prop_assume!(count % 5 != 0);
        let mut other = vec![Participant::default(); count];
        for (one, &name) in all.iter().zip(&names) {
            other[usize::from(name)] = Participant {
                weights: renamed(&one.weights, &names),
                bonds: renamed(&one.bonds, &names),
                ..one.clone()
            };
        }
        let mut other_rule = rule.clone();
        other_rule.burn_uid = rule
            .burn_uid
            .map(|uid| names.get(usize::from(uid)).copied().unwrap_or(uid));
        let (before, after) = (run(&all, &rule), run(&other, &other_rule));
        for (uid, &name) in names.iter().enumerate() {
            let name = usize::from(name);
            prop_assert_eq!(before.incentives[uid], after.incentives[name]);
            prop_assert_eq!(before.dividends[uid], after.dividends[name]);
            prop_assert_eq!(&renamed(&before.bonds[uid], &names), &after.bonds[name]);
        }
    }

    #[test]
    fn a_stake_split_over_two_uids_gains_nothing(
        all in participants(),
        rule in rules(),
        who in 0_usize..12,
        percent in 0_u64..=100,
    ) {
        let who = who % all.len();
        let mut split = all.clone();
        let mut second = all[who].clone();
        second.stake = all[who].stake / 100 * percent;
        split[who].stake -= second.stake;
        // The second account gets even the bonds that a new uid wouldn't have.
        split.push(second);
        let (before, after) = (run(&all, &rule), run(&split, &rule));
        let gained = after.dividends[who] + after.dividends[all.len()];
        let kept_permits = after.permits[who] && after.permits[all.len()];
        if kept_permits {
            prop_assert!(gained <= before.dividends[who], "{} {}", before.dividends[who], gained);
        }
        prop_assert!(!after.permits[who] || before.permits[who]);
    }

    #[test]
    fn one_more_passed_audit_never_lowers_a_dividend(
        all in participants(),
        rule in rules(),
        who in 0_usize..12,
    ) {
        let who = who % all.len();
        let mut better = all.clone();
        better[who].evidence.passed += 1;
        prop_assert!(run(&better, &rule).dividends[who] >= run(&all, &rule).dividends[who]);
    }

    #[test]
    fn an_explanation_ends_in_the_payout(all in participants(), rule in rules()) {
        let outcome = run(&all, &rule);
        for uid in 0..all.len() {
            let why = explain(&all, &rule, EMISSION, uid as u16).unwrap().unwrap();
            prop_assert_eq!(why.incentive, outcome.incentives[uid]);
            prop_assert_eq!(why.dividend, outcome.dividends[uid]);
            let support: u128 = why
                .supporters
                .iter()
                .map(|line| u128::from(line.stake) * u128::from(line.counted))
                .sum();
            prop_assert_eq!(support, why.gathered);
        }
    }
}
