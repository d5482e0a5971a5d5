//! Applying blocks that someone else made, or that were made before.

use lilliput_crypto::{KeyError, PublicKey};
use lilliput_types::{
    Block, BlockEvents, Height, List, SignedHeader, Submission, TransactionError, ValidatorSet,
};

use crate::error::{Rejection, StoreError};
use crate::machine::{BlockContext, Failure, Machine};
use crate::pipeline::{BlockExecution, Executed, NO_PARENT};
use crate::state::MemoryState;
use crate::store::Store;

/// Version of the rules that headers carry.
pub(crate) const RULES_VERSION: u16 = 1;

/// Why a block is no block of this chain.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Something in the header doesn't follow from the parent or the content.
    #[error("the header's {0} is wrong")]
    Header(&'static str),
    /// The proposer's signature is wrong.
    #[error("the proposer's signature is wrong: {0}")]
    Signature(#[from] KeyError),
    /// A transaction is wrong by itself.
    #[error("transaction {index}: {error}")]
    Transaction {
        /// Which, from zero.
        index: usize,
        /// Why.
        error: TransactionError,
    },
    /// A transaction can't be where it is.
    #[error("transaction {index}: {rejection}")]
    Rejected {
        /// Which, from zero.
        index: usize,
        /// Why.
        rejection: Rejection,
    },
    /// The genesis is refused by the rules.
    #[error("the genesis is refused: {0}")]
    Genesis(Failure),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Checks a block against the rules and the store's newest, and stores it. The proposer must be the
/// one validator whom the genesis names.
///
/// # Errors
/// When the block isn't the next of this chain or the database fails; nothing is stored then.
pub fn apply_block<M: Machine>(
    store: &Store,
    machine: &M,
    block: &Block,
) -> Result<BlockEvents, BlockError> {
    let snapshot = store.snapshot()?;
    let parent = snapshot.head()?;
    check_header(machine, parent.as_ref(), &block.header)?;
    let header = &block.header.header;
    let context = BlockContext {
        chain: header.chain,
        height: header.height,
        time: header.time,
        halted: header.halted,
        proposer: header.proposer,
    };
    let empty = MemoryState::default();
    let executed = if parent.is_none() {
        BlockExecution::new(machine, &empty, context)
            .run_genesis()
            .map_err(BlockError::Genesis)?
    } else {
        let mut execution = BlockExecution::new(machine, &snapshot, context);
        for (index, submission) in submissions(block)?.iter().enumerate() {
            submission
                .check(header.chain)
                .map_err(|error| BlockError::Transaction { index, error })?;
            if !execution.has_room_for(submission) {
                return Err(BlockError::Header("size"));
            }
            execution
                .apply(submission)
                .map_err(|rejection| BlockError::Rejected { index, rejection })?;
        }
        execution.finish()?
    };
    let Executed { events, changes } = executed;
    let prepared = store.prepare(header.height, &changes)?;
    let checks = [
        (header.state_root == prepared.root, "state root"),
        (header.events_root == events.root(), "events root"),
        (
            header.transactions_root == Block::transactions_root(&block.transactions),
            "transactions root",
        ),
        (
            header.proofs_root == Block::proofs_root(&block.blobs),
            "proofs root",
        ),
    ];
    refuse_first(&checks)?;
    store.commit(block, &events, &changes, &prepared)?;
    Ok(events)
}

fn check_header<M: Machine>(
    machine: &M,
    parent: Option<&SignedHeader>,
    signed: &SignedHeader,
) -> Result<(), BlockError> {
    signed.check_signature()?;
    let header = &signed.header;
    let validators = machine.validators();
    let linked = parent.map_or(
        header.height == Height(0) && header.parent == NO_PARENT,
        |parent| {
            let parent = &parent.header;
            header.height == parent.height.next()
                && header.parent == parent.id()
                && header.time >= parent.time
                && header.halted >= parent.halted
                && header.epoch == parent.epoch
        },
    );
    refuse_first(&[
        (header.version == RULES_VERSION, "version"),
        (header.chain == machine.chain(), "chain"),
        (linked, "link to its parent"),
        (is_alone(validators, header.proposer), "proposer"),
        (header.validators == validators.id(), "validators"),
        (header.next_validators == validators.id(), "next validators"),
    ])
}

/// Whether a key is the only validator.
pub(crate) fn is_alone(validators: &ValidatorSet, key: PublicKey) -> bool {
    matches!(&*validators.validators, [one] if one.key == key)
}

fn refuse_first(checks: &[(bool, &'static str)]) -> Result<(), BlockError> {
    match checks.iter().find(|(holds, _)| !holds) {
        Some((_, what)) => Err(BlockError::Header(what)),
        None => Ok(()),
    }
}

/// Hands each transaction its blobs.
fn submissions(block: &Block) -> Result<Vec<Submission>, BlockError> {
    let mut blobs = block.blobs.iter().cloned();
    let mut submissions = Vec::new();
    for transaction in block.transactions.iter() {
        let count = transaction.transaction.blobs().len();
        let own: Vec<_> = blobs.by_ref().take(count).collect();
        submissions.push(Submission {
            transaction: transaction.clone(),
            blobs: List::new(own).map_err(|_| BlockError::Header("proofs root"))?,
        });
    }
    if blobs.next().is_some() {
        return Err(BlockError::Header("proofs root"));
    }
    Ok(submissions)
}
