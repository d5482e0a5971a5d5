//! The second factors of product sumchecks, as dense vectors.

use lilliput_verifier::field::EF;
use lilliput_verifier::layers::axes::padded;
use lilliput_verifier::layers::conv::{Spread, Window};
use lilliput_verifier::layers::{Folded, Weight};
use lilliput_verifier::point::{eq_table, scaled_eq_table};
use p3_field::PrimeCharacteristicRing;

use super::integers::sum_axis;
use super::{Values, fold};

/// All values of a weight.
pub(crate) fn dense(values: &Values<'_>, weight: &Weight<'_>) -> Vec<EF> {
    match weight {
        Weight::Outer(vectors) => vectors.iter().fold(vec![EF::ONE], |outer, vector| {
            let mut product = Vec::with_capacity(outer.len() * vector.len());
            for &left in &outer {
                product.extend(vector.iter().map(|&right| left * right));
            }
            product
        }),
        Weight::Points(points) => {
            let mut sum = EF::zero_vec(points.first().map_or(1, |(_, point)| 1 << point.len()));
            for (factor, point) in *points {
                for (place, value) in sum.iter_mut().zip(scaled_eq_table(point, *factor)) {
                    *place += value;
                }
            }
            sum
        }
        Weight::Tensor(folded) => fold::fold(values.tensor(folded.tensor), folded),
        Weight::Spread(spread) => spread_kernel(values, spread),
    }
}

/// `B(channel, row, column)`: the kernel's taps, one axis after the other.
fn spread_kernel(values: &Values<'_>, spread: &Spread<'_>) -> Vec<EF> {
    let [window_y, window_x] = spread.windows;
    let [out_point, y_point, x_point] = spread.point;
    let rows = taps(window_y, y_point);
    let columns = taps(window_x, x_point);
    let (height, width) = (rows[0].len(), columns[0].len());
    let kernel = fold_outputs(values, spread, out_point);
    let cells = rows.len() * columns.len();
    let channels = kernel.len() / cells;
    let mut result = EF::zero_vec(padded(channels as u32) * height * width);
    let mut of_columns = EF::zero_vec(width);
    for (plane, kernel) in result
        .chunks_exact_mut(height * width)
        .zip(kernel.chunks_exact(cells))
    {
        for (row, kernel_row) in rows.iter().zip(kernel.chunks_exact(columns.len())) {
            of_columns.fill(EF::ZERO);
            for (column, &weight) in columns.iter().zip(kernel_row) {
                add_scaled(column, weight, &mut of_columns);
            }
            for (line, &weight) in plane.chunks_exact_mut(width).zip(row) {
                if weight != EF::ZERO {
                    add_scaled(&of_columns, weight, line);
                }
            }
        }
    }
    result
}

fn add_scaled(values: &[EF], scale: EF, sums: &mut [EF]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum += value * scale;
    }
}

fn taps(window: Window, point: &[EF]) -> Vec<Vec<EF>> {
    let weights = eq_table(point);
    (0..window.taps())
        .map(|tap| window.tap_weights(tap, &weights))
        .collect()
}

/// The kernel of each input channel, its group's output channels summed with their weights: `[channels, rows,
/// columns]` without padding.
fn fold_outputs(values: &Values<'_>, spread: &Spread<'_>, out_point: &[EF]) -> Vec<EF> {
    let (_, tensor) = values.tensor(spread.kernel);
    let weights = eq_table(out_point);
    let outputs = tensor.shape.0[0] as usize;
    let own = tensor.values.len() / outputs;
    let group_outputs = outputs / spread.groups;
    let groups = tensor.values.chunks_exact(group_outputs * own);
    let weights = weights.chunks(group_outputs);
    groups
        .zip(weights)
        .flat_map(|(rows, weights)| sum_axis(rows, weights, own))
        .collect()
}

/// A tensor's vector over its kept axes, at most as long as `share`, padded to it.
pub(crate) fn padded_share(values: &Values<'_>, folded: &Folded<'_>, share: usize) -> Vec<EF> {
    let mut vector = fold::fold(values.tensor(folded.tensor), folded);
    vector.resize(share, EF::ZERO);
    vector
}
