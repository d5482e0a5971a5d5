//! The verifying key: a graph, a commitment to its weights, and the proof that these are in range.
//!
//! A key comes from whoever wants to be paid for the model, so reading one is a check: bytes, graph, limits,
//! range proof. What is left in memory can be trusted.

use lilliput_graph::{Checked, DecodeError, Graph, GraphError};
use thiserror::Error;

use crate::codec::{CodecError, Reader, Writer};
use crate::join::BlockClaim;
use crate::layers::Unprovable;
use crate::layout::{Layout, Polynomial};
use crate::logup::{self, LogUp, LogUpClaims, LogUpError};
use crate::pcs::Root;
use crate::security::{SECURITY_BITS_MIN, Security, account};
use crate::settle::{SettleError, multiplicity_claims, settle, value_claims};
use crate::transcript::Transcript;

/// Version of the format. 1: first.
pub const KEY_VERSION: u8 = 1;

/// Longest key.
pub const KEY_BYTES_MAX: usize = 1 << 23;

/// Name and version of the range argument.
const RANGE_PROTOCOL: &str = "lilliput weights 1";

/// The hash of a key: graph, weights and parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModelId(pub [u8; 32]);

/// A key that was checked.
#[derive(Clone, Debug)]
pub struct VerifyingKey {
    checked: Checked,
    layout: Layout,
    weights: Option<Root>,
    bytes: Vec<u8>,
    id: ModelId,
    security: Security,
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
    /// The range proof's lookups fail.
    #[error("the weights aren't shown to be in range: {0}")]
    Range(#[from] LogUpError),
    /// The range proof's opening fails.
    #[error("the weights aren't shown to be in range: {0}")]
    Settle(#[from] SettleError),
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
        let layout = Layout::new(&checked)?;
        let security = account(&layout, &checked);
        if !security.suffices() {
            return Err(KeyError::Security {
                bits: security.bits,
            });
        }
        let weights = match &layout.weights {
            Some(polynomial) => {
                let root = Root(reader.array()?);
                let mut transcript = range_transcript(graph_bytes, &root);
                check_range(polynomial, &root, &mut reader, &mut transcript)?;
                Some(root)
            }
            None => None,
        };
        reader.finish()?;
        Ok(Self {
            checked,
            layout,
            weights,
            bytes: bytes.to_vec(),
            id: ModelId(blake3::derive_key("lilliput 2026 model id", bytes)),
            security,
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

    /// What is committed and where.
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
    pub fn weights(&self) -> Option<&Root> {
        self.weights.as_ref()
    }
}

/// Puts a key together; `range_argument` is what [`check_range`] reads.
#[must_use]
pub fn encode_key(graph_bytes: &[u8], weights: Option<(&Root, &[u8])>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.bytes(&[KEY_VERSION]);
    let length = u32::try_from(graph_bytes.len()).unwrap_or(u32::MAX);
    writer.bytes(&length.to_le_bytes());
    writer.bytes(graph_bytes);
    if let Some((root, range_argument)) = weights {
        writer.bytes(&root.0);
        writer.bytes(range_argument);
    }
    writer.finish()
}

/// The start of the range argument's transcript: it binds the graph and the commitment.
#[must_use]
pub fn range_transcript(graph_bytes: &[u8], root: &Root) -> Transcript {
    let mut transcript = Transcript::new(RANGE_PROTOCOL);
    transcript.absorb_bytes("graph", graph_bytes);
    root.absorb("weights", &mut transcript);
    transcript
}

/// The claims on the weights' polynomial that the range argument's lookups leave.
#[must_use]
pub fn range_claims(polynomial: &Polynomial, claims: &LogUpClaims) -> Vec<BlockClaim> {
    let mut all = value_claims(polynomial.blocks.iter().enumerate(), claims);
    all.extend(multiplicity_claims(polynomial, claims));
    all
}

/// Checks that every committed weight lies in the range of its bits.
fn check_range(
    polynomial: &Polynomial,
    root: &Root,
    reader: &mut Reader<'_>,
    transcript: &mut Transcript,
) -> Result<(), KeyError> {
    let lookups = LogUp::decode(reader, &polynomial.lookups)?;
    let claims = logup::verify(&polynomial.lookups, &lookups, transcript)?;
    let claims = range_claims(polynomial, &claims);
    settle(root, polynomial.variables, &claims, reader, transcript)?;
    Ok(())
}
