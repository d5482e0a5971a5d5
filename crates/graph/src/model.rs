//! Graph, weights and name in one file (`.lmodel`).
//!
//! Layout: [`MAGIC`], a version byte, the name (one length byte, UTF-8), the graph (four length
//! bytes, [`Graph::encode`]), then the weights in the graph's order: one byte a value where they have
//! at most 8 bits, two bytes in little-endian order otherwise. Nothing follows.

use crate::check::{Checked, GraphError};
use crate::codec::DecodeError;
use crate::exec::{ExecError, check_weights};
use crate::graph::{Graph, WeightSpec, Weights};
use crate::tensor::Tensor;

/// The first bytes of a file.
pub const MAGIC: [u8; 4] = *b"LMDL";
/// Version history: 1, the first.
pub const VERSION: u8 = 1;

/// A model with its weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub name: String,
    pub graph: Checked,
    pub weights: Weights,
}

/// Why bytes aren't a model, or a model can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("this is not a model file")]
    Magic,
    #[error("the model has version {got}, this program reads version {VERSION}")]
    Version { got: u8 },
    #[error("the model is cut off in its {part}")]
    CutOff { part: &'static str },
    #[error("{got} bytes follow the model")]
    Trailing { got: usize },
    #[error("the model's name is longer than 255 bytes or not UTF-8")]
    Name,
    #[error("the model's graph can't be read: {0}")]
    Graph(#[from] DecodeError),
    #[error("the model's graph is refused: {0}")]
    Check(#[from] GraphError),
    #[error("the model's weights don't fit its graph: {0}")]
    Weights(#[from] ExecError),
}

impl Model {
    /// The canonical bytes; refuses weights that don't fit the graph.
    pub fn encode(&self) -> Result<Vec<u8>, ModelError> {
        check_weights(self.graph.graph(), &self.weights)?;
        let name_length = u8::try_from(self.name.len()).map_err(|_| ModelError::Name)?;
        let graph = self.graph.graph().encode();
        let mut bytes = MAGIC.to_vec();
        bytes.extend([VERSION, name_length]);
        bytes.extend(self.name.as_bytes());
        bytes.extend((graph.len() as u32).to_le_bytes());
        bytes.extend(&graph);
        for (spec, tensor) in self.graph.graph().weights.iter().zip(&self.weights.0) {
            if spec.bits <= 8 {
                bytes.extend(tensor.values.iter().map(|&value| value as i8 as u8));
            } else {
                let values = tensor.values.iter();
                bytes.extend(values.flat_map(|&value| (value as i16).to_le_bytes()));
            }
        }
        Ok(bytes)
    }

    /// Reads and checks a model. Memory stays within a small multiple of the bytes' length.
    pub fn decode(bytes: &[u8]) -> Result<Self, ModelError> {
        let mut reader = Reader(bytes);
        if reader.take(MAGIC.len(), "header")? != MAGIC {
            return Err(ModelError::Magic);
        }
        let version = reader.byte("header")?;
        if version != VERSION {
            return Err(ModelError::Version { got: version });
        }
        let name_length = reader.byte("header")?;
        let name = reader.take(usize::from(name_length), "name")?;
        let name = std::str::from_utf8(name).map_err(|_| ModelError::Name)?;
        let mut length = [0; 4];
        length.copy_from_slice(reader.take(4, "header")?);
        let graph = reader.take(u32::from_le_bytes(length) as usize, "graph")?;
        let graph = Checked::new(Graph::decode(graph)?)?;
        let specs = &graph.graph().weights;
        let weights = specs.iter().map(|spec| reader.weight(spec));
        let weights = Weights(weights.collect::<Result<_, _>>()?);
        if !reader.0.is_empty() {
            return Err(ModelError::Trailing {
                got: reader.0.len(),
            });
        }
        check_weights(graph.graph(), &weights)?;
        Ok(Self {
            name: name.into(),
            graph,
            weights,
        })
    }
}

/// The bytes that are still to be read.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize, part: &'static str) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(ModelError::CutOff { part })?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self, part: &'static str) -> Result<u8, ModelError> {
        self.take(1, part).map(|bytes| bytes[0])
    }

    fn weight(&mut self, spec: &WeightSpec) -> Result<Tensor, ModelError> {
        let elements = spec.shape.elements();
        let values = if spec.bits <= 8 {
            let bytes = self.take(elements, "weights")?;
            bytes.iter().map(|&byte| i64::from(byte as i8)).collect()
        } else {
            let bytes = self.take(2 * elements, "weights")?;
            let pairs = bytes.as_chunks::<2>().0;
            pairs
                .iter()
                .map(|&pair| i64::from(i16::from_le_bytes(pair)))
                .collect()
        };
        Ok(Tensor {
            shape: spec.shape.clone(),
            values,
        })
    }
}
