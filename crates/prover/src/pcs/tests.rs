use lilliput_verifier::field::{EF, F};
use lilliput_verifier::pcs::{Code, Randomness};
use lilliput_verifier::point::{eq_table, evaluate};
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Committed;

#[test]
fn blinding_rows_change_the_root_and_not_the_cells() {
    let (code, variables) = (Code::weights(9, 2), 9);
    let cells: Vec<F> = (0..1 << variables).map(F::from_u32).collect();
    let blinded = |seed| {
        let mut randomness = Randomness::new(&[seed; 32], "test");
        Committed::new(code, cells.clone(), Some(&mut randomness))
    };
    let plain = Committed::new(code, cells.clone(), None);
    assert_eq!(blinded(1).root(), blinded(1).root());
    assert_ne!(blinded(1).root(), blinded(2).root());
    assert_ne!(blinded(1).root(), plain.root());
    assert_eq!(blinded(1).cells(), cells);
    assert_eq!(plain.cells(), cells);
}

#[test]
fn a_fold_has_the_polynomials_values_and_its_blinding_rows() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for variables in [8, 11, 13] {
        let code = Code::witness(variables);
        let cells: Vec<F> = (0..1 << variables).map(|_| rng.random()).collect();
        let mut randomness = Randomness::new(&[4; 32], "test");
        let committed = Committed::new(code, cells.clone(), Some(&mut randomness));
        let point: Vec<EF> = (0..variables).map(|_| rng.random()).collect();
        let (rows, columns) = point.split_at(variables - code.fold);
        let mut folded = crate::join::columns::fold(committed.cells(), columns);
        folded.extend(committed.fold_blinding(columns));
        assert_eq!(folded.len(), code.coefficients());
        assert_eq!(
            evaluate(&folded[..code.rows], rows),
            evaluate(&cells, &point)
        );
        let blinding = Randomness::new(&[4; 32], "test").base(code.blinding * code.width());
        let weights = eq_table(columns);
        let last = blinding
            .rchunks(code.width())
            .next()
            .expect("blinding rows");
        let expected: EF = last.iter().zip(&weights).map(|(&b, &w)| w * b).sum();
        assert_eq!(folded.last(), Some(&expected));
    }
}
