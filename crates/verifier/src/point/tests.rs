use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{
    block_selector, eq, eq_at_index, eq_table, evaluate, evaluate_integers, evaluate_tensor,
    index_sum, less_than, mask, tensor_variables, truncated_eq, truncated_eq_tensor, variables,
};
use crate::field::{EF, F, extension_from_i64};

fn point(rng: &mut ChaCha8Rng, variables: usize) -> Vec<EF> {
    (0..variables).map(|_| rng.random()).collect()
}

#[test]
fn variables_are_the_rounded_up_logarithm() {
    for (length, expected) in [
        (0, 0),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 2),
        (5, 3),
        (1 << 20, 20),
    ] {
        assert_eq!(variables(length), expected, "{length}");
    }
    assert_eq!(variables(u64::MAX), 64);
    assert_eq!(tensor_variables(&[3, 1, 8]), 5);
}

#[test]
fn eq_is_the_indicator_on_vertices_and_sums_to_one() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let a = point(&mut rng, 4);
    let table = eq_table(&a);
    assert_eq!(table.iter().copied().sum::<EF>(), EF::ONE);
    for (index, &weight) in (0u64..).zip(&table) {
        assert_eq!(weight, eq_at_index(&a, index));
        let vertex: Vec<EF> = (0..4).map(|k| EF::from_u64(index >> (3 - k) & 1)).collect();
        assert_eq!(weight, eq(&a, &vertex));
        assert_eq!(eq_at_index(&vertex, index), EF::ONE);
    }
    assert_eq!(block_selector(&a[..2], 8, 2), eq_at_index(&a[..2], 2));
}

#[test]
fn truncated_sums_equal_the_sums_written_out() {
    let mut rng = ChaCha8Rng::seed_from_u64(2);
    for bits in 0..6 {
        let (a, b) = (point(&mut rng, bits), point(&mut rng, bits));
        let (ta, tb) = (eq_table(&a), eq_table(&b));
        for count in 0..=1usize << bits {
            let n = u64::try_from(count).unwrap();
            let less: EF = ta[..count].iter().copied().sum();
            let both: EF = ta[..count].iter().zip(&tb).map(|(&a, &b)| a * b).sum();
            let sum: EF = (0..n).zip(&ta).map(|(i, &a)| a * EF::from_u64(i)).sum();
            assert_eq!(less_than(&a, n), less, "{bits} {n}");
            assert_eq!(truncated_eq(&a, &b, n), both, "{bits} {n}");
            assert_eq!(index_sum(&a, n), sum, "{bits} {n}");
        }
    }
}

#[test]
fn tensor_sums_skip_the_padding_of_every_axis() {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let axes = [3u32, 1, 5, 2];
    let total = tensor_variables(&axes);
    let (a, b) = (point(&mut rng, total), point(&mut rng, total));
    let (ta, tb) = (eq_table(&a), eq_table(&b));
    let values: Vec<i64> = (0..30).map(|_| rng.random_range(-100..100)).collect();
    let (mut m, mut t, mut e) = (EF::ZERO, EF::ZERO, EF::ZERO);
    let mut next = values.iter();
    for x in 0..3 {
        for z in 0..5 {
            for w in 0..2 {
                let index = (x << 4) | (z << 1) | w;
                m += ta[index];
                t += ta[index] * tb[index];
                e += ta[index] * extension_from_i64(*next.next().unwrap());
            }
        }
    }
    assert_eq!(mask(&axes, &a), m);
    assert_eq!(truncated_eq_tensor(&axes, &a, &b), t);
    assert_eq!(evaluate_tensor(&values, &axes, &a), e);
    assert_eq!(evaluate_tensor(&[7], &[], &[]), extension_from_i64(7));
}

#[test]
fn evaluation_pads_with_zeros() {
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    for length in [0usize, 1, 2, 3, 7, 8, 13] {
        let a = point(&mut rng, 5);
        let values: Vec<i64> = (0..length).map(|_| rng.random_range(-9..9)).collect();
        let expected: EF = values
            .iter()
            .zip(eq_table(&a))
            .map(|(&v, w)| w * extension_from_i64(v))
            .sum();
        assert_eq!(evaluate_integers(&values, &a), expected, "{length}");
        let lifted: Vec<EF> = values.iter().map(|&v| extension_from_i64(v)).collect();
        assert_eq!(evaluate(&lifted, &a), expected);
        let base: Vec<F> = values
            .iter()
            .map(|&v| crate::field::base_from_i64(v))
            .collect();
        assert_eq!(evaluate(&base, &a), expected);
    }
}
