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

    /// Binds the entries of a block within lists that have `length` entries afterwards.
    pub(super) fn bind(&mut self, block: Range<usize>, length: usize, challenge: R) {
        if !self.ahead {
            bind_block(self.p, block.clone(), length, R::ZERO, challenge);
        }
        bind_block(self.q, block, length, R::ONE, challenge);
    }

    /// Adds a multiple of the denominators to the numerators.
    pub(super) fn add(&mut self, block: Range<usize>, factor: R) {
        for (p, &q) in self.p[block.clone()].iter_mut().zip(&self.q[block]) {
            *p += factor * q;
        }
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

    /// Numerators and denominators of a block.
    pub(super) fn both(&self, block: Range<usize>) -> [&[R]; 2] {
        [&self.p[block.clone()], &self.q[block]]
    }

    /// One fraction, which may lie behind what is stored.
    pub(super) fn at(&self, index: usize) -> [R; 2] {
        [self.p[index], self.q[index]]
    }
}

/// Binds the first variable of a list that has `length` entries afterwards, on a block of these. What isn't stored is
/// `rest`.
fn bind_block<R: Lanes>(list: &mut [R], block: Range<usize>, length: usize, rest: R, challenge: R) {
    if list.len() > length {
        let (low, high) = list.split_at_mut(length);
        for (low, &high) in low[block.clone()].iter_mut().zip(&high[block]) {
            *low = bind(*low, high, challenge);
        }
    } else if block.start < list.len() {
        for low in &mut list[block] {
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
