//! Ratings against a maximum-likelihood fit in doubles.

use lilliput_incentives::Number;
use lilliput_incentives::votes::{Preference, Vote, bradley_terry, elo, rating_of_strength};

use crate::shared::{load, numbers};

#[test]
fn ratings_equal_the_maximum_likelihood_fit() {
    let Some(file) = load("bradley_terry_elo.json") else {
        return;
    };
    for case in file["cases"].as_array().unwrap() {
        let votes: Vec<Vote> = case["battles"]
            .as_array()
            .unwrap()
            .iter()
            .map(|battle| Vote {
                first: battle[0].as_u64().unwrap() as u16,
                second: battle[1].as_u64().unwrap() as u16,
                preference: match battle[2].as_str().unwrap() {
                    "a" => Preference::First,
                    "b" => Preference::Second,
                    _ => Preference::Tie,
                },
            })
            .collect();
        let entrants = case["models"].as_u64().unwrap() as usize;
        let compare = |field: &str, got: &[Number]| {
            let expected = numbers(&case[field]);
            assert_eq!(got.len(), expected.len());
            for (got, expected) in got.iter().zip(expected) {
                assert!(
                    (got.to_f64() - expected).abs() < 1e-6,
                    "{field}: {got:?} {expected}"
                );
            }
        };
        let strengths = bradley_terry(entrants, &votes).unwrap();
        compare("bt_theta", &strengths);
        let ratings: Vec<Number> = strengths.iter().copied().map(rating_of_strength).collect();
        compare("arena_rating", &ratings);
        compare("online_elo_k4", &elo(entrants, &votes, 4).unwrap());
        let decided: Vec<Vote> = votes
            .into_iter()
            .filter(|vote| vote.preference != Preference::Tie)
            .collect();
        compare(
            "bt_theta_no_ties",
            &bradley_terry(entrants, &decided).unwrap(),
        );
    }
}
