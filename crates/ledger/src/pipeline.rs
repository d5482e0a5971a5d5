//! The steps of a transaction and of a block. The same code makes blocks, follows them and tries
//! transactions out.

use lilliput_crypto::Digest;
use lilliput_types::{
    Address, Amount, AmountError, BLOCK_BLOB_BYTES_MAX, BLOCK_TRANSACTIONS_MAX, Blob, BlockEvents,
    DurationMs, Nonce, Outcome, Receipt, Segment, Signer, Submission, Text,
};

use crate::error::{Refusal, Rejection, StoreError};
use crate::machine::{BlockContext, Failure, Machine, MessageContext};
use crate::state::{State, StateReader};

/// What a block changes in the state.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// By key, in order; `None` means removed.
    pub writes: Vec<(String, Option<Vec<u8>>)>,
    /// Blobs the state relies on from now on.
    pub pinned: Vec<Blob>,
}

/// A block that was executed, before its header exists.
#[derive(Clone, Debug)]
pub struct Executed {
    /// What it caused.
    pub events: BlockEvents,
    /// What it changes.
    pub changes: Changes,
}

/// A block in the course of its execution.
pub struct BlockExecution<'a, M> {
    machine: &'a M,
    context: BlockContext,
    state: State<'a>,
    receipts: Vec<Receipt>,
    blob_bytes: usize,
}

/// Where the ledger keeps an account's nonce.
fn nonce_key(address: Address) -> String {
    format!("ledger/nonce/{address}")
}

/// Where the ledger keeps height and time, so that every block has a root of its own.
const BLOCK_KEY: &str = "ledger/block";

/// The nonce that an account's next transaction must have.
pub(crate) fn next_nonce(state: &dyn StateReader, address: Address) -> Result<Nonce, StoreError> {
    Ok(crate::state::read(state, &nonce_key(address))?.unwrap_or_default())
}

impl<'a, M: Machine> BlockExecution<'a, M> {
    /// Starts a block on a state.
    #[must_use]
    pub fn new(machine: &'a M, base: &'a dyn StateReader, context: BlockContext) -> Self {
        Self {
            machine,
            context,
            state: State::new(base),
            receipts: Vec::new(),
            blob_bytes: 0,
        }
    }

    /// Whether a transaction still fits into the block.
    #[must_use]
    pub fn has_room_for(&self, submission: &Submission) -> bool {
        self.receipts.len() < BLOCK_TRANSACTIONS_MAX as usize
            && self.blob_bytes + blob_bytes(submission) <= BLOCK_BLOB_BYTES_MAX
    }

    /// Runs a transaction whose signatures and blobs were checked ([`Submission::check`]).
    ///
    /// # Errors
    /// When it can't enter the block; the state is as before.
    pub fn apply(&mut self, submission: &Submission) -> Result<(), Rejection> {
        let fee = self.check(submission)?;
        self.state.check_point();
        if let Err(error) = self.take_fee(submission, &fee) {
            self.state.roll_back();
            return Err(error);
        }
        self.state.keep();
        let outcome = self.run_messages(submission)?;
        let total = total(&fee)?;
        self.blob_bytes += blob_bytes(submission);
        self.receipts.push(Receipt {
            transaction: submission.transaction.transaction.id(),
            outcome,
            fee: total,
            events: self.state.take_events(),
        });
        Ok(())
    }

    /// What the transactions so far caused, in order.
    #[must_use]
    pub fn receipts(&self) -> &[Receipt] {
        &self.receipts
    }

