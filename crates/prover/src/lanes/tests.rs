use lilliput_verifier::field::{EF, F};
use lilliput_verifier::point::{eq_table, evaluate};
use p3_field::Algebra;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{Lanes, PackedEF, SplitEq, WIDTH, evaluate_base, spread};

#[test]
fn gathering_and_spreading_keep_the_order() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let elements: Vec<EF> = (0..4 * WIDTH).map(|_| rng.random()).collect();
    assert_eq!(spread(&PackedEF::gather(&elements)), elements);
    assert_eq!(spread(&EF::gather(&elements)), elements);
    let sum: EF = PackedEF::gather(&elements)
        .into_iter()
        .map(Lanes::sum)
        .sum();
    assert_eq!(sum, elements.iter().copied().sum::<EF>());
}

fn outer<R: Lanes + Algebra<EF>>(eq: &SplitEq<R>) -> Vec<EF> {
    eq.high
        .iter()
        .flat_map(|&high| spread(&eq.low).into_iter().map(move |low| high * low))
        .collect()
}

#[test]
fn a_split_eq_is_the_eq_table() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for variables in 3..9 {
        let point: Vec<EF> = (0..variables).map(|_| rng.random()).collect();
        assert_eq!(outer(&SplitEq::<PackedEF>::new(&point)), eq_table(&point));
        assert_eq!(outer(&SplitEq::<EF>::new(&point)), eq_table(&point));
    }
}

#[test]
fn packed_evaluation_equals_the_plain_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    for variables in 0..10 {
        let point: Vec<EF> = (0..variables).map(|_| rng.random()).collect();
        let values: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        assert_eq!(evaluate_base(&values, &point), evaluate(&values, &point));
        let short = &values[..values.len() * 2 / 3];
        assert_eq!(evaluate_base(short, &point), evaluate(short, &point));
    }
}
