use super::linear;
use crate::array::Array;

fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut state = seed;
    let next = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 40) as f32 / (1u32 << 23) as f32 - 1.0
    };
    (0..count).map(next).collect()
}

/// One row with one column: eight running sums, then the rest.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0f32; 8];
    let whole = a.len() / 8 * 8;
    for index in 0..whole {
        sums[index % 8] += a[index] * b[index];
    }
    let tail: f32 = (whole..a.len()).map(|index| a[index] * b[index]).sum();
    sums.iter().sum::<f32>() + tail
}

#[test]
fn blocks_change_no_bit_of_a_sum() {
    for (rows, outputs, inputs) in [(1, 1, 1), (1, 5, 17), (4, 2, 16), (7, 9, 35), (8, 3, 64)] {
        let weight = Array {
            shape: vec![outputs, inputs],
            values: numbers(outputs * inputs, 1),
        };
        let (bias, x) = (numbers(outputs, 2), numbers(rows * inputs, 3));
        let got: Vec<u32> = linear(&x, &weight, &bias)
            .iter()
            .map(|x| x.to_bits())
            .collect();
        let mut expected = Vec::new();
        for row in x.chunks(inputs) {
            for (column, bias) in weight.values.chunks(inputs).zip(&bias) {
                expected.push((dot(row, column) + bias).to_bits());
            }
        }
        assert_eq!(got, expected, "{rows} {outputs} {inputs}");
    }
}
