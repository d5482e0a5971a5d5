//! The verifying key: a graph, a commitment to its weights, and the proof that these are in range.
//!
//! A key comes from whoever wants to be paid for the model, so reading one is a check: bytes, graph, limits,
//! range proof. What is left in memory can be trusted.

use lilliput_graph::{Checked, DecodeError, Graph, GraphError};
use thiserror::Error;

use crate::argument::{Counts, count};
use crate::codec::{CodecError, Reader, Writer};
use crate::field::EF;
use crate::form::Form;
use crate::join::{Block, BlockClaim};
use crate::layers::Unprovable;
use crate::layout::{Hidden, Layout, Polynomial};
use crate::logup;
use crate::pcs::{self, Code, OpeningError, Oracle, Root};
use crate::receiver::Receiver;
use crate::security::{SECURITY_BITS_MIN, Security, account};
use crate::settle::{join, multiplicity_claims, value_claims};
use crate::transcript::Transcript;

/// Version of the format. 1: first. 2: hiding commitment, value out of the domain.
pub const KEY_VERSION: u8 = 2;

/// Longest key.
pub const KEY_BYTES_MAX: usize = 1 << 23;

/// Most openings that a key can have.
pub const OPENINGS_MAX: u32 = 1 << 12;

/// Name and version of the range argument.
const RANGE_PROTOCOL: &str = "lilliput weights 2";

/// The commitment to a model's weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedWeights {
    /// The root.
    pub root: Root,
    /// Openings that keep the weights hidden; none for weights that anyone may know.
    pub openings: u32,
    /// A point drawn after the root.
    pub point: Vec<EF>,
    /// The polynomial's value there: it tells the committed polynomial from all others near the code word, once
    /// and for all proofs.
    pub value: EF,
}

impl CommittedWeights {
    /// The code.
    #[must_use]
    pub fn code(&self) -> Code {
        Code::weights(self.point.len(), self.openings)
    }

    /// The claim on the value out of the domain, over all cells.
    #[must_use]
    pub fn claim(&self) -> BlockClaim<EF> {
        let cells = u32::try_from(self.point.len()).ok();
        let cells = cells.and_then(|variables| 1u32.checked_shl(variables));
        BlockClaim {
            block: Block {
                offset: 0,
                axes: vec![cells.unwrap_or(u32::MAX)],
            },
            point: self.point.clone(),
            value: self.value,
        }
    }

    fn form_claim(&self) -> BlockClaim<Form> {
        let BlockClaim {
            block,
            point,
            value,
        } = self.claim();
        BlockClaim {
            block,
            point,
            value: Form::from(value),
        }
    }

    /// Joins claims on blocks, and the one on the value out of the domain.
    ///
    /// # Errors
    ///
    /// [`CodecError`].
    pub fn join(
        &self,
        mut claims: Vec<BlockClaim<Form>>,
        receiver: &mut Receiver<'_>,
    ) -> Result<Oracle, CodecError> {
        claims.push(self.form_claim());
        join(self.root, self.code(), self.point.len(), &claims, receiver)
    }
}

/// The point at which the weights' polynomial is pinned down.
#[must_use]
pub fn outside_point(graph_bytes: &[u8], openings: u32, root: &Root, variables: usize) -> Vec<EF> {
    let mut transcript = Transcript::new("lilliput outside 2");
    transcript.absorb_bytes("graph", graph_bytes);
    transcript.absorb_bytes("openings", &openings.to_le_bytes());
    root.absorb("weights", &mut transcript);
    transcript.challenge_point("outside", variables)
}

/// The hash of a key: graph, weights and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(pub [u8; 32]);

/// A key that was checked.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    checked: Checked,
    layout: Layout,
    weights: Option<CommittedWeights>,
    bytes: Vec<u8>,
    id: ModelId,
    security: Security,
    counts: Counts,
}

