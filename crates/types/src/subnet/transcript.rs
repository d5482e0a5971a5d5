//! What validators and miners sign and commit to outside of the ledger, and what an audit shows of it.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::{Digest, KeyError, Label, MerkleProof, MerkleTree, SecretKey};
use serde::{Deserialize, Serialize};

use super::{PROBES_MAX, UIDS_MAX, VALUES_MAX, VOTES_MAX};
use crate::{
    AccountKey, AccountSignature, Address, ChainId, List, Registration, SubnetEpoch, SubnetId,
    codec,
};

/// Weights by uid: uids strictly ascending, no zeros, not one's own.
pub type WeightRow = List<(u16, u16), UIDS_MAX>;
/// An answer or a truth.
pub type Values = List<i64, VALUES_MAX>;
/// Votes between pairs.
pub type Votes = List<Vote, VOTES_MAX>;

/// All that a commitment to weights binds.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WeightsOpening {
    /// On this chain,
    pub chain: ChainId,
    /// in this subnet
    pub subnet: SubnetId,
    /// and epoch
    pub epoch: SubnetEpoch,
    /// this uid,
    pub uid: u16,
    /// under this registration,
    pub registration: Registration,
    /// hidden by these random bytes,
    pub salt: Digest,
    /// gives these weights,
    pub row: WeightRow,
    /// which follow from the transcript with this root,
    pub transcript: Digest,
    /// and adds these random bytes to the epoch's randomness.
    pub seed: Digest,
}

impl WeightsOpening {
    /// What is committed to.
    #[must_use]
    pub fn commitment(&self) -> Digest {
        Digest::of_value(Label::SubnetWeights, self)
    }
}

/// A hidden question.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Probe {
    /// Digest of what the miner is asked; in which form is the subnet's choice.
    pub input: Digest,
    /// What the answer is compared with.
    pub truth: Values,
    /// Random bytes that hide the truth.
    pub salt: Digest,
}

impl Probe {
    /// What the miner is told beside the input.
    #[must_use]
    pub fn id(&self) -> Digest {
        Digest::of_value(Label::SubnetProbe, self)
    }
}

/// Whom an answer is for, and by whose registration.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct AnswerContext {
    /// On this chain,
    pub chain: ChainId,
    /// in this subnet
    pub subnet: SubnetId,
    /// and epoch,
    pub epoch: SubnetEpoch,
    /// to this validator,
    pub validator: Address,
    /// under its registration,
    pub validator_registration: Registration,
    /// by the miner of this registration.
    pub miner: Registration,
}

impl AnswerContext {
    /// What a miner signs: all of this, the probe's id, the digest of the input it got, and its answer.
    #[must_use]
    pub fn sign_bytes(&self, probe: Digest, input: Digest, answer: &Values) -> Digest {
        Digest::of_value(Label::SubnetAnswer, &(self, probe, input, answer))
    }

    /// Signs an answer.
    #[must_use]
    pub fn sign(
        &self,
        secret: &SecretKey,
        probe: Digest,
        input: Digest,
        answer: &Values,
    ) -> AccountSignature {
        let bytes = self.sign_bytes(probe, input, answer);
        AccountSignature::Ed25519(secret.sign(bytes.as_bytes()))
    }
}

/// A probe and the miner's signed answer.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answered {
    /// The question, opened.
    pub probe: Probe,
    /// The answer.
    pub answer: Values,
    /// The miner's signature.
    pub signature: AccountSignature,
}

impl Answered {
    /// Checks the miner's signature.
    ///
    /// # Errors
    /// When the miner didn't sign this answer to this probe in this context.
    pub fn verify(&self, key: &AccountKey, context: &AnswerContext) -> Result<(), KeyError> {
        let bytes = context.sign_bytes(self.probe.id(), self.probe.input, &self.answer);
        key.verify(bytes.as_bytes(), &self.signature)
    }
}

/// What stands behind one weight: a leaf of the transcript.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TranscriptEntry {
    /// Whose weight.
    pub uid: u16,
    /// The registration under which it answered.
    pub registration: Registration,
    /// The key it signs with.
    pub key: AccountKey,
    /// What it was asked and answered.
    pub answered: List<Answered, PROBES_MAX>,
    /// Under the scorer of votes, the hash of all votes.
    pub votes: Option<Digest>,
}

impl TranscriptEntry {
    /// The tree over the entries of a row, in its order.
    #[must_use]
    pub fn tree(entries: &[Self]) -> MerkleTree {
        MerkleTree::new(entries.iter().map(codec::encode))
    }
}

/// Shows that an entry stands at its place in a transcript.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryProof(pub List<Digest, 16>);

impl EntryProof {
    /// Whether the entry stands at `place` of `length` under the root.
    #[must_use]
    pub fn verify(
        &self,
        root: &Digest,
        place: usize,
        length: usize,
        entry: &TranscriptEntry,
    ) -> bool {
        let proof = MerkleProof {
            index: place as u64,
            leaf_count: length as u64,
            siblings: self.0.to_vec(),
        };
        proof.verify(root, &codec::encode(entry))
    }
}

/// Whose answer a validator liked better.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Preference {
    /// The first one's.
    First,
    /// The second one's.
    Second,
    /// Neither.
    Tie,
}

/// One vote between the answers of two entries, by their places in the row.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// Place of the one.
    pub first: u16,
    /// Place of the other.
    pub second: u16,
    /// Which was better.
    pub preference: Preference,
}

/// What every entry of a transcript holds under the scorer of votes.
#[must_use]
pub fn votes_digest(votes: &Votes) -> Digest {
    Digest::of_value(Label::SubnetVotes, votes)
}

/// An epoch's randomness, from the seeds of all reveals by uid.
#[must_use]
pub fn randomness(
    chain: ChainId,
    subnet: SubnetId,
    epoch: SubnetEpoch,
    seeds: &[(u16, Digest)],
) -> Digest {
    Digest::of_value(Label::SubnetRandomness, &(chain, subnet, epoch, seeds))
}

/// The place of the entry that draw `number` of a validator falls on; none for an empty row.
#[must_use]
pub fn draw(randomness: Digest, uid: u16, number: u8, row: &[(u16, u16)]) -> Option<usize> {
    let sum: u128 = row.iter().map(|&(_, weight)| u128::from(weight)).sum();
    let hash = Digest::of_value(Label::SubnetDraw, &(randomness, uid, number));
    let mut low = [0; 16];
    low.copy_from_slice(hash.as_bytes().get(..16)?);
    let mut left = u128::from_le_bytes(low).checked_rem(sum)?;
    row.iter().position(|&(_, weight)| {
        let weight = u128::from(weight);
        let here = left < weight;
        left = left.saturating_sub(weight);
        here
    })
}
