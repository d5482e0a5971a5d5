//! Fractions of a layer's two children, bound in place.
//!
//! Beyond what is stored, a list goes on with the fraction `0 / 1`: of the leaves, only a first part is in use. What is
//! stored is a power of two of entries, so that halves are stored or not as a whole.

use std::ops::Range;

use p3_field::Algebra;

use crate::lanes::{Lanes, bind};

/// A child of a layer that is not bound yet. The first one is stored as a whole.
pub(super) struct Child<'a, N, R> {
    pub(super) p: &'a [N],
    pub(super) q: &'a [R],
}

/// A child while it is bound: numerators and denominators.
pub(super) struct Pair<'a, R> {
    p: &'a mut [R],
    q: &'a mut [R],
    /// The numerators are bound one round further already.
    ahead: bool,
}

impl<'a, R: Lanes> Pair<'a, R> {
    pub(super) fn new(p: &'a mut [R], q: &'a mut [R]) -> Self {
        debug_assert_eq!(p.len(), q.len());
        Self { p, q, ahead: false }
    }

    /// Numerators of which the first variable is bound already, beside denominators of which it isn't.
    pub(super) fn ahead(p: &'a mut [R], q: &'a mut [R]) -> Self {
        Self { p, q, ahead: true }
    }

    /// Entries that are stored.
    pub(super) fn length(&self) -> usize {
        self.q.len()
    }

    /// Binds the last variable: one entry is left.
    pub(super) fn bind_last(&mut self, challenge: R) {
        let last = |list: &mut [R], rest| {
            let (low, high) = list.split_at_mut(1);
            bind_part(low, high, &(0..1), rest, challenge);
        };
        if !self.ahead {
            last(self.p, R::ZERO);
        }
        last(self.q, R::ONE);
    }

    /// Adds a multiple of the first denominator to the first numerator.
    pub(super) fn add_last(&mut self, factor: R) {
        self.p[0] += factor * self.q[0];
    }

    /// Forgets what lies behind `length` entries, and that the numerators were ahead.
    pub(super) fn truncate(&mut self, length: usize) {
        for list in [&mut self.p, &mut self.q] {
            let end = list.len().min(length);
            let own = std::mem::take(list);
            *list = &mut own[..end];
        }
        self.ahead = false;
    }

    /// Both lists in four parts of `half` entries, of which two are left when a variable is bound.
    pub(super) fn quarters(&mut self, half: usize) -> Quarters<'_, R> {
        Quarters {
            p: quarters(self.p, half),
            q: quarters(self.q, half),
            ahead: self.ahead,
        }
    }

    /// One fraction, which may lie behind what is stored.
    pub(super) fn at(&self, index: usize) -> [R; 2] {
        [self.p[index], self.q[index]]
    }
}

/// The same entries of all quarters of a child: those before and behind the middle of what is left when a variable is
/// bound, and what they are bound to. Quarters that aren't stored, or not as far, are shorter.
pub(super) struct Quarters<'a, R> {
    p: [&'a mut [R]; 4],
    q: [&'a mut [R]; 4],
    ahead: bool,
}

impl<'a, R: Lanes> Quarters<'a, R> {
    /// The entries before a place, and those from there on.
    pub(super) fn split(self, place: usize) -> (Self, Self) {
        let (p, p_rest) = split(self.p, place);
        let (q, q_rest) = split(self.q, place);
        let ahead = self.ahead;
        (
            Self { p, q, ahead },
            Self {
                p: p_rest,
                q: q_rest,
                ahead,
            },
        )
    }

    /// Binds a block before the middle and the one as far behind it.
    pub(super) fn bind(&mut self, block: &Range<usize>, challenge: R) {
        if !self.ahead {
            bind_quarters(&mut self.p, block, R::ZERO, challenge);
        }
        bind_quarters(&mut self.q, block, R::ONE, challenge);
    }

    /// Adds a multiple of the denominators to the numerators there.
    pub(super) fn add(&mut self, block: &Range<usize>, factor: R) {
        for (p, q) in self.p.iter_mut().zip(&self.q).take(2) {
            for (p, &q) in p[block.clone()].iter_mut().zip(&q[block.clone()]) {
                *p += factor * q;
            }
        }
    }

    /// Numerators and denominators of a block before the middle; none if it isn't stored.
    pub(super) fn before(&self, block: &Range<usize>) -> Option<[&[R]; 2]> {
        self.both(0, block)
    }

    /// The same behind the middle.
    pub(super) fn behind(&self, block: &Range<usize>) -> Option<[&[R]; 2]> {
        self.both(1, block)
    }

    fn both(&self, quarter: usize, block: &Range<usize>) -> Option<[&[R]; 2]> {
        let denominators = self.q[quarter].get(block.clone())?;
        Some([&self.p[quarter][block.clone()], denominators])
    }
}

fn quarters<R>(list: &mut [R], half: usize) -> [&mut [R]; 4] {
    let mut rest = list;
    [half; 4].map(|length| {
        let own = std::mem::take(&mut rest);
        let (own, more) = own.split_at_mut(length.min(own.len()));
        rest = more;
        own
    })
}

fn split<R>(quarters: [&mut [R]; 4], place: usize) -> ([&mut [R]; 4], [&mut [R]; 4]) {
    let mut rests: [&mut [R]; 4] = Default::default();
    let mut rest = rests.iter_mut();
    let owns = quarters.map(|quarter| {
        let (own, more) = quarter.split_at_mut(place.min(quarter.len()));
        if let Some(rest) = rest.next() {
            *rest = more;
        }
        own
    });
    (owns, rests)
}

fn bind_quarters<R: Lanes>(
    [before, behind, high_before, high_behind]: &mut [&mut [R]; 4],
    block: &Range<usize>,
    rest: R,
    challenge: R,
) {
    bind_part(before, high_before, block, rest, challenge);
    bind_part(behind, high_behind, block, rest, challenge);
}

/// Binds a block of a list to what stands in the other one, or to `rest` where that isn't stored.
fn bind_part<R: Lanes>(low: &mut [R], high: &[R], block: &Range<usize>, rest: R, challenge: R) {
    if !high.is_empty() {
        let pairs = low[block.clone()].iter_mut().zip(&high[block.clone()]);
        for (low, &high) in pairs {
            *low = bind(*low, high, challenge);
        }
    } else if block.start < low.len() {
        for low in &mut low[block.clone()] {
            *low = bind(*low, rest, challenge);
        }
    }
}

/// Binds the first variable of a list of another kind of elements; `length` entries are left if all are stored.
pub(super) fn bound<N, R>(list: &[N], length: usize, challenge: R, out: &mut [R])
where
    N: Copy + std::ops::Sub<Output = N> + Default,
    R: Lanes + Algebra<N>,
{
    let (low, high) = list.split_at(list.len().min(length));
    if high.is_empty() {
        for (out, &low) in out.iter_mut().zip(low) {
            *out = bind(low, N::default(), challenge);
        }
    }
    for (out, (&low, &high)) in out.iter_mut().zip(low.iter().zip(high)) {
        *out = bind(low, high, challenge);
    }
}
