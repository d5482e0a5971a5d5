use lilliput_verifier::field::{EF, extension_from_i64};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{TERMS_MAX, sum_axis};

fn check(outer: usize, length: usize, inner: usize, bits: u32) {
    let mut rng = ChaCha8Rng::seed_from_u64((length * inner) as u64);
    let limit = 1i64 << bits;
    let mut values: Vec<i64> = (0..outer * length * inner)
        .map(|_| rng.random_range(-limit..limit))
        .collect();
    values[0] = -limit;
    let weights: Vec<EF> = (0..length).map(|_| rng.random()).collect();
    let mut expected = Vec::new();
    for block in values.chunks_exact(length * inner) {
        for column in 0..inner {
            let terms = weights.iter().enumerate();
            let term = |(row, &weight)| weight * extension_from_i64(block[row * inner + column]);
            expected.push(terms.map(term).sum::<EF>());
        }
    }
    assert_eq!(sum_axis(&values, &weights, inner), expected);
}

#[test]
fn sums_are_those_of_field_elements() {
    for bits in [0, 7, 15, 16, 17, 30] {
        for (outer, length, inner) in [
            (1, 1, 1),
            (3, 5, 1),
            (2, 37, 1),
            (1, 4, 8),
            (2, 9, 3),
            (1, 23, 300),
            (2, 6, 257),
        ] {
            check(outer, length, inner, bits);
        }
    }
}

#[test]
fn sums_of_the_largest_values_wrap_nowhere() {
    for inner in [1, 2] {
        let length = 2 * TERMS_MAX + 3;
        let values = vec![-(1 << 16); length * inner];
        let weights = vec![-EF::from(lilliput_verifier::field::F::new(1)); length];
        let sum = extension_from_i64((length as i64) << 16);
        assert_eq!(sum_axis(&values, &weights, inner), vec![sum; inner]);
    }
    check(1, TERMS_MAX + 1, 1, 16);
}
