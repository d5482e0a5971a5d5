//! Convolutions, a block of positions at a time: what these see is gathered once and serves all
//! outputs, whose sums stay in registers.

use crate::array::Array;
use crate::window::Window;

#[cfg(test)]
mod tests;

/// Positions of a block: two vector registers.
const POSITIONS: usize = 16;
/// Outputs whose sums run side by side.
const OUTPUTS: usize = 4;

type Block = [f32; POSITIONS];

/// Each sum starts with the bias and goes on by channel, then by tap, whatever the blocks are.
pub(super) fn conv(
    x: &[f32],
    shape: &[usize],
    weight: &Array,
    bias: &[f32],
    window: &Window,
    groups: usize,
) -> Vec<f32> {
    let positions: usize = window.count.iter().product();
    let mut out = vec![0.0; bias.len() * positions];
    if out.is_empty() {
        return out;
    }
    let channels = weight.shape[1];
    let outputs = weight.shape[0] / groups;
    let depth = channels * window.kernel[0] * window.kernel[1];
    let plane = shape[2] * shape[3];
    let mut seen = vec![[0.0; POSITIONS]; depth];
    for group in 0..groups {
        let x = &x[group * channels * plane..][..channels * plane];
        let kernels = &weight.values[group * outputs * depth..][..outputs * depth];
        let bias = &bias[group * outputs..][..outputs];
        let out = &mut out[group * outputs * positions..][..outputs * positions];
        for start in (0..positions).step_by(POSITIONS) {
            gather(&mut seen, x, [shape[2], shape[3]], window, start);
            let count = POSITIONS.min(positions - start);
            let whole = outputs / OUTPUTS * OUTPUTS;
            let mut store = |output: usize, sums: &Block| {
                out[output * positions + start..][..count].copy_from_slice(&sums[..count]);
            };
            for first in (0..whole).step_by(OUTPUTS) {
                let sums = four(&seen, &kernels[first * depth..], &bias[first..]);
                for (output, sums) in sums.iter().enumerate() {
                    store(first + output, sums);
                }
            }
            for output in whole..outputs {
                let kernel = &kernels[output * depth..][..depth];
                store(output, &one(&seen, kernel, bias[output]));
            }
        }
    }
    out
}

/// What each tap of each channel sees from `POSITIONS` positions on, zeros outside of the plane.
fn gather(
    seen: &mut [Block],
    x: &[f32],
    [height, width]: [usize; 2],
    window: &Window,
    start: usize,
) {
    let columns = window.count[1];
    let place = |axis: usize, index: usize, tap: usize, length: usize| {
        let padded = index * window.stride[axis] + tap * window.dilation[axis];
        padded
            .checked_sub(window.before[axis])
            .filter(|&position| position < length)
    };
    let taps = window.kernel[0] * window.kernel[1];
    for tap in 0..taps {
        let [down, across] = [tap / window.kernel[1], tap % window.kernel[1]];
        let places: [Option<usize>; POSITIONS] = std::array::from_fn(|lane| {
            let [row, column] = [(start + lane) / columns, (start + lane) % columns];
            if row >= window.count[0] {
                return None;
            }
            let y = place(0, row, down, height)?;
            let x = place(1, column, across, width)?;
            Some(y * width + x)
        });
        let channels = x.chunks_exact(height * width);
        for (plane, seen) in channels.zip(seen[tap..].iter_mut().step_by(taps)) {
            *seen = places.map(|place| place.map_or(0.0, |place| plane[place]));
        }
    }
}

/// One output's sums at all positions of a block.
fn one(seen: &[Block], kernel: &[f32], bias: f32) -> Block {
    let mut sums = [bias; POSITIONS];
    for (seen, &factor) in seen.iter().zip(kernel) {
        add(&mut sums, seen, factor);
    }
    sums
}

/// The sums of four: of variables of their own, so that they stay in registers.
fn four(seen: &[Block], kernels: &[f32], bias: &[f32]) -> [Block; OUTPUTS] {
    let depth = seen.len();
    let kernel = |output: usize| &kernels[output * depth..][..depth];
    let [mut a, mut b, mut c, mut d] = [0, 1, 2, 3].map(|output: usize| [bias[output]; POSITIONS]);
    let factors = kernel(0)
        .iter()
        .zip(kernel(1))
        .zip(kernel(2))
        .zip(kernel(3));
    for (seen, (((&by_a, &by_b), &by_c), &by_d)) in seen.iter().zip(factors) {
        add(&mut a, seen, by_a);
        add(&mut b, seen, by_b);
        add(&mut c, seen, by_c);
        add(&mut d, seen, by_d);
    }
    [a, b, c, d]
}

#[inline(always)]
fn add(sums: &mut Block, seen: &Block, factor: f32) {
    for lane in 0..POSITIONS {
        sums[lane] += factor * seen[lane];
    }
}
