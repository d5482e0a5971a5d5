//! Rows times a matrix, a few rows at a time: every sum keeps its own order.

use crate::array::Array;

#[cfg(test)]
mod tests;

/// Running sums of a product, which fill a vector register.
const LANES: usize = 8;
/// Rows whose sums run side by side.
const ROWS: usize = 4;

type Chunk = [f32; LANES];

/// `x[row] · weight[column] + bias[column]`, the products summed up in eight running sums, these in
/// order, then what is left of a row.
pub(super) fn linear(x: &[f32], weight: &Array, bias: &[f32]) -> Vec<f32> {
    let inputs = weight.shape[1];
    let rows: Vec<&[f32]> = x.chunks_exact(inputs).collect();
    let mut out = vec![0.0; rows.len() * bias.len()];
    let outputs = bias.len();
    for (block, rows) in rows.chunks(ROWS).enumerate() {
        let out = &mut out[block * ROWS * outputs..];
        let columns = weight.values.chunks_exact(inputs).zip(bias);
        for (column, (weights, bias)) in columns.enumerate() {
            if let &[a, b, c, d] = rows {
                for (row, sum) in four([a, b, c, d], weights).into_iter().enumerate() {
                    out[row * outputs + column] = sum + bias;
                }
                continue;
            }
            for (row, x) in rows.iter().enumerate() {
                out[row * outputs + column] = one(x, weights) + bias;
            }
        }
    }
    out
}

fn one(row: &[f32], column: &[f32]) -> f32 {
    let (x, x_rest) = row.as_chunks();
    let (weights, rest) = column.as_chunks();
    let mut sums = [0.0; LANES];
    for (x, weights) in x.iter().zip(weights) {
        add(&mut sums, x, weights);
    }
    total(&sums, x_rest, rest)
}

/// The products of four rows with one column: in variables of their own, so that they stay in registers.
fn four(rows: [&[f32]; ROWS], column: &[f32]) -> [f32; ROWS] {
    let (weights, rest) = column.as_chunks();
    let [(a, a_rest), (b, b_rest), (c, c_rest), (d, d_rest)] = rows.map(|row| row.as_chunks());
    let [mut for_a, mut for_b, mut for_c, mut for_d] = [[0.0; LANES]; ROWS];
    let chunks = weights.iter().zip(a).zip(b).zip(c).zip(d);
    for ((((weights, a), b), c), d) in chunks {
        add(&mut for_a, a, weights);
        add(&mut for_b, b, weights);
        add(&mut for_c, c, weights);
        add(&mut for_d, d, weights);
    }
    [
        total(&for_a, a_rest, rest),
        total(&for_b, b_rest, rest),
        total(&for_c, c_rest, rest),
        total(&for_d, d_rest, rest),
    ]
}

#[inline(always)]
fn add(sums: &mut Chunk, x: &Chunk, weights: &Chunk) {
    for lane in 0..LANES {
        sums[lane] += x[lane] * weights[lane];
    }
}

fn total(sums: &Chunk, x_rest: &[f32], rest: &[f32]) -> f32 {
    let tail: f32 = x_rest.iter().zip(rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + tail
}
