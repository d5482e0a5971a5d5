//! Jobs: an order, its acceptance, the answer with its proof, and who got what.

use borsh::{BorshDeserialize, BorshSerialize};
use lilliput_crypto::Digest;
use serde::{Deserialize, Serialize};

use crate::registry::Model;
use crate::{
    Address, Amount, AssetId, BlobId, DurationMs, Height, Holder, InputCommitment, JobId, List,
    ModelId, Segment, Text, TimeMs, TransactionId,
};

/// How many payments one job can make: royalties, owner, provider, fee, and what follows a slash.
pub const PAYMENTS_MAX: u32 = 24;
/// How many refunds one job can make.
pub const REFUNDS_MAX: u32 = 4;

/// What an account may ask about jobs.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobMessage {
    /// Order an answer; locks the escrow. The input itself goes to the provider, not to the ledger.
    Order(Order),
    /// "I have the model and the input": locks the provider's bond and starts its deadline.
    Accept(Accept),
    /// Deliver the answer: the proof travels with the transaction and is checked before anyone is
    /// paid.
    Answer(Answer),
}

/// See [`JobMessage::Order`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    /// Which model is to answer.
    pub model: ModelId,
    /// How the answer is to be checked.
    pub level: VerificationLevel,
    /// Salted commitment to the input.
    pub input: InputCommitment,
    /// The most the buyer pays in all.
    pub price_max: Amount,
    /// How long providers may take to accept.
    pub accept_within_ms: DurationMs,
    /// How long the provider may take from acceptance to answer.
    pub answer_within_ms: DurationMs,
    /// Who is to answer; none leaves it to any provider whose price fits.
    pub provider: Option<Address>,
}

/// See [`JobMessage::Accept`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accept {
    /// Which job.
    pub job: JobId,
}

/// See [`JobMessage::Answer`].
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// Which job.
    pub job: JobId,
    /// The proof.
    pub proof: BlobId,
    /// The id of the key it was made with: the model's own, or a successor's.
    pub key: ModelId,
}

/// How an answer is checked before it is paid.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum VerificationLevel {
    /// The provider's signature alone.
    Trusted,
    /// Several providers, equal results.
    Replicated,
    /// A bond and a window to dispute.
    Disputable,
    /// A proof that the ledger checks.
    Proven,
}

/// Where a job stands.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// Ordered; no provider has accepted.
    Open,
    /// A provider has accepted and owes the answer.
    Accepted,
    /// Answered, checked and paid.
    Paid,
    /// The buyer got everything back.
    Refunded,
}

/// Why a buyer was refunded.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum RefundReason {
    /// No provider accepted in time.
    NotAccepted,
    /// The provider did not answer in time.
    AnswerLate,
    /// The proof was refused.
    ProofRefused,
}

/// What changed about jobs. Money that moves is seen in the bank's events too.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobEvent {
    /// A new job.
    Ordered {
        /// Which.
        job: JobId,
        /// Who pays.
        buyer: Address,
        /// Which model answers.
        model: ModelId,
        /// Who is to answer, if named.
        provider: Option<Address>,
        /// What is locked.
        escrow: Amount,
    },
    /// A provider owes the answer.
    Accepted {
        /// Which.
        job: JobId,
        /// Who.
        provider: Address,
        /// What the provider stands to lose.
        bond: Amount,
        /// Until when.
        answer_by: TimeMs,
    },
    /// The proof holds, and everyone was paid.
    Paid {
        /// Which.
        job: JobId,
        /// Who answered.
        provider: Address,
        /// The proof.
        proof: BlobId,
        /// The id of the key it was checked with.
        key: ModelId,
        /// Digest of the answer's integers.
        output: Digest,
        /// Who got what from the escrow.
        payments: List<Payment, PAYMENTS_MAX>,
    },
    /// The buyer got the escrow back.
    Refunded {
        /// Which.
        job: JobId,
        /// Why.
        reason: RefundReason,
        /// What the verifier said, when a proof was refused.
        detail: Text<256>,
    },
    /// A provider lost its bond.
    Slashed {
        /// For which job.
        job: JobId,
        /// Who.
        provider: Address,
        /// Who got what from the bond.
        penalties: List<Penalty, 4>,
    },
}

/// One payment out of a job's escrow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Payment {
    /// Who got it.
    pub to: Holder,
    /// How much.
    pub amount: Amount,
    /// The segment it counts for.
    pub segment: Segment,
}

/// One refund out of a job's escrow.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// Who got it.
    pub to: Holder,
    /// How much.
    pub amount: Amount,
}

/// One part of a bond that was lost.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct Penalty {
    /// Who got it.
    pub to: Holder,
    /// How much.
    pub amount: Amount,
}

/// A job as the state holds it.
///
/// Once closed, payments and refunds sum to the escrow, penalties to the bond (if it was lost).
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// Which.
    pub id: JobId,
    /// The transaction that ordered it.
    pub transaction: TransactionId,
    /// Where it stands.
    pub state: JobState,
    /// Who pays.
    pub buyer: Address,
    /// Which model answers.
    pub model: ModelId,
    /// How the answer is checked.
    pub level: VerificationLevel,
    /// Salted commitment to the input.
    pub input: InputCommitment,
    /// Who is to answer: named in the order, or who accepted.
    pub provider: Option<Address>,
    /// The asset of every amount here.
    pub asset: AssetId,
    /// What the model's owner and parents get; fixed when ordered.
    pub model_price: Amount,
    /// What the provider gets; fixed when ordered from one, else when accepted.
    pub provider_price: Amount,
    /// What the check costs; fixed when ordered.
    pub check_fee: Amount,
    /// What the buyer put up.
    pub escrow: Amount,
    /// What the provider put up when it accepted.
    pub bond: Amount,
    /// How long the provider may take from acceptance to answer.
    pub answer_within_ms: DurationMs,
    /// When the present state ends by itself, while open or accepted.
    pub deadline: TimeMs,
    /// When it was ordered.
    pub ordered_at: Height,
    /// When it was accepted.
    pub accepted_at: Option<Height>,
    /// When it was paid or refunded.
    pub closed_at: Option<Height>,
    /// The proof that was checked.
    pub proof: Option<BlobId>,
    /// The id of the key it was checked with.
    pub key: Option<ModelId>,
    /// Digest of the answer's integers, when the proof held.
    pub output: Option<Digest>,
    /// Why the buyer was refunded.
    pub refund_reason: Option<RefundReason>,
    /// Who got what from the escrow.
    pub payments: List<Payment, PAYMENTS_MAX>,
    /// Who got what back from the escrow.
    pub refunds: List<Refund, REFUNDS_MAX>,
    /// Who got what from a lost bond.
    pub penalties: List<Penalty, 4>,
}

impl Job {
    /// The blob of the key that the proof was checked with; the model's own while there is no proof.
    #[must_use]
    pub fn key_blob(&self, model: &Model) -> BlobId {
        let id = self.key.unwrap_or(model.id);
        model.key_of(id).unwrap_or(model.key)
    }
}
