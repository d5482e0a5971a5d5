//! Ranks, moments, correlation and projections of lists of doubles.

/// Ranks from 1, equal values sharing the mean of their ranks, mapped to `(rank - 0.5) / count`.
pub fn tie_kept_ranks(values: &[f64]) -> Vec<f64> {
    let order = stable_order(values);
    let count = values.len() as f64;
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let length = order[start..]
            .iter()
            .take_while(|&&index| values[index] == value)
            .count();
        let mean_rank = start as f64 + (length as f64 + 1.0) / 2.0;
        for &index in &order[start..start + length] {
            ranks[index] = (mean_rank - 0.5) / count;
        }
        start += length.max(1);
    }
    ranks
}

pub(super) fn stable_order(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&left, &right| values[left].total_cmp(&values[right]));
    order
}

pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

pub(super) fn centred(values: &[f64]) -> Vec<f64> {
    let mean = mean(values);
    values.iter().map(|value| value - mean).collect()
}

pub(super) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

/// Pearson's correlation; none where one side doesn't vary.
pub(super) fn pearson(left: &[f64], right: &[f64]) -> Option<f64> {
    if is_constant(left) || is_constant(right) {
        return None;
    }
    let (left, right) = (centred(left), centred(right));
    let spread = libm::sqrt(dot(&left, &left)) * libm::sqrt(dot(&right, &right));
    let correlation = dot(&left, &right) / spread;
    correlation
        .is_finite()
        .then(|| correlation.clamp(-1.0, 1.0))
}

pub(super) fn is_constant(values: &[f64]) -> bool {
    values.windows(2).all(|pair| pair[0] == pair[1])
}

/// `values` without its component along `direction`.
pub(super) fn orthogonal(values: &[f64], direction: &[f64]) -> Vec<f64> {
    let part = dot(values, direction) / dot(direction, direction);
    values
        .iter()
        .zip(direction)
        .map(|(value, along)| value - along * part)
        .collect()
}

/// An orthonormal basis of what columns span; what depends on the ones before it is left out.
pub(super) fn orthonormal_basis(columns: &[Vec<f64>]) -> Vec<Vec<f64>> {
    const DEPENDENT: f64 = 1e-6;
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let length = libm::sqrt(dot(column, column));
        let mut rest = column.clone();
        // The second pass removes what the first left through rounding.
        for _ in 0..2 {
            for direction in &basis {
                let part = dot(&rest, direction);
                for (cell, along) in rest.iter_mut().zip(direction) {
                    *cell -= part * along;
                }
            }
        }
        let rest_length = libm::sqrt(dot(&rest, &rest));
        if rest_length > DEPENDENT * length {
            basis.push(rest.iter().map(|cell| cell / rest_length).collect());
        }
    }
    basis
}

/// `values` less `proportion` of what the basis explains.
pub(super) fn neutral(values: &[f64], basis: &[Vec<f64>], proportion: f64) -> Vec<f64> {
    let mut rest = values.to_vec();
    for direction in basis {
        let part = proportion * dot(values, direction);
        for (cell, along) in rest.iter_mut().zip(direction) {
            *cell -= part * along;
        }
    }
    rest
}

/// The positions of the `count` smallest and `count` largest values, in the order of the list.
pub(super) fn extremes(values: &[f64], count: usize) -> Vec<usize> {
    let order = stable_order(values);
    let mut chosen: Vec<usize> = order[..count]
        .iter()
        .chain(&order[order.len() - count..])
        .copied()
        .collect();
    chosen.sort_unstable();
    chosen
}

pub(super) fn select(values: &[f64], positions: &[usize]) -> Vec<f64> {
    positions.iter().map(|&position| values[position]).collect()
}
