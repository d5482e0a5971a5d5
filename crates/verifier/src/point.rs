//! Multilinear points: eq, truncated eq, masks, evaluations.
//!
//! A point is a slice of coordinates, the most significant bit's first. `eq(a, b)` is the product of
//! `a_k b_k + (1 - a_k)(1 - b_k)`; with an index `i` for `b` it is the weight of entry `i` in an evaluation
//! at `a`. The "truncated" sums run over the indices below some `n`, bit by bit: a state keeps the sum
//! over all lower parts and the sum over those below `n`'s lower part.
//!
//! A tensor with axes `d_0, d_1, …` has `variables(d_k)` coordinates for axis `k`, slowest axis first, and
//! stands for itself padded with zeros to powers of two.

use p3_field::{Algebra, PrimeCharacteristicRing};

use crate::field::{EF, F, base_from_i64};

#[cfg(test)]
mod tests;

/// Variables of an axis: `ceil(log2(length))`, zero for lengths zero and one.
#[must_use]
pub fn variables(length: u64) -> usize {
    let bits = length
        .saturating_sub(1)
        .checked_ilog2()
        .map_or(0, |bits| bits.saturating_add(1));
    usize::try_from(bits).unwrap_or(usize::MAX)
}

/// Variables of a tensor with these axes.
#[must_use]
pub fn tensor_variables(axes: &[u32]) -> usize {
    axes.iter()
        .map(|&length| variables(u64::from(length)))
        .sum()
}

/// `eq(a, b)`; points of different lengths are compared over the shorter one.
pub fn eq(a: &[EF], b: &[EF]) -> EF {
    a.iter().zip(b).map(|(&a, &b)| eq_one(a, b)).product()
}

/// `eq` in one variable.
#[inline]
pub fn eq_one(a: EF, b: EF) -> EF {
    let both = a * b;
    both.double() - a - b + EF::ONE
}

/// `eq(point, i)` for all `i`, in order.
#[must_use]
pub fn eq_table(point: &[EF]) -> Vec<EF> {
    scaled_eq_table(point, EF::ONE)
}

/// `scale * eq(point, i)` for all `i`, in order.
#[must_use]
pub fn scaled_eq_table(point: &[EF], scale: EF) -> Vec<EF> {
    let mut table = vec![scale];
    for &coordinate in point {
        table = table
            .iter()
            .flat_map(|&weight| {
                let high = weight * coordinate;
                [weight - high, high]
            })
            .collect();
    }
    table
}

/// `eq(point, index)` for one index.
pub fn eq_at_index(point: &[EF], index: u64) -> EF {
    bits(point, index)
        .map(|(&coordinate, bit)| {
            if bit {
                coordinate
            } else {
                EF::ONE - coordinate
            }
        })
        .product()
}

/// The weight at `point` of the aligned block that starts at `offset` and has as many variables as `point` doesn't
/// name: `eq(point, offset >> variables left)`.
pub fn block_selector(point: &[EF], offset: u64, block_variables: usize) -> EF {
    let index = u32::try_from(block_variables)
        .ok()
        .and_then(|shift| offset.checked_shr(shift));
    eq_at_index(point, index.unwrap_or(0))
}

/// `sum over i < count of eq(point, i)`: the mask "below `count`" at `point`.
pub fn less_than(point: &[EF], count: u64) -> EF {
    if covers(point.len(), count) {
        return EF::ONE;
    }
    let mut below = EF::ZERO;
    for (&coordinate, bit) in bits(point, count).rev() {
        let high = coordinate * below;
        below = if bit {
            EF::ONE - coordinate + high
        } else {
            below - high
        };
    }
    below
}

/// `sum over i < count of eq(a, i) eq(b, i)`.
pub fn truncated_eq(a: &[EF], b: &[EF], count: u64) -> EF {
    let variables = a.len().min(b.len());
    if covers(variables, count) {
        return eq(a, b);
    }
    let (mut below, mut all) = (EF::ZERO, EF::ONE);
    for ((a, bit), &b) in bits(a, count).zip(b).rev() {
        let one = *a * b;
        let zero = one - *a - b + EF::ONE;
        below = if bit {
            zero * all + one * below
        } else {
            zero * below
        };
        all *= zero + one;
    }
    below
}

/// `sum over i < count of i eq(point, i)`.
pub fn index_sum(point: &[EF], count: u64) -> EF {
    let whole = covers(point.len(), count);
    // Over the lower bits: weights below `count`'s lower part, their index sum, the index sum of all.
    let (mut below, mut below_sum, mut all_sum) = (EF::ZERO, EF::ZERO, EF::ZERO);
    let mut place = F::ONE;
    for (&coordinate, bit) in bits(point, count).rev() {
        let other = EF::ONE - coordinate;
        if bit {
            below_sum = other * all_sum + coordinate * (below_sum + below * place);
            below = other + coordinate * below;
        } else {
            below_sum *= other;
            below *= other;
        }
        all_sum += coordinate * place;
        place = place.double();
    }
    if whole { all_sum } else { below_sum }
}

