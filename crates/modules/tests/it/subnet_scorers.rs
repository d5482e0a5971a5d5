//! Every scorer, chosen by an owner on the ledger: weights follow from answers, audits hold, the better miner earns more.

use lilliput_crypto::Digest;
use lilliput_modules::subnet::round::Round;
use lilliput_types::subnet::{
    Answered, Phase, Preference, Probe, Scorer, Settings, TranscriptEntry, Vote, Votes,
    votes_digest,
};
use lilliput_types::{AccountKey, List};

use crate::subnet_field::{COIN, Field, PROBES, settings, values};
use crate::world::secret;

/// What a probe asks, and what the good and the bad miner answer.
struct Task {
    scorer: Scorer,
    truth: Vec<i64>,
    good: Vec<i64>,
    bad: Vec<i64>,
}

fn task(scorer: Scorer, truth: &[i64], good: &[i64], bad: &[i64]) -> Task {
    Task {
        scorer,
        truth: truth.to_vec(),
        good: good.to_vec(),
        bad: bad.to_vec(),
    }
}

fn tasks() -> Vec<Task> {
    const ONE: i64 = 1 << 31;
    let targets: Vec<i64> = (0..10).map(|row| row * ONE / 10).collect();
    let order = |places: [i64; 10]| places.map(|place| place * 1_000).to_vec();
    let nearly = order([1, 0, 2, 3, 5, 4, 6, 7, 9, 8]);
    let loosely = order([4, 1, 0, 3, 9, 5, 2, 7, 6, 8]);
    // The meta model knows nothing of the lower half of the rows.
    let meta = order([2, 1, 4, 0, 3, 5, 6, 7, 8, 9]);
    let with_meta = [targets.clone(), meta].concat();
    let prices: Vec<i64> = (0..12).map(|day| 1_000_000 + 20_000 * day).collect();
    vec![
        task(Scorer::ExactMatch, &[7], &[7], &[8]),
        task(Scorer::Similarity, &[3, 4, 0], &[3, 4, 1], &[4, 0, 3]),
        task(Scorer::Correlation, &targets, &nearly, &loosely),
        task(
            Scorer::Contribution { full: u16::MAX },
            &with_meta,
            &nearly,
            &loosely,
        ),
        task(
            Scorer::Ensemble { scale: 100 },
            &[50],
            &[48, 50, 53],
            &[10, 90],
        ),
        task(Scorer::Votes, &[1], &[1], &[2]),
        task(
            Scorer::Trading {
                leverage_max: 1 << 17,
                drawdown_max: 6_554,
                challenge_days: 5,
                gain_full: 1 << 15,
            },
            &prices,
            &[1 << 16; 11],
            &[1 << 14; 11],
        ),
    ]
}

fn entry(field: &Field, miner: u8, task: &Task, answer: &[i64], votes: &Votes) -> TranscriptEntry {
    let context = field.answer_context(1, miner);
    let answered = (0..PROBES).map(|number| {
        let probe = Probe {
            input: Digest([number; 32]),
            truth: values(&task.truth),
            salt: Digest([number + 50; 32]),
        };
        let answer = values(answer);
        let signature = context.sign(&secret(miner), probe.id(), probe.input, &answer);
        Answered {
            probe,
            answer,
            signature,
        }
    });
    TranscriptEntry {
        uid: field.member(miner).unwrap().uid,
        registration: context.miner,
        key: AccountKey::from(&secret(miner)),
        answered: List::new(answered.collect()).unwrap(),
        votes: (!votes.is_empty()).then(|| votes_digest(votes)),
    }
}

