//! The lookup argument: all lookups of a graph in all its tables, by one sum of fractions.
//!
//! A *segment* is a tensor whose every valid index is looked up in one table: `(value, result)`, or a value alone
//! in a range. Segments and tables are stacked in one hypercube, largest first; each cell is a fraction with
//! denominator `beta - value - alpha result - alpha^2 id`. Numerators are 1 on a segment's valid
//! indices, minus the committed multiplicity on a table's entries, and 0 elsewhere; outside of
//! all blocks the fraction is 0/1. All lookups are in the tables just when the fractions sum to zero
//! (Haböck, "Multivariate lookups based on logarithmic derivatives"), which a tree of fraction
//! sums shows layer by layer (Papini and Haböck, "Improving logarithmic derivative lookups using GKR").
//!
//! That no denominator is zero needs no check: a leaf's is `beta` minus what was bound before, and those of the tree
//! are products of leaves.
//!
//! The masks and tables are evaluated by the verifier. What the argument leaves are claims on each segment's
//! values and results and on each table's multiplicities, for others to settle.
//!
//! **Invariants:** multiplicities, and all that fixes the values, are bound before the first challenge here;
//! there are fewer lookups than the field has elements, so no multiplicity wraps.

mod shape;
mod verify;

#[cfg(test)]
mod tests;

pub use shape::{CELL_VARIABLES_MAX, Placement, Segment, Shape, ShapeError};
pub use verify::{
    CHILDREN, Fingerprint, LAMBDA, LEAVES, LogUpClaims, MU, SegmentClaim, TableClaim, leaf_claims,
    verify,
};