/// The mask of a tensor's valid indices at `point`: a product over the axes.
pub fn mask(axes: &[u32], point: &[EF]) -> EF {
    per_axis(axes, point)
        .map(|(length, coordinates)| less_than(coordinates, length))
        .product()
}

/// `sum over a tensor's valid indices x of eq(a, x) eq(b, x)`: a product over the axes.
pub fn truncated_eq_tensor(axes: &[u32], a: &[EF], b: &[EF]) -> EF {
    per_axis(axes, a)
        .zip(per_axis(axes, b))
        .map(|((length, a), (_, b))| truncated_eq(a, b, length))
        .product()
}

/// `sum over the entries of values[i] eq(point, i)`: a vector padded with zeros, at `point`. Linear.
pub fn evaluate<V: Copy>(values: &[V], point: &[EF]) -> EF
where
    EF: Algebra<V>,
{
    evaluate_with(values, point, |&value| value)
}

/// A vector of integers, padded with zeros, at `point`. Linear.
pub fn evaluate_integers(values: &[i64], point: &[EF]) -> EF {
    evaluate_with(values, point, |&value| base_from_i64(value))
}

/// A row-major tensor of integers, each axis padded with zeros, at `point`. Linear.
pub fn evaluate_tensor(values: &[i64], axes: &[u32], point: &[EF]) -> EF {
    fold_axes(
        &values
            .iter()
            .map(|&value| base_from_i64(value))
            .collect::<Vec<_>>(),
        axes,
        point,
    )
}

/// Folds axis by axis, the fastest first, so that only one eq table of one axis is alive.
fn fold_axes(values: &[F], axes: &[u32], point: &[EF]) -> EF {
    let Some((&length, slower)) = axes.split_last() else {
        return values.first().map_or(EF::ZERO, |&value| EF::from(value));
    };
    let (rest, coordinates) =
        point.split_at(point.len().saturating_sub(variables(u64::from(length))));
    let weights = eq_table(coordinates);
    let width = usize::try_from(length).unwrap_or(usize::MAX).max(1);
    let mut folded: Vec<EF> = values.chunks(width).map(|row| dot(row, &weights)).collect();
    let mut rest = rest;
    for &length in slower.iter().rev() {
        let (left, coordinates) =
            rest.split_at(rest.len().saturating_sub(variables(u64::from(length))));
        let weights = eq_table(coordinates);
        let width = usize::try_from(length).unwrap_or(usize::MAX).max(1);
        folded = folded.chunks(width).map(|row| dot(row, &weights)).collect();
        rest = left;
    }
    folded.first().copied().unwrap_or(EF::ZERO)
}

fn dot<V: Copy>(values: &[V], weights: &[EF]) -> EF
where
    EF: Algebra<V>,
{
    values
        .iter()
        .zip(weights)
        .map(|(&value, &weight)| weight * value)
        .sum()
}

/// A vector of anything that `lift` makes an element of, padded with zeros, at `point`. Linear.
pub fn evaluate_with<V, L>(values: &[V], point: &[EF], lift: impl Fn(&V) -> L) -> EF
where
    EF: Algebra<L>,
{
    let needed = variables(u64::try_from(values.len()).unwrap_or(u64::MAX)).min(point.len());
    // Coordinates above the vector's own select its zero-padded first part.
    let (above, own) = point.split_at(point.len().saturating_sub(needed));
    let scale: EF = above
        .iter()
        .map(|&coordinate| EF::ONE - coordinate)
        .product();
    let (high, low) = own.split_at(own.len() >> 1);
    let (high, low) = (eq_table(high), eq_table(low));
    let sum: EF = values
        .chunks(low.len().max(1))
        .zip(&high)
        .map(|(row, &weight)| {
            let inner: EF = row
                .iter()
                .zip(&low)
                .map(|(value, &w)| w * lift(value))
                .sum();
            weight * inner
        })
        .sum();
    scale * sum
}

fn covers(variables: usize, count: u64) -> bool {
    u32::try_from(variables)
        .ok()
        .and_then(|bits| 1u64.checked_shl(bits))
        .is_some_and(|size| count >= size)
}

/// Coordinates with the bits of `index`, most significant first.
fn bits(
    point: &[EF],
    index: u64,
) -> impl DoubleEndedIterator<Item = (&EF, bool)> + ExactSizeIterator {
    let count = point.len();
    point.iter().enumerate().map(move |(position, coordinate)| {
        let place = count.saturating_sub(position).saturating_sub(1);
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        (coordinate, index.checked_shr(place).unwrap_or(0) & 1 == 1)
    })
}

/// Each axis's length with its coordinates; a point that is too short gives empty ones.
fn per_axis<'a>(axes: &'a [u32], point: &'a [EF]) -> impl Iterator<Item = (u64, &'a [EF])> {
    let mut rest = point;
    axes.iter().map(move |&length| {
        let length = u64::from(length);
        let (own, left) = rest.split_at(variables(length).min(rest.len()));
        rest = left;
        (length, own)
    })
}