#[test]
fn every_scorer_is_chosen_audited_and_paid_by() {
    for task in tasks() {
        let mut field = Field::open(Settings {
            scorer: task.scorer,
            ..settings()
        });
        for number in [1, 3, 4] {
            field.register(number).unwrap();
        }
        field.stake(1, 1, 100 * COIN).unwrap();
        field.pass_epoch();
        let vote = |preference| Vote {
            first: 0,
            second: 1,
            preference,
        };
        let votes: Vec<Vote> = match task.scorer {
            Scorer::Votes => [Preference::First, Preference::First, Preference::Second]
                .map(vote)
                .to_vec(),
            _ => Vec::new(),
        };
        let votes = List::new(votes).unwrap();
        let entries = vec![
            entry(&field, 3, &task, &task.good, &votes),
            entry(&field, 4, &task, &task.bad, &votes),
        ];
        let secrets = [Digest([1; 32]), Digest([2; 32])];
        let settings = field.subnet().settings;
        let round = Round::new(&settings, field.seat(1), entries, votes, secrets).unwrap();
        field.commit(1, &round).unwrap();
        field.pass_phase();
        field.reveal(1, &round).unwrap();
        field.pass_phase();
        field.audit(1, &round).unwrap();
        let epoch = field.subnet().epoch;
        field.pass_phase();
        let found = field.replay(epoch).unwrap();
        let (good, bad) = (found.payouts[1].incentive.0, found.payouts[2].incentive.0);
        assert!(
            good > bad && found.input.seats[0].failed == 0,
            "{:?}: {good}, {bad}",
            task.scorer
        );
        assert!(found.payouts[0].dividend.0 > 0, "{:?}", task.scorer);
    }
}

/// An epoch beside another subnet: one phase of one subnet ends in a block.
fn slow_epoch(field: &mut Field, votes: &[(u8, &[(u8, u8)])]) {
    field.pass_to(Phase::Commit);
    let rounds: Vec<(u8, Round)> = votes
        .iter()
        .map(|&(validator, found)| (validator, field.round(validator, found)))
        .collect();
    for (who, round) in &rounds {
        field.commit(*who, round).unwrap();
    }
    field.pass_to(Phase::Reveal);
    for (who, round) in &rounds {
        field.reveal(*who, round).unwrap();
    }
    field.pass_to(Phase::Audit);
    for (who, round) in &rounds {
        field.audit(*who, round).unwrap();
    }
    field.pass_epoch();
}

#[test]
fn emission_is_shared_by_stake_less_what_was_burned() {
    // Two subnets with the same stake; in the second one half of the weight burns.
    let mut first = Field::ready();
    let id = first.id;
    let second = Field::open_in(
        first.world,
        Settings {
            burn_uid: Some(3),
            ..settings()
        },
    );
    let mut field = second;
    for number in [1, 2, 3, 4] {
        field.register(number).unwrap();
    }
    for number in [1, 2] {
        field.stake(number, number, 100 * COIN).unwrap();
    }
    field.pass_epoch();
    let votes: &[(u8, &[(u8, u8)])] = &[(1, &[(3, 4), (4, 4)]), (2, &[(3, 4), (4, 4)])];
    let whole = field.subnet();
    assert_eq!(whole.weight, whole.stake);
    slow_epoch(&mut field, votes);
    let (burned, emission) = {
        let record = field.replay(whole.epoch).unwrap().record;
        (record.burned.0, record.emission.0)
    };
    assert!(burned * 10 > emission * 4 && burned * 10 < emission * 6);
    let after = field.subnet();
    assert_eq!(
        after.weight.0,
        after.stake.0 - after.stake.0 * burned / emission
    );
    // The next epochs bring each its part of what all weights share.
    field.pass_epoch();
    let own = field.subnet().weight.0;
    first = Field {
        world: field.world,
        id,
    };
    let other = first.subnet();
    let replayed = first
        .replay(lilliput_types::SubnetEpoch(other.epoch.0 - 1))
        .unwrap();
    assert!(replayed.record.minted.0 > 0);
    let all = other.weight.0 + own;
    let totals = lilliput_modules::subnet::query::market(&first.world.state, first.world.time)
        .unwrap()
        .totals;
    assert_eq!(totals.weight.0, all);
}
