use super::*;

fn votes(pairs: &[(u16, u16, Preference)]) -> Vec<Vote> {
    pairs
        .iter()
        .map(|&(first, second, preference)| Vote {
            first,
            second,
            preference,
        })
        .collect()
}

#[test]
fn two_wins_to_one_give_odds_of_two() {
    use Preference::{First, Second};
    let strengths =
        bradley_terry(2, &votes(&[(0, 1, First), (0, 1, First), (0, 1, Second)])).unwrap();
    let difference = (strengths[0] - strengths[1]).to_f64();
    assert!((difference - 2_f64.ln()).abs() < 1e-11);
}

#[test]
fn ties_alone_give_equal_strengths() {
    let all = votes(&[(0, 1, Preference::Tie), (1, 2, Preference::Tie)]);
    assert_eq!(bradley_terry(3, &all).unwrap(), vec![Number::ZERO; 3]);
    assert_eq!(elo(3, &all, 32).unwrap(), vec![POINTS_OF_MEAN; 3]);
}

#[test]
fn an_entrant_who_always_loses_has_no_finite_strength() {
    let all = votes(&[(0, 1, Preference::First)]);
    assert_eq!(
        bradley_terry(2, &all),
        Err(VotesError::Unconnected { entrant: 1 })
    );
}

#[test]
fn votes_on_oneself_or_on_strangers_are_refused() {
    for (first, second) in [(1, 1), (0, 9)] {
        let all = votes(&[(first, second, Preference::First)]);
        assert!(matches!(
            elo(2, &all, 4),
            Err(VotesError::BadPair { place: 0, .. })
        ));
    }
}

#[test]
fn the_order_of_votes_does_not_change_strengths() {
    use Preference::{First, Second, Tie};
    let mut all = votes(&[
        (0, 1, First),
        (1, 2, First),
        (2, 0, First),
        (0, 2, Tie),
        (1, 0, Second),
    ]);
    let forwards = bradley_terry(3, &all).unwrap();
    all.reverse();
    assert_eq!(bradley_terry(3, &all).unwrap(), forwards);
}

#[test]
fn no_entrants_have_no_strengths() {
    assert_eq!(bradley_terry(0, &[]), Ok(Vec::new()));
}
