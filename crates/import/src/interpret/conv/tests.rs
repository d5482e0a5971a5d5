use super::conv;
use crate::array::Array;
use crate::window::Window;

/// Numbers between -1 and 1 from a fixed sequence.
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

/// One position of one output after the other, as the operator is defined.
fn defined(
    x: &[f32],
    [_, _, height, width]: [usize; 4],
    weight: &Array,
    bias: &[f32],
    window: &Window,
    groups: usize,
) -> Vec<f32> {
    let [channels, down, across] = [1, 2, 3].map(|axis| weight.shape[axis]);
    let outputs = weight.shape[0] / groups;
    let mut out = Vec::new();
    for (output, &bias) in bias.iter().enumerate() {
        for row in 0..window.count[0] {
            for column in 0..window.count[1] {
                let mut sum = bias;
                for channel in 0..channels {
                    for tap in 0..down * across {
                        let at = |axis: usize, index: usize, tap: usize| {
                            (index * window.stride[axis] + tap * window.dilation[axis])
                                .checked_sub(window.before[axis])
                        };
                        let (Some(y), Some(x_place)) =
                            (at(0, row, tap / across), at(1, column, tap % across))
                        else {
                            continue;
                        };
                        if y < height && x_place < width {
                            let plane = output / outputs * channels + channel;
                            sum += weight.values
                                [(output * channels + channel) * down * across + tap]
                                * x[(plane * height + y) * width + x_place];
                        }
                    }
                }
                out.push(sum);
            }
        }
    }
    out
}

fn check(shape: [usize; 4], outputs: usize, groups: usize, window: &Window) {
    let channels = shape[1] / groups;
    let [down, across] = window.kernel;
    let weight = Array {
        shape: vec![outputs, channels, down, across],
        values: numbers(outputs * channels * down * across, 1),
    };
    let bias = numbers(outputs, 2);
    let x = numbers(shape.iter().product(), 3);
    let got = conv(&x, &shape, &weight, &bias, window, groups);
    let expected = defined(&x, shape, &weight, &bias, window, groups);
    let bits = |values: &[f32]| values.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
    assert_eq!(bits(&got), bits(&expected), "{shape:?} {window:?}");
}

#[test]
fn blocks_change_no_bit_of_a_sum() {
    let window = |kernel, stride, dilation, before, count| Window {
        kernel,
        stride,
        dilation,
        before,
        after: before,
        count,
    };
    check(
        [1, 3, 7, 9],
        6,
        1,
        &window([3, 3], [1, 1], [1, 1], [1, 1], [7, 9]),
    );
    check(
        [1, 2, 9, 8],
        5,
        1,
        &window([3, 2], [2, 3], [1, 1], [1, 0], [5, 3]),
    );
    check(
        [1, 4, 9, 9],
        9,
        1,
        &window([3, 3], [1, 1], [2, 2], [2, 2], [9, 9]),
    );
    check(
        [1, 6, 5, 6],
        6,
        6,
        &window([3, 3], [1, 1], [1, 1], [1, 1], [5, 6]),
    );
    check(
        [1, 6, 5, 6],
        10,
        2,
        &window([1, 1], [1, 1], [1, 1], [0, 0], [5, 6]),
    );
    // A signal: one column.
    check(
        [1, 5, 40, 1],
        7,
        1,
        &window([5, 1], [1, 1], [1, 1], [0, 0], [36, 1]),
    );
}