/// Why a key is refused.
#[derive(Debug, Error)]
pub enum KeyError {
    /// More bytes than any key has.
    #[error("the key has {got} bytes, at most {KEY_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes.
        got: usize,
    },
    /// Another format.
    #[error("the key has version {got}, this program reads version {KEY_VERSION}")]
    Version {
        /// Its version.
        got: u8,
    },
    /// Cut off, not canonical, or too long.
    #[error("the key is malformed: {0}")]
    Malformed(#[from] CodecError),
    /// The graph can't be read.
    #[error("the key's graph can't be read: {0}")]
    Decode(#[from] DecodeError),
    /// The graph has another encoding.
    #[error("the key's graph isn't in its one form")]
    NotCanonical,
    /// The graph is refused.
    #[error("the key's graph is refused: {0}")]
    Graph(#[from] GraphError),
    /// The graph can't be proven.
    #[error("the key's graph can't be proven: {0}")]
    Unprovable(#[from] Unprovable),
    /// The parameters give too few bits for this model.
    #[error(
        "proofs of this model would have {bits:.1} bits of security, {SECURITY_BITS_MIN} are asked for"
    )]
    Security {
        /// Bits.
        bits: f64,
    },
    /// More openings than any key has.
    #[error("the key has {got} openings, at most {OPENINGS_MAX} are allowed")]
    Openings {
        /// Openings.
        got: u32,
    },
    /// The range proof fails.
    #[error("the weights aren't shown to be in range: {0}")]
    Range(#[from] OpeningError),
}

impl VerifyingKey {
    /// Reads and checks a key.
    ///
    /// # Errors
    ///
    /// [`KeyError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, KeyError> {
        if bytes.len() > KEY_BYTES_MAX {
            return Err(KeyError::TooLong { got: bytes.len() });
        }
        let mut reader = Reader::new(bytes);
        let [got] = reader.array()?;
        if got != KEY_VERSION {
            return Err(KeyError::Version { got });
        }
        let length = usize::try_from(u32::from_le_bytes(reader.array()?));
        let graph_bytes = reader.bytes(length.unwrap_or(usize::MAX))?;
        let graph = Graph::decode(graph_bytes)?;
        if graph.encode() != graph_bytes {
            return Err(KeyError::NotCanonical);
        }
        let checked = Checked::new(graph)?;
        let layout = Layout::new(&checked, Hidden::default())?;
        let weights = match &layout.weights {
            Some(polynomial) => {
                let weights = read_weights(graph_bytes, polynomial, &mut reader)?;
                let argument = reader.bytes(reader.remaining())?;
                check_range(graph_bytes, polynomial, &weights, argument)?;
                Some(weights)
            }
            None => None,
        };
        reader.finish()?;
        let counts = count(&checked, &layout, weights.as_ref())?;
        let security = account(&layout, &checked, weights.as_ref(), &counts);
        if !security.suffices() {
            return Err(KeyError::Security {
                bits: security.bits,
            });
        }
        Ok(Self {
            checked,
            layout,
            weights,
            bytes: bytes.to_vec(),
            id: ModelId(blake3::derive_key("lilliput 2026 model id", bytes)),
            security,
            counts,
        })
    }

    /// The canonical bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.bytes.clone()
    }

    /// The hash of the canonical bytes.
    #[must_use]
    pub fn model_id(&self) -> ModelId {
        self.id
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.checked.graph()
    }

    /// The graph with its shapes and bounds.
    #[must_use]
    pub fn checked(&self) -> &Checked {
        &self.checked
    }

    /// What is committed and where, in proofs that hide neither input nor output.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How sure a proof of this model is.
    #[must_use]
    pub fn security(&self) -> &Security {
        &self.security
    }

    /// The commitment to the weights; none without weights.
    #[must_use]
    pub fn weights(&self) -> Option<&CommittedWeights> {
        self.weights.as_ref()
    }

    /// Openings that keep the weights hidden; zero if nothing hides them.
    #[must_use]
    pub fn openings(&self) -> u32 {
        self.weights.as_ref().map_or(0, |weights| weights.openings)
    }

    /// Messages and constraints of a proof that hides neither input nor output.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

fn read_weights(
    graph_bytes: &[u8],
    polynomial: &Polynomial,
    reader: &mut Reader<'_>,
) -> Result<CommittedWeights, KeyError> {
    let root = Root(reader.array()?);
    let openings = u32::from_le_bytes(reader.array()?);
    if openings > OPENINGS_MAX {
        return Err(KeyError::Openings { got: openings });
    }
    Ok(CommittedWeights {
        root,
        openings,
        point: outside_point(graph_bytes, openings, &root, polynomial.variables),
        value: reader.extension()?,
    })
}

/// Puts a key together; `range_argument` is what [`range_argument`] reads.
#[must_use]
pub fn encode_key(graph_bytes: &[u8], weights: Option<(&CommittedWeights, &[u8])>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes(&[KEY_VERSION]);
    let length = u32::try_from(graph_bytes.len()).unwrap_or(u32::MAX);
    writer.bytes(&length.to_le_bytes());
    writer.bytes(graph_bytes);
    if let Some((weights, range_argument)) = weights {
        writer.bytes(&weights.root.0);
        writer.bytes(&weights.openings.to_le_bytes());
        writer.extension(&weights.value);
        writer.bytes(range_argument);
    }
    writer.finish()
}

/// The start of the range argument's transcript: it binds the graph and the commitment.
#[must_use]
pub fn range_transcript(graph_bytes: &[u8], weights: &CommittedWeights) -> Transcript {
    let mut transcript = Transcript::new(RANGE_PROTOCOL);
    absorb_weights(graph_bytes, weights, &mut transcript);
    transcript
}

/// Absorbs the graph and the commitment.
pub fn absorb_weights(graph_bytes: &[u8], weights: &CommittedWeights, transcript: &mut Transcript) {
    transcript.absorb_bytes("graph", graph_bytes);
    transcript.absorb_bytes("openings", &weights.openings.to_le_bytes());
    weights.root.absorb("weights", transcript);
    transcript.absorb("outside", &[weights.value]);
}

/// Reads the argument that every committed weight lies in the range of its bits, up to its opening.
///
/// # Errors
///
/// [`CodecError`].
pub fn range_argument(
    polynomial: &Polynomial,
    weights: &CommittedWeights,
    receiver: &mut Receiver<'_>,
) -> Result<(Root, Vec<Oracle>), CodecError> {
    let masks = receiver.root("masks")?;
    let lookups = logup::verify(&polynomial.lookups, receiver)?;
    let mut claims = value_claims(polynomial.blocks.iter().enumerate(), &lookups);
    claims.extend(multiplicity_claims(polynomial, &lookups));
    let oracle = weights.join(claims, receiver)?;
    Ok((masks, vec![oracle]))
}

fn check_range(
    graph_bytes: &[u8],
    polynomial: &Polynomial,
    weights: &CommittedWeights,
    argument: &[u8],
) -> Result<(), KeyError> {
    let mut receiver = Receiver::new(argument, range_transcript(graph_bytes, weights));
    let (masks, oracles) = range_argument(polynomial, weights, &mut receiver)?;
    pcs::settle(&masks, &oracles, &mut receiver)?;
    receiver.finish()?;
    Ok(())
}