    /// Ends the block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn finish(mut self) -> Result<Executed, StoreError> {
        self.machine.end_block(&mut self.state, &self.context)?;
        let stamp = (self.context.height, self.context.time);
        self.state.write(BLOCK_KEY, &stamp);
        let end = self.state.take_events();
        let events = BlockEvents {
            receipts: self.receipts,
            end,
        };
        let changes = self.state.into_changes();
        Ok(Executed { events, changes })
    }

    /// Executes the genesis instead of transactions.
    pub(crate) fn run_genesis(mut self) -> Result<Executed, Failure> {
        self.machine.write_genesis(&mut self.state)?;
        Ok(self.finish()?)
    }

    pub(crate) fn state(&self) -> &State<'a> {
        &self.state
    }

    /// Everything that must hold before a transaction costs anyone anything.
    fn check(&self, submission: &Submission) -> Result<Vec<(Segment, Amount)>, Rejection> {
        let transaction = &submission.transaction.transaction;
        for (index, message) in transaction.messages.iter().enumerate() {
            self.machine
                .check_message(message)
                .map_err(|refusal| Rejection::Message { index, refusal })?;
        }
        let height = self.context.height;
        if transaction.expires_at < height {
            return Err(Rejection::Expired {
                expires_at: transaction.expires_at,
                height,
            });
        }
        let expected = next_nonce(&self.state, transaction.signer.address())?;
        let got = transaction.nonce;
        match got.cmp(&expected) {
            std::cmp::Ordering::Less => return Err(Rejection::NonceUsed { expected, got }),
            std::cmp::Ordering::Greater => return Err(Rejection::NonceAhead { expected, got }),
            std::cmp::Ordering::Equal => {}
        }
        let parts = self.machine.fee(&self.state, submission)?;
        let (fee, fee_max) = (total(&parts)?, transaction.fee_max);
        if fee > fee_max {
            return Err(Rejection::FeeTooLow { fee, fee_max });
        }
        // Last, as it may cost the most.
        if let Signer::Session(session) = &transaction.signer {
            let checked =
                self.machine
                    .check_session(&self.state, &self.context, session, transaction);
            checked.map_err(|failure| match failure {
                Failure::Refused(refusal) => Rejection::Session(refusal),
                Failure::Store(error) => error.into(),
            })?;
        }
        Ok(parts)
    }

    fn take_fee(
        &mut self,
        submission: &Submission,
        fee: &[(Segment, Amount)],
    ) -> Result<(), Rejection> {
        let payer = submission.transaction.fee_payer();
        match self.machine.charge_fee(&mut self.state, payer, fee) {
            Ok(()) => {}
            Err(Failure::Refused(refusal)) => return Err(Rejection::FeeUnpaid(refusal)),
            Err(Failure::Store(error)) => return Err(error.into()),
        }
        let transaction = &submission.transaction.transaction;
        let signer = transaction.signer.address();
        self.state
            .write(nonce_key(signer), &transaction.nonce.next());
        Ok(())
    }

    fn run_messages(&mut self, submission: &Submission) -> Result<Outcome, StoreError> {
        let transaction = &submission.transaction.transaction;
        let id = transaction.id();
        let messages = u32::try_from(transaction.messages.len()).unwrap_or(u32::MAX);
        self.state.check_point();
        for (index, message) in (0_u32..).zip(transaction.messages.iter()) {
            let context = MessageContext {
                block: self.context,
                transaction: id,
                index,
                messages,
                signer: transaction.signer.address(),
                blobs: &submission.blobs,
            };
            match self.machine.execute(&mut self.state, &context, message) {
                Ok(()) => {}
                Err(Failure::Refused(refusal)) => {
                    self.state.roll_back();
                    return Ok(Outcome::Failed {
                        message: index,
                        code: Text::shortened(refusal.code),
                        reason: Text::shortened(&refusal.reason),
                    });
                }
                Err(Failure::Store(error)) => return Err(error),
            }
        }
        self.state.keep();
        Ok(Outcome::Applied)
    }
}

impl From<crate::state::Layer> for Changes {
    fn from(layer: crate::state::Layer) -> Self {
        Self {
            writes: layer.writes.into_iter().collect(),
            pinned: layer.blobs.into_values().collect(),
        }
    }
}

/// The header's context for the block after one with this time.
pub(crate) fn later_time(
    parent: lilliput_types::TimeMs,
    wall_ms: u64,
    halted: DurationMs,
) -> lilliput_types::TimeMs {
    lilliput_types::TimeMs(wall_ms.saturating_sub(halted.0)).max(parent)
}

/// The root of no state at all.
pub(crate) const NO_PARENT: lilliput_types::BlockId = lilliput_types::BlockId(Digest::ZERO);

fn total(fee: &[(Segment, Amount)]) -> Result<Amount, Rejection> {
    let sum = Amount::sum(fee.iter().map(|(_, amount)| *amount));
    sum.map_err(|error: AmountError| {
        Rejection::FeeUnpaid(Refusal {
            code: "ledger.fee_overflow",
            reason: error.to_string(),
        })
    })
}

fn blob_bytes(submission: &Submission) -> usize {
    let lengths = submission.blobs.iter().map(|blob| blob.as_bytes().len());
    lengths.sum()
}
