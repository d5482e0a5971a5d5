use lilliput_crypto::{Digest, SecretKey};
use lilliput_types::subnet::{AnswerContext, Answered, Preference, Probe, Scorer, Settings, Vote};
use lilliput_types::{AccountKey, ChainId, DurationMs, List, Registration, SubnetEpoch, SubnetId};

use super::{Ballot, VOTED_MAX, weight};

fn answered(pairs: &[(&[i64], &[i64])]) -> Vec<Answered> {
    let secret = SecretKey::from_seed([1; 32]);
    let context = AnswerContext {
        chain: ChainId::default(),
        subnet: SubnetId(1),
        epoch: SubnetEpoch(1),
        validator: AccountKey::from(&secret).address(),
        validator_registration: Registration(1),
        miner: Registration(2),
    };
    let one = |&(answer, truth): &(&[i64], &[i64])| {
        let probe = Probe {
            input: Digest::default(),
            truth: List::new(truth.to_vec()).unwrap(),
            salt: Digest::default(),
        };
        let answer = List::new(answer.to_vec()).unwrap();
        let signature = context.sign(&secret, probe.id(), probe.input, &answer);
        Answered {
            probe,
            answer,
            signature,
        }
    };
    pairs.iter().map(one).collect()
}

fn settings(scorer: Scorer, power: u8) -> Settings {
    Settings {
        power,
        ..Settings::standard(scorer, DurationMs(1_000))
    }
}

fn check(scorer: Scorer, power: u8, pairs: &[(&[i64], &[i64])], expected: u16) {
    let got = weight(&settings(scorer, power), &answered(pairs), None).unwrap();
    assert_eq!(got, expected, "{scorer:?} {pairs:?}");
}

#[test]
fn exact_matches_are_counted_and_raised_to_the_power() {
    let three_of_four: [(&[i64], &[i64]); 4] =
        [(&[1], &[1]), (&[2, 3], &[2, 3]), (&[4], &[4]), (&[5], &[6])];
    check(Scorer::ExactMatch, 1, &three_of_four, 49_151);
    check(Scorer::ExactMatch, 2, &three_of_four, 36_863);
    check(Scorer::ExactMatch, 1, &[(&[1], &[1])], 65_535);
    check(Scorer::ExactMatch, 1, &[(&[1], &[2])], 0);
}

#[test]
fn cosines_are_averaged_and_never_negative() {
    check(Scorer::Similarity, 1, &[(&[3, 4], &[6, 8])], 65_535);
    check(
        Scorer::Similarity,
        1,
        &[(&[3, 4], &[-6, -8]), (&[1, 0], &[1, 0])],
        32_767,
    );
    let long = weight(
        &settings(Scorer::Similarity, 1),
        &answered(&[(&[1 << 15], &[1])]),
        None,
    );
    assert!(long.unwrap_err().contains("16-bit"));
}

#[test]
fn correlation_is_that_of_tournaments() {
    let full = 1 << 31;
    let targets = [0, full / 4, full / 2, 3 * (full / 4), full];
    let same = weight(
        &settings(Scorer::Correlation, 1),
        &answered(&[(&[1, 2, 3, 4, 5], &targets)]),
        None,
    );
    assert!(same.unwrap() > 65_000);
    check(Scorer::Correlation, 1, &[(&[5, 4, 3, 2, 1], &targets)], 0);
    check(Scorer::Correlation, 1, &[(&[7, 7, 7, 7, 7], &targets)], 0);
}

#[test]
fn ensembles_earn_less_the_further_they_are_off() {
    let scorer = Scorer::Ensemble { scale: 10 };
    check(scorer, 1, &[(&[5, 5, 5, 5], &[5])], 65_535);
    check(scorer, 1, &[(&[10], &[5])], 32_767);
    check(scorer, 1, &[(&[15], &[5])], 0);
    check(scorer, 1, &[(&[100], &[5])], 0);
    let wide = Scorer::Ensemble {
        scale: (1 << 53) - 1,
    };
    check(wide, 1, &[(&[(1 << 53) - 1; 4_096], &[-(1 << 53) + 1])], 0);
    let two = weight(&settings(scorer, 1), &answered(&[(&[5], &[5, 6])]), None);
    assert!(two.unwrap_err().contains("one number"));
}

#[test]
fn traders_earn_by_their_gain_once_they_survive() {
    let scorer = |challenge_days| Scorer::Trading {
        leverage_max: 65_536,
        drawdown_max: 6_554,
        challenge_days,
        gain_full: 65_536 / 5,
    };
    let prices: [i64; 3] = [1_000, 1_050, 1_100];
    let long: [i64; 2] = [65_536, 65_536];
    let got = weight(
        &settings(scorer(2), 1),
        &answered(&[(&long, &prices)]),
        None,
    )
    .unwrap();
    assert!((32_760..=32_775).contains(&got), "{got}");
    check(scorer(3), 1, &[(&long, &prices)], 0);
    check(scorer(2), 1, &[(&[-65_536, -65_536], &prices)], 0);
    check(scorer(1), 1, &[(&[65_536], &[1_000, 800])], 0);
}

#[test]
fn votes_need_votes_and_others_have_no_use_for_them() {
    let votes = [Preference::First, Preference::Second, Preference::First].map(|preference| Vote {
        first: 0,
        second: 1,
        preference,
    });
    let votes = List::new(votes.to_vec()).unwrap();
    let ballot = |entries, place| {
        Some(Ballot {
            votes: &votes,
            entries,
            place,
        })
    };
    let voted = settings(Scorer::Votes, 1);
    assert_eq!(weight(&voted, &[], ballot(2, 0)), Ok(65_535));
    let second = weight(&voted, &[], ballot(2, 1)).unwrap();
    assert!((32_766..=32_768).contains(&second), "{second}");
    assert!(
        weight(&voted, &[], ballot(3, 0)).is_err(),
        "the third is not connected"
    );
    assert!(weight(&voted, &[], ballot(VOTED_MAX + 1, 0)).is_err());
    assert!(weight(&voted, &[], ballot(2, 2)).is_err());
    assert!(weight(&voted, &answered(&[(&[1], &[1])]), None).is_err());
    let exact = settings(Scorer::ExactMatch, 1);
    assert!(weight(&exact, &answered(&[(&[1], &[1])]), ballot(2, 0)).is_err());
    for scorer in [Scorer::ExactMatch, Scorer::Similarity, Scorer::Correlation] {
        assert!(
            weight(&settings(scorer, 1), &[], None).is_err(),
            "no answers"
        );
    }
}
