use lilliput_graph::Table;
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::LookupTable;
use crate::field::EF;
use crate::point::{evaluate_integers, variables};

/// Compares both polynomials with the entries written out.
fn check(table: &LookupTable, seed: u64) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let point: Vec<EF> = (0..variables(table.entries()))
        .map(|_| rng.random())
        .collect();
    let entries = i64::try_from(table.entries()).unwrap();
    let values: Vec<i64> = (0..entries).map(|index| table.lo() + index).collect();
    let results: Vec<i64> = values
        .iter()
        .map(|&value| table.result(value).unwrap())
        .collect();
    assert_eq!(
        table.evaluate_values(&point),
        evaluate_integers(&values, &point),
        "{table:?}"
    );
    assert_eq!(
        table.evaluate_results(&point),
        evaluate_integers(&results, &point),
        "{table:?}"
    );
    assert_eq!(table.index(table.lo()), Some(0));
    assert_eq!(table.index(table.lo() - 1), None);
    assert_eq!(table.index(table.lo() + entries), None);
    assert_eq!(table.result(table.lo() + entries), None);
}

#[test]
fn polynomials_equal_the_entries_written_out() {
    let clamp = |lo, hi, out_lo, out_hi| {
        LookupTable::Function(Table::Clamp {
            lo,
            hi,
            out_lo,
            out_hi,
        })
    };
    let tables = [
        LookupTable::remainders(0),
        LookupTable::remainders(5),
        LookupTable::signed(1),
        LookupTable::signed(8),
        LookupTable::Range {
            lo: -3,
            entries: 11,
        },
        clamp(-128, 127, 0, 127),
        clamp(-10, 20, -5, 7),
        clamp(-10, 20, -50, 70),
        clamp(-10, 20, 30, 40),
        clamp(-10, 20, -40, -30),
        clamp(-10, 20, 4, 4),
        clamp(5, 5, 0, 9),
        LookupTable::Function(Table::Values {
            lo: -4,
            values: vec![5, -6, 7, 0, i32::MIN, 3, 2],
        }),
    ];
    for (seed, table) in (0..).zip(&tables) {
        check(table, seed);
    }
}

#[test]
fn ranges_hold_what_they_say() {
    assert_eq!(LookupTable::signed(8).lo(), -128);
    assert_eq!(LookupTable::signed(8).index(127), Some(255));
    assert_eq!(LookupTable::remainders(3).index(7), Some(7));
    assert_eq!(LookupTable::remainders(3).index(8), None);
    assert_eq!(LookupTable::remainders(0).evaluate_values(&[]), EF::ZERO);
}
