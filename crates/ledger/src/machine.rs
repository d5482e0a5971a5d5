//! What a set of modules gives to the ledger.

use lilliput_crypto::PublicKey;
use lilliput_types::{
    Address, Amount, Blob, BlobId, ChainId, DurationMs, Height, Message, Segment, SessionKey,
    Submission, TimeMs, Transaction, TransactionId, ValidatorSet,
};

use crate::error::{Refusal, StoreError};
use crate::state::{State, StateReader};

/// The rules of a network: a pure function of state and message. The modules are one, the tests of
/// this crate have another.
pub trait Machine: Send + Sync {
    /// The chain that these rules and their genesis make.
    fn chain(&self) -> ChainId;

    /// Who makes and certifies the chain's first blocks, as its genesis says.
    fn validators(&self) -> &ValidatorSet;

    /// Writes the state of height 0.
    ///
    /// # Errors
    /// When the genesis contradicts itself.
    fn write_genesis(&self, state: &mut State<'_>) -> Result<(), Failure>;

    /// First step of a message: what needs no state.
    ///
    /// # Errors
    /// When the message is wrong by itself.
    fn check_message(&self, message: &Message) -> Result<(), Refusal>;

    /// Whether a session's key may sign this transaction for its account, in this block. The signature itself is checked
    /// already. Rules that know no sessions refuse all.
    ///
    /// # Errors
    /// When it may not; the transaction enters no block and costs nothing.
    fn check_session(
        &self,
        _state: &dyn StateReader,
        _block: &BlockContext,
        _session: &SessionKey,
        _transaction: &Transaction,
    ) -> Result<(), Failure> {
        Err(Failure::Refused(Refusal {
            code: "ledger.no_sessions",
            reason: "sessions don't exist on this chain".to_owned(),
        }))
    }

    /// What a transaction costs, by the segments the fee is booked to. Follows from its bytes.
    ///
    /// # Errors
    /// When the database fails.
    fn fee(
        &self,
        state: &dyn StateReader,
        submission: &Submission,
    ) -> Result<Vec<(Segment, Amount)>, StoreError>;

    /// Takes the fee and books it.
    ///
    /// # Errors
    /// When the payer can't pay.
    fn charge_fee(
        &self,
        state: &mut State<'_>,
        payer: Address,
        fee: &[(Segment, Amount)],
    ) -> Result<(), Failure>;

    /// Second and third step of a message: check against the state, apply.
    ///
    /// # Errors
    /// When the rules refuse it; what it wrote is rolled back.
    fn execute(
        &self,
        state: &mut State<'_>,
        context: &MessageContext<'_>,
        message: &Message,
    ) -> Result<(), Failure>;

    /// What happens when a block ends: deadlines that passed, a bounded number of them.
    ///
    /// # Errors
    /// When the database fails; the rules can't refuse a block's end.
    fn end_block(&self, state: &mut State<'_>, block: &BlockContext) -> Result<(), StoreError>;

    /// The earliest time at which the end of a block would change something.
    ///
    /// # Errors
    /// When the database fails.
    fn next_deadline(&self, state: &dyn StateReader) -> Result<Option<TimeMs>, StoreError>;

    /// Every invariant of the state that doesn't hold; none if all is well.
    ///
    /// # Errors
    /// When the database fails.
    fn violations(&self, state: &dyn StateReader) -> Result<Vec<String>, StoreError>;
}

/// What the rules may know about the block they run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlockContext {
    /// The chain.
    pub chain: ChainId,
    /// The block's height.
    pub height: Height,
    /// Network time, the same for all of the block.
    pub time: TimeMs,
    /// How long the network has been halted in all.
    pub halted: DurationMs,
    /// Who made it.
    pub proposer: PublicKey,
}

/// What the rules may know about the message they run.
#[derive(Clone, Copy, Debug)]
pub struct MessageContext<'a> {
    /// The block.
    pub block: BlockContext,
    /// The transaction.
    pub transaction: TransactionId,
    /// Place of the message in it.
    pub index: u32,
    /// How many messages it has.
    pub messages: u32,
    /// Who asks.
    pub signer: Address,
    /// The blobs that came along.
    pub blobs: &'a [Blob],
}

/// Why a message stopped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The rules refuse it: part of the block's outcome.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The database failed: the block is given up.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl BlockContext {
    /// What clocks on walls show: for what is dated elsewhere, such as logins. Everything else goes by network time.
    #[must_use]
    pub const fn wall(&self) -> TimeMs {
        self.time.after(self.halted)
    }
}

impl MessageContext<'_> {
    /// A blob that came along.
    #[must_use]
    pub fn blob(&self, id: BlobId) -> Option<&Blob> {
        self.blobs.iter().find(|blob| blob.id() == id)
    }
}
