//! The prover's messages.

use super::shape::Shape;
use crate::codec::{CodecError, Reader, Writer};
use crate::field::EF;
use crate::sumcheck::EqSumcheck;

/// One layer of the tree of fraction sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Reduces a claim on the layer to one point of the layer below; no rounds at the root.
    pub sumcheck: EqSumcheck<2>,
    /// Numerators of both children there, then denominators.
    pub children: [EF; 4],
}

/// A segment at the last point.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SegmentLeaf {
    /// Its values.
    pub value: EF,
    /// Its results, if its table has any.
    pub result: Option<EF>,
}

/// A lookup argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogUp {
    /// From the root down.
    pub layers: Vec<Layer>,
    /// One for each segment.
    pub segments: Vec<SegmentLeaf>,
    /// Each table's multiplicities at the last point.
    pub multiplicities: Vec<EF>,
}

impl LogUp {
    /// Appends the canonical bytes.
    pub fn encode(&self, writer: &mut Writer) {
        for layer in &self.layers {
            layer.sumcheck.encode(writer);
            writer.extensions(&layer.children);
        }
        for segment in &self.segments {
            writer.extension(&segment.value);
            segment
                .result
                .iter()
                .for_each(|result| writer.extension(result));
        }
        writer.extensions(&self.multiplicities);
    }

    /// Reads an argument of the given shape.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn decode(reader: &mut Reader<'_>, shape: &Shape) -> Result<Self, CodecError> {
        let mut layers = Vec::with_capacity(shape.variables());
        for rounds in 0..shape.variables() {
            let sumcheck = EqSumcheck::decode(reader, rounds)?;
            let mut children = [EF::default(); 4];
            for child in &mut children {
                *child = reader.extension()?;
            }
            layers.push(Layer { sumcheck, children });
        }
        let segments = shape
            .placed_segments()
            .map(|(_, table, _)| {
                let value = reader.extension()?;
                let result = table
                    .table
                    .has_results()
                    .then(|| reader.extension())
                    .transpose()?;
                Ok(SegmentLeaf { value, result })
            })
            .collect::<Result<_, CodecError>>()?;
        let multiplicities = reader.extensions(shape.tables().len())?;
        Ok(Self {
            layers,
            segments,
            multiplicities,
        })
    }
}
