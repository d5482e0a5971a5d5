//! One code path for single extension elements and for vectors of them.
//!
//! Hot loops are generic over [`Lanes`]: the packed type does the bulk, the scalar one the last few
//! variables. Element `i` of a list lies in lane `i % WIDTH` of entry `i / WIDTH`. Field arithmetic is exact, so
//! the width changes speed and nothing else.

use std::ops::Range;

use lilliput_verifier::field::{EF, F};
use lilliput_verifier::point::eq_table;
use p3_field::extension::PackedQuinticTrinomialExtensionField;
use p3_field::{Algebra, Field, PackedFieldExtension, PackedValue, PrimeCharacteristicRing};
use rayon::join;

#[cfg(test)]
mod tests;

/// Packed base elements.
pub(crate) type PackedF = <F as Field>::Packing;

/// Packed extension elements.
pub(crate) type PackedEF = PackedQuinticTrinomialExtensionField<F, PackedF>;

/// Elements in a packed one.
pub(crate) const WIDTH: usize = PackedF::WIDTH;

/// One or several extension elements that are computed with at once.
pub(crate) trait Lanes: Algebra<EF> + Copy + Send + Sync {
    /// Elements in one.
    const WIDTH: usize;

    /// Regroups a list whose length is a multiple of the width.
    fn gather(elements: &[EF]) -> Vec<Self>;

    /// The sum of the elements.
    fn sum(self) -> EF;

    /// Appends the elements to a list.
    fn spread(self, out: &mut Vec<EF>);
}

impl Lanes for EF {
    const WIDTH: usize = 1;

    fn gather(elements: &[EF]) -> Vec<Self> {
        elements.to_vec()
    }

    fn sum(self) -> EF {
        self
    }

    fn spread(self, out: &mut Vec<EF>) {
        out.push(self);
    }
}

impl Lanes for PackedEF {
    const WIDTH: usize = WIDTH;

    fn gather(elements: &[EF]) -> Vec<Self> {
        elements
            .chunks_exact(WIDTH)
            .map(PackedEF::from_ext_slice)
            .collect()
    }

    fn sum(self) -> EF {
        (0..WIDTH).map(|index| lane(self, index)).sum()
    }

    fn spread(self, out: &mut Vec<EF>) {
        out.extend((0..WIDTH).map(|index| lane(self, index)));
    }
}

/// One element of a packed one.
pub(crate) fn lane(packed: PackedEF, index: usize) -> EF {
    PackedFieldExtension::<F, EF>::extract(&packed, index)
}

/// `low + challenge * (high - low)`.
#[inline(always)]
pub(crate) fn bind<N, R>(low: N, high: N, challenge: R) -> R
where
    N: Copy + std::ops::Sub<Output = N>,
    R: Lanes + Algebra<N>,
{
    challenge * (high - low) + low
}

/// All elements of a list.
pub(crate) fn spread<R: Lanes>(list: &[R]) -> Vec<EF> {
    let mut out = Vec::with_capacity(list.len() * R::WIDTH);
    list.iter().for_each(|&lanes| lanes.spread(&mut out));
    out
}

/// Vectors that one core works on at least: waking another one costs more than fewer of them.
pub(crate) const TASK: usize = 1 << 13;

/// `eq(point, i)` as an outer product: the first variables one by one, the last ones in lanes.
pub(crate) struct SplitEq<R> {
    /// Weights of the first variables.
    pub(crate) high: Vec<EF>,
    /// Weights of the last variables.
    pub(crate) low: Vec<R>,
}

/// Vectors that a hot loop works on at once: several lists of so many stay in the fastest cache.
pub(crate) const BLOCK: usize = 16;

impl<R: Lanes> SplitEq<R> {
    /// With [`BLOCK`] vectors of low weights, or fewer if the point has.
    pub(crate) fn blocks(point: &[EF]) -> Self {
        let low = (R::WIDTH * BLOCK).trailing_zeros() as usize;
        let (high, low) = point.split_at(point.len().saturating_sub(low));
        Self {
            high: eq_table(high),
            low: R::gather(&eq_table(low)),
        }
    }

    /// Needs at least as many variables as the lanes take.
    pub(crate) fn new(point: &[EF]) -> Self {
        let lane_variables = R::WIDTH.trailing_zeros() as usize;
        let low = (point.len() / 2).max(lane_variables);
        let (high, low) = point.split_at(point.len() - low);
        Self {
            high: eq_table(high),
            low: R::gather(&eq_table(low)),
        }
    }
}

impl<R: Lanes> SplitEq<R> {
    /// `sum over i < length of eq(point, i) terms(i)`, lanes included; `length` is the number of vectors the
    /// point's hypercube has.
    #[inline(always)]
    pub(crate) fn sum<const N: usize>(
        &self,
        length: usize,
        terms: impl Fn(usize) -> [R; N] + Sync,
    ) -> [EF; N] {
        debug_assert_eq!(length, self.high.len() * self.low.len());
        self.rows(0..self.high.len(), &terms).map(Lanes::sum)
    }

    /// The sum over some of the first variables' weights, on all cores if there are many.
    fn rows<const N: usize>(
        &self,
        rows: Range<usize>,
        terms: &(impl Fn(usize) -> [R; N] + Sync),
    ) -> [R; N] {
        if rows.len() * self.low.len() >= 2 * TASK {
            let middle = rows.start + rows.len() / 2;
            let (mut left, right) = join(
                || self.rows(rows.start..middle, terms),
                || self.rows(middle..rows.end, terms),
            );
            for (left, right) in left.iter_mut().zip(right) {
                *left += right;
            }
            return left;
        }
        let mut outer = [R::ZERO; N];
        for row in rows {
            let mut inner = [R::ZERO; N];
            for (column, &weight) in self.low.iter().enumerate() {
                let terms = terms(row * self.low.len() + column);
                for (inner, term) in inner.iter_mut().zip(terms) {
                    *inner += weight * term;
                }
            }
            for (outer, inner) in outer.iter_mut().zip(inner) {
                *outer += inner * self.high[row];
            }
        }
        outer
    }
}

/// Base elements, padded with zeros to a power of two, at `point`; the list may be shorter.
pub(crate) fn evaluate_base(values: &[F], point: &[EF]) -> EF {
    if values.len() < WIDTH || values.len() != 1 << point.len() {
        return lilliput_verifier::point::evaluate(values, point);
    }
    let eq = SplitEq::<PackedEF>::new(point);
    let packed = PackedF::pack_slice(values);
    let mut total = PackedEF::ZERO;
    for (row, &weight) in packed.chunks_exact(eq.low.len()).zip(&eq.high) {
        let mut inner = PackedEF::ZERO;
        for (&value, &weight) in row.iter().zip(&eq.low) {
            inner += weight * value;
        }
        total += inner * weight;
    }
    total.sum()
}
