//! Graph, weights, name and what hides the weights in one file (`.lmodel`).
//!
//! Layout: [`MAGIC`], a version byte, the name (one length byte, UTF-8), what hides the weights (a byte: 0 for
//! nothing; 1, then the 32 bytes of the seed, and openings, start and end of this copy's share, four bytes each), the
//! graph (four length bytes, [`Graph::encode`]), then the weights in the graph's order: one byte a value where they
//! have at most 8 bits, two bytes otherwise. Numbers are in little-endian order. Nothing follows.

use std::fmt;
use std::ops::Range;

use crate::check::{Checked, GraphError};
use crate::codec::DecodeError;
use crate::exec::{ExecError, check_weights};
use crate::graph::{Graph, WeightSpec, Weights};
use crate::tensor::Tensor;

/// The first bytes of a file.
pub const MAGIC: [u8; 4] = *b"LMDL";
/// Version history: 1, the first; 2, what hides the weights.
pub const VERSION: u8 = 2;
/// Most openings of a key that hides its weights.
pub const OPENINGS_MAX: u32 = 1 << 12;

/// A model with its weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub name: String,
    /// What hides the weights; none for weights that anyone may know.
    pub hiding: Option<Hiding>,
    pub graph: Checked,
    pub weights: Weights,
}

/// What hides a model's weights in its key and proofs.
#[derive(Clone, PartialEq, Eq)]
pub struct Hiding {
    /// Secret: whoever knows it can tell guessed weights by the key.
    pub seed: [u8; 32],
    /// Proofs for which the key hides its weights, all copies together.
    pub openings: u32,
    /// The numbers that this copy may use.
    pub share: Range<u32>,
}

impl Hiding {
    fn check(&self) -> Result<(), ModelError> {
        let Self {
            openings, share, ..
        } = self;
        let sound = (1..=OPENINGS_MAX).contains(openings);
        if sound && share.start <= share.end && share.end <= *openings {
            return Ok(());
        }
        Err(ModelError::Share {
            openings: *openings,
            from: share.start,
            to: share.end,
        })
    }
}

impl fmt::Debug for Hiding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Hiding")
            .field("openings", &self.openings)
            .field("share", &self.share)
            .finish_non_exhaustive()
    }
}

/// Why bytes aren't a model, or a model can't be written.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("this is not a model file")]
    Magic,
    #[error(
        "the model has version {got}, this program reads version {VERSION}: import it again from its ONNX file"
    )]
    Version { got: u8 },
    #[error("the model is cut off in its {part}")]
    CutOff { part: &'static str },
    #[error("{got} bytes follow the model")]
    Trailing { got: usize },
    #[error("the model's name is longer than 255 bytes or not UTF-8")]
    Name,
    #[error("the model's weights are hidden in a way that this program doesn't know ({got})")]
    Hiding { got: u8 },
    #[error(
        "a copy of a model has openings {from} to {to} of {openings}, at most {OPENINGS_MAX} in all"
    )]
    Share { openings: u32, from: u32, to: u32 },
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
        self.hiding.as_ref().map_or(Ok(()), Hiding::check)?;
        let graph = self.graph.graph().encode();
        let mut bytes = MAGIC.to_vec();
        bytes.extend([VERSION, name_length]);
        bytes.extend(self.name.as_bytes());
        match &self.hiding {
            None => bytes.push(0),
            Some(hiding) => {
                bytes.push(1);
                bytes.extend(hiding.seed);
                let numbers = [hiding.openings, hiding.share.start, hiding.share.end];
                bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
            }
        }
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
        let hiding = reader.hiding()?;
        let length = reader.number("header")?;
        let graph = reader.take(length as usize, "graph")?;
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
            hiding,
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

    fn number(&mut self, part: &'static str) -> Result<u32, ModelError> {
        let mut number = [0; 4];
        number.copy_from_slice(self.take(4, part)?);
        Ok(u32::from_le_bytes(number))
    }

    fn hiding(&mut self) -> Result<Option<Hiding>, ModelError> {
        match self.byte("header")? {
            0 => Ok(None),
            1 => {
                let mut seed = [0; 32];
                seed.copy_from_slice(self.take(32, "header")?);
                let hiding = Hiding {
                    seed,
                    openings: self.number("header")?,
                    share: self.number("header")?..self.number("header")?,
                };
                hiding.check()?;
                Ok(Some(hiding))
            }
            got => Err(ModelError::Hiding { got }),
        }
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
