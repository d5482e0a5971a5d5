//! Two-dimensional cross-correlation, one output row at a time.

use crate::shape::Shape;
use crate::tensor::Tensor;

/// How the kernel moves.
pub(super) struct Window {
    pub(super) stride: [u32; 2],
    pub(super) pad: [u32; 4],
    pub(super) dilation: [u32; 2],
    pub(super) groups: u32,
}

/// Output positions `first .. end` along one axis whose input position for one kernel position
/// exists, and the input position of the first.
struct Reach {
    first: usize,
    end: usize,
    start: usize,
}

fn reach(kernel: usize, outputs: usize, inputs: usize, [stride, dilation, pad]: [u32; 3]) -> Reach {
    let (stride, inputs) = (i64::from(stride), inputs as i64);
    let offset = kernel as i64 * i64::from(dilation) - i64::from(pad);
    let first = if offset < 0 {
        (-offset + stride - 1) / stride
    } else {
        0
    };
    let end = if offset >= inputs {
        0
    } else {
        (inputs - 1 - offset) / stride + 1
    };
    let end = end.min(outputs as i64);
    let first = first.min(end);
    Reach {
        first: first as usize,
        end: end as usize,
        start: (first * stride + offset).max(0) as usize,
    }
}

pub(super) fn conv(x: &Tensor, w: &Tensor, shape: &Shape, window: &Window) -> Vec<i64> {
    // Checked graphs hold nothing beyond 31 bits, partial sums included.
    let narrow = |values: &[i64]| values.iter().map(|&value| value as i32).collect::<Vec<_>>();
    let (x_values, w_values) = (narrow(&x.values), narrow(&w.values));
    let lengths = |axes: &[u32]| -> Vec<usize> { axes.iter().map(|&n| n as usize).collect() };
    // Images one behind the other, or a single one.
    let image = |shape: &Shape| lengths(&shape.0[shape.0.len() - 3..]);
    let (x_lengths, w_lengths, out_lengths) = (image(&x.shape), lengths(&w.shape.0), image(shape));
    let mut out = Vec::with_capacity(shape.elements());
    for x_values in x_values.chunks_exact(x_lengths.iter().product()) {
        let lengths = [&x_lengths[..], &w_lengths, &out_lengths];
        convolve(x_values, &w_values, lengths, window, &mut out);
    }
    out
}

fn convolve(
    x_values: &[i32],
    w_values: &[i32],
    [x_lengths, w_lengths, out_lengths]: [&[usize]; 3],
    window: &Window,
    out: &mut Vec<i64>,
) {
    let (height, width) = (x_lengths[1], x_lengths[2]);
    let (channels, kernel_height, kernel_width) = (w_lengths[1], w_lengths[2], w_lengths[3]);
    let group_outputs = out_lengths[0] / window.groups as usize;
    let vertical = [window.stride[0], window.dilation[0], window.pad[0]];
    let horizontal = [window.stride[1], window.dilation[1], window.pad[1]];
    let rows: Vec<Reach> = (0..kernel_height)
        .map(|kernel| reach(kernel, out_lengths[1], height, vertical))
        .collect();
    let columns: Vec<Reach> = (0..kernel_width)
        .map(|kernel| reach(kernel, out_lengths[2], width, horizontal))
        .collect();
    let mut sums = vec![0i32; out_lengths[2]];
    for output in 0..out_lengths[0] {
        let w = &w_values[output * channels * kernel_height * kernel_width..];
        let first_channel = output / group_outputs * channels;
        for row in 0..out_lengths[1] {
            sums.fill(0);
            for channel in 0..channels {
                let plane = &x_values[(first_channel + channel) * height * width..];
                for (ky, reach) in rows.iter().enumerate() {
                    if row < reach.first || row >= reach.end {
                        continue;
                    }
                    let y = reach.start + (row - reach.first) * window.stride[0] as usize;
                    let x_row = &plane[y * width..][..width];
                    let w_row = &w[(channel * kernel_height + ky) * kernel_width..];
                    for (reach, &weight) in columns.iter().zip(w_row) {
                        let sums = &mut sums[reach.first..reach.end];
                        add_scaled(sums, x_row, reach.start, window.stride[1] as usize, weight);
                    }
                }
            }
            out.extend(sums.iter().map(|&sum| i64::from(sum)));
        }
    }
}

/// `sums[i] += weight * x[start + i * stride]`.
fn add_scaled(sums: &mut [i32], x: &[i32], start: usize, stride: usize, weight: i32) {
    if sums.is_empty() {
        return;
    }
    if stride == 1 {
        let x = &x[start..start + sums.len()];
        for (sum, value) in sums.iter_mut().zip(x) {
            *sum += weight * value;
        }
    } else {
        for (sum, value) in sums.iter_mut().zip(x[start..].iter().step_by(stride)) {
            *sum += weight * value;
        }
    }
}
