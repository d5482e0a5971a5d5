//! The link between a key and its successor: both commit to the same weights (`specs/proof.md`, section 9).
//!
//! A key hides its weights for a number of proofs. Then the owner commits anew, and shows here that nothing else changed:
//! the graph is the same, and at one random point of each weight tensor both commitments have the same value.

use thiserror::Error;

use crate::codec::{CodecError, Writer};
use crate::field::EF;
use crate::form::Form;
use crate::join::BlockClaim;
use crate::key::{CommittedWeights, VerifyingKey};
use crate::layout::Polynomial;
use crate::pcs::{OpeningError, Oracle, Root, settle};
use crate::receiver::Receiver;
use crate::security::{Security, opened_terms};
use crate::transcript::Transcript;

/// Name and version of the argument.
const PROTOCOL: &str = "lilliput link 1";

/// Longest link.
pub const LINK_BYTES_MAX: usize = 1 << 22;

/// Label of the points at which weights are compared.
pub const POINT: &str = "weights point";
/// Label of the values there.
pub const VALUE: &str = "weights value";

/// Why a link is refused.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum LinkError {
    /// More bytes than any link has.
    #[error("the link has {got} bytes, at most {LINK_BYTES_MAX} are allowed")]
    TooLong {
        /// Bytes.
        got: usize,
    },
    /// The keys have different graphs.
    #[error("the keys are of different models")]
    OtherGraph,
    /// A model without weights needs no successor.
    #[error("the model has no weights")]
    NoWeights,
    /// A message is cut off or isn't canonical.
    #[error("the link can't be read: {0}")]
    Malformed(#[from] CodecError),
    /// The messages don't fit what is committed.
    #[error("the weights aren't shown to be the same: {0}")]
    Opening(#[from] OpeningError),
}

/// Two keys of one graph.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// What is committed under both.
    pub polynomial: &'a Polynomial,
    /// The commitments: the key's and its successor's.
    pub weights: [&'a CommittedWeights; 2],
}

impl<'a> Pair<'a> {
    /// Refuses keys that can't be linked.
    ///
    /// # Errors
    ///
    /// [`LinkError::OtherGraph`], [`LinkError::NoWeights`].
    pub fn new(old: &'a VerifyingKey, new: &'a VerifyingKey) -> Result<Self, LinkError> {
        if old.graph() != new.graph() {
            return Err(LinkError::OtherGraph);
        }
        match (&old.layout().weights, old.weights(), new.weights()) {
            (Some(polynomial), Some(old), Some(new)) => Ok(Self {
                polynomial,
                weights: [old, new],
            }),
            _ => Err(LinkError::NoWeights),
        }
    }
}

/// The start of the transcript: it binds both keys.
#[must_use]
pub fn transcript(old: &VerifyingKey, new: &VerifyingKey) -> Transcript {
    let mut transcript = Transcript::new(PROTOCOL);
    let mut writer = Writer::new();
    writer.bytes(&old.model_id().0);
    writer.bytes(&new.model_id().0);
    transcript.absorb_bytes("models", &writer.finish());
    transcript
}

/// Reads the messages up to the opening.
///
/// # Errors
///
/// [`CodecError`].
pub fn argue(
    pair: &Pair<'_>,
    receiver: &mut Receiver<'_>,
) -> Result<(Root, Vec<Oracle>), CodecError> {
    let masks = receiver.root("masks")?;
    let mut claims: Vec<BlockClaim<Form>> = Vec::with_capacity(pair.polynomial.blocks.len());
    for block in &pair.polynomial.blocks {
        let point = receiver.challenge_point(POINT, block.variables());
        claims.push(BlockClaim {
            block: block.clone(),
            point,
            value: receiver.receive_one(VALUE)?,
        });
    }
    let oracles = pair
        .weights
        .iter()
        .map(|weights| weights.join(claims.clone(), receiver))
        .collect::<Result<_, _>>()?;
    Ok((masks, oracles))
}

/// Checks that the key `new` commits to the weights of the key `old`.
///
/// # Errors
///
/// [`LinkError`].
pub fn verify(old: &VerifyingKey, new: &VerifyingKey, bytes: &[u8]) -> Result<Security, LinkError> {
    if bytes.len() > LINK_BYTES_MAX {
        return Err(LinkError::TooLong { got: bytes.len() });
    }
    let pair = Pair::new(old, new)?;
    let mut receiver = Receiver::new(bytes, transcript(old, new));
    let (masks, oracles) = argue(&pair, &mut receiver)?;
    settle(&masks, &oracles, &mut receiver)?;
    let counts = receiver.counts();
    receiver.finish()?;
    let [old, new] = pair.weights;
    Ok(opened_terms(&[old.code(), new.code()], &counts))
}

/// The value of each block at its point, for a prover: the claims on both commitments.
#[must_use]
pub fn claims(pair: &Pair<'_>, values: impl IntoIterator<Item = (Vec<EF>, EF)>) -> Vec<BlockClaim> {
    let blocks = pair.polynomial.blocks.iter().zip(values);
    blocks
        .map(|(block, (point, value))| BlockClaim {
            block: block.clone(),
            point,
            value,
        })
        .collect()
}
