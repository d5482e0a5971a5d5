use lilliput_verifier::field::EF;
use lilliput_verifier::field::{F, base_from_i64};
use lilliput_verifier::point::{evaluate, evaluate_tensor, mask, tensor_variables};
use p3_field::PrimeCharacteristicRing;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::{fill, place};

#[test]
fn a_placed_tensor_has_the_tensors_evaluations() {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    for axes in [
        &[][..],
        &[1],
        &[5],
        &[8],
        &[3, 5],
        &[4, 1, 3],
        &[2, 3, 4, 5],
        &[1, 1],
    ] {
        let elements: u32 = axes.iter().product();
        let values: Vec<i64> = (0..elements).map(|_| rng.random_range(-9..9)).collect();
        let total = tensor_variables(axes);
        let point: Vec<EF> = (0..total).map(|_| rng.random()).collect();
        let mut block = vec![F::ZERO; 1 << total];
        place(&values, axes, &mut block);
        assert_eq!(
            evaluate(&block, &point),
            evaluate_tensor(&values, axes, &point),
            "{axes:?}"
        );
        for parts in (0..=total).map(|bits| 1 << bits) {
            let mut ones = vec![F::ZERO; 1 << total];
            let mut filled = vec![F::ZERO; 1 << total];
            let size = (1 << total) / parts;
            let cells = filled.chunks_mut(size).zip(ones.chunks_mut(size));
            for (part, (cells, ones)) in cells.enumerate() {
                let mut own = vec![F::TWO; size];
                if fill(&values, axes, part * size, &mut own, ones) {
                    cells.copy_from_slice(&own);
                }
            }
            assert_eq!(filled, block, "{axes:?}");
            assert_eq!(evaluate(&ones, &point), mask(axes, &point), "{axes:?}");
        }
    }
}

#[test]
fn integers_of_any_size_become_their_residues() {
    let values = [i64::MIN, i64::MAX, -1, 1 << 31, -(1 << 31), 0x7f00_0001];
    let mut block = [F::ZERO; 8];
    place(&values, &[6], &mut block);
    assert_eq!(block[..6], values.map(base_from_i64));
    assert_eq!(block[5], F::ZERO);
}
