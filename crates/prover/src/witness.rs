//! What a run commits to: lookup results, remainders, multiplicities.

use lilliput_graph::exec::round_shift;
use lilliput_graph::{Tensor, TensorId, Trace};
use lilliput_verifier::field::F;
use lilliput_verifier::join::Block;
use lilliput_verifier::layout::{LookupNode, Polynomial};
use p3_field::PrimeCharacteristicRing;

use crate::blocks::place;
use crate::logup::{OutOfTable, SegmentValues, count};

/// The looked-up values of a run, and how often each table entry is used.
pub(crate) struct LookedUp<'a> {
    pub(crate) shifted: Vec<Shifted>,
    pub(crate) results: Vec<&'a Tensor>,
    /// Hidden inputs: looked up in their ranges, committed elsewhere.
    pub(crate) inputs: Vec<&'a Tensor>,
    pub(crate) multiplicities: Vec<Vec<u32>>,
}

/// The two parts of a lookup's operand.
pub(crate) struct Shifted {
    pub(crate) values: Vec<i64>,
    /// Empty without a shift.
    pub(crate) remainders: Vec<i64>,
}

impl<'a> LookedUp<'a> {
    pub(crate) fn new(
        polynomial: &Polynomial,
        nodes: &[LookupNode],
        inputs: &[TensorId],
        trace: &'a Trace<'_>,
    ) -> Result<Self, OutOfTable> {
        let mut looked_up = Self {
            shifted: nodes.iter().map(|node| shift(node, trace)).collect(),
            results: nodes.iter().map(|node| trace.tensor(node.node)).collect(),
            inputs: inputs.iter().map(|&input| trace.tensor(input)).collect(),
            multiplicities: Vec::new(),
        };
        looked_up.multiplicities = count(&polynomial.lookups, &looked_up.segments())?;
        Ok(looked_up)
    }

    /// In the order of the polynomial's segments.
    pub(crate) fn segments(&self) -> Vec<SegmentValues<'_>> {
        let nodes = self.shifted.iter().zip(&self.results);
        nodes
            .flat_map(|(shifted, result)| {
                let values = SegmentValues {
                    values: &shifted.values,
                    results: Some(&result.values),
                };
                let remainders = SegmentValues {
                    values: &shifted.remainders,
                    results: None,
                };
                let has_remainders = !shifted.remainders.is_empty();
                [Some(values), has_remainders.then_some(remainders)]
            })
            .flatten()
            .chain(self.inputs.iter().map(|input| SegmentValues {
                values: &input.values,
                results: None,
            }))
            .collect()
    }

    /// What is committed, in the order of the polynomial's blocks.
    pub(crate) fn committed(&self) -> Vec<&[i64]> {
        let mut segments = self.segments();
        segments.truncate(segments.len() - self.inputs.len());
        let segments = segments.into_iter();
        segments
            .map(|segment| segment.results.unwrap_or(segment.values))
            .collect()
    }
}

fn shift(node: &LookupNode, trace: &Trace<'_>) -> Shifted {
    let x = &trace.tensor(node.x).values;
    if node.shift == 0 {
        return Shifted {
            values: x.clone(),
            remainders: Vec::new(),
        };
    }
    let (values, remainders) = x
        .iter()
        .map(|&value| round_shift(value, node.shift))
        .unzip();
    Shifted { values, remainders }
}

/// The cells of a committed polynomial, its salt left at zero.
pub(crate) fn cells(
    polynomial: &Polynomial,
    committed: &[&[i64]],
    multiplicities: &[Vec<u32>],
) -> Vec<F> {
    let mut cells = F::zero_vec(1 << polynomial.variables);
    for (block, values) in polynomial.blocks.iter().zip(committed) {
        place(values, &block.axes, &mut cells[range(block)]);
    }
    for (block, counts) in polynomial.multiplicities.iter().zip(multiplicities) {
        for (cell, &count) in cells[range(block)].iter_mut().zip(counts) {
            *cell = F::from_u32(count);
        }
    }
    cells
}

fn range(block: &Block) -> std::ops::Range<usize> {
    let start = block.offset as usize;
    start..start + (1 << block.variables())
}
