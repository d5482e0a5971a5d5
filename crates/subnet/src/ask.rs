//! What validators and miners say to each other.

use lilliput_crypto::Digest;
use lilliput_types::subnet::{AnswerContext, PROBES_MAX, Values};
use lilliput_types::{
    AccountKey, AccountSignature, Address, BlobId, ChainId, List, Registration, SubnetEpoch,
    SubnetId, codec,
};
use serde::{Deserialize, Serialize};

/// Where a miner takes questions.
pub const PATH: &str = "/v1/probes";
/// Longest body of a request.
pub const ASK_BYTES_MAX: usize = 1 << 20;
/// Longest body of an answer.
pub const ANSWERS_BYTES_MAX: u64 = 1 << 20;
/// Most requests of one validator that a miner answers in an epoch.
pub const REQUESTS_AN_EPOCH_MAX: u32 = 16;
/// Most questions of one validator that a miner answers in an epoch.
pub const PROBES_AN_EPOCH_MAX: usize = 256;

/// A request: questions of one validator to one miner in one epoch. Signed as a whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// In this subnet
    pub subnet: SubnetId,
    /// and epoch
    pub epoch: SubnetEpoch,
    /// the validator with this uid,
    pub validator: u16,
    /// under this registration,
    pub validator_registration: Registration,
    /// asks the miner of this registration and no other
    pub miner: Registration,
    /// these questions.
    pub probes: List<Question, PROBES_MAX>,
}

/// One hidden question, as its miner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The probe's id, which binds input and truth.
    pub id: Digest,
    /// What is asked: grey values from 0 to 255, row by row.
    pub input: Values,
}

/// A miner's answers, in the order of the questions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answers {
    /// The key that signed them: the member account's.
    pub key: AccountKey,
    /// One for each question.
    pub answers: List<Reply, PROBES_MAX>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// The answer.
    pub answer: Values,
    /// See [`AnswerContext::sign_bytes`].
    pub signature: AccountSignature,
}

impl Ask {
    /// What the answers to it are signed for.
    #[must_use]
    pub const fn context(&self, chain: ChainId, validator: Address) -> AnswerContext {
        AnswerContext {
            chain,
            subnet: self.subnet,
            epoch: self.epoch,
            validator,
            validator_registration: self.validator_registration,
            miner: self.miner,
        }
    }
}

/// The digest of an input, which stands in the probe and in what the miner signs: the blob id of its encoding.
#[must_use]
pub fn input_digest(input: &Values) -> Digest {
    BlobId::of(&codec::encode(input)).0
}
