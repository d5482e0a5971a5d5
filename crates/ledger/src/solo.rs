//! The engine of a network of one validator, in one process and one data folder.
//!
//! Whoever hands in a transaction makes the next block if nobody is making one, and takes along
//! everything that is waiting: no thread of its own, one commit for many transactions. A submission
//! returns when its block is on disk, or with the reason why it is in none.
//!
//! The clock is the caller's. Time from the last block to the next opening of the folder counts as
//! halted: network time stands still for it, so deadlines aren't missed by a machine switched off.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lilliput_crypto::{PublicKey, SecretKey};
use lilliput_types::{
    Block, BlockId, BoundError, DurationMs, Epoch, Header, Height, List, Receipt, Submission,
    TimeMs, ValidatorSetId,
};

use crate::dry_run::{DryRun, dry_run};
use crate::error::{OpenError, Rejection, StoreError, SubmitError};
use crate::follow::{RULES_VERSION, is_alone};
use crate::machine::{BlockContext, Failure, Machine};
use crate::pipeline::{BlockExecution, Executed, NO_PARENT, later_time};
use crate::state::MemoryState;
use crate::store::{Snapshot, Store};

/// The most transactions that wait for a block.
const WAITING_MAX: usize = 4096;

/// What the engine is opened with.
pub struct SoloConfig<M> {
    /// Where everything is kept.
    pub folder: PathBuf,
    /// The rules, with their genesis.
    pub machine: M,
    /// The validator's key.
    pub validator: SecretKey,
    /// Milliseconds since 1970 as the machine's clock has it.
    pub clock_ms: Box<dyn Fn() -> u64 + Send + Sync>,
}

/// A network of one validator.
pub struct Solo<M> {
    machine: M,
    store: Store,
    validator: SecretKey,
    clock_ms: Box<dyn Fn() -> u64 + Send + Sync>,
    waiting: Mutex<VecDeque<Waiting>>,
    producer: Mutex<Producer>,
}

/// A transaction that is on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Included {
    /// In this block.
    pub height: Height,
    /// The block's id.
    pub block: BlockId,
    /// What it caused.
    pub receipt: Receipt,
}

/// What making the next block needs to know.
#[derive(Clone, Debug)]
struct Producer {
    head: Header,
    halted: DurationMs,
}

type Answer = Result<Included, SubmitError>;

struct Waiting {
    submission: Submission,
    answer: Arc<Mutex<Option<Answer>>>,
}

impl<M: Machine> Solo<M> {
    /// Opens a data folder, or starts the chain in an empty one.
    ///
    /// # Errors
    /// When the folder is in use, holds another chain or another validator's, or is damaged.
    pub fn open(config: SoloConfig<M>) -> Result<Self, OpenError> {
        let SoloConfig {
            folder,
            machine,
            validator,
            clock_ms,
        } = config;
        if !is_alone(machine.validators(), validator.public_key()) {
            return Err(OpenError::Validator);
        }
        let store = Store::open(&folder)?;
        let found = store.snapshot()?.head()?;
        let head = match found {
            Some(signed) => signed.header,
            None => write_genesis(&store, &machine, &validator, clock_ms())?,
        };
        if head.chain != machine.chain() {
            return Err(OpenError::Chain {
                expected: machine.chain(),
                got: head.chain,
            });
        }
        let halted = DurationMs(clock_ms().saturating_sub(head.time.0)).max(head.halted);
        Ok(Self {
            machine,
            store,
            validator,
            clock_ms,
            waiting: Mutex::default(),
            producer: Mutex::new(Producer { head, halted }),
        })
    }

    /// Hands in a transaction; returns when it is in a block on disk.
    ///
    /// A transaction whose messages fail is in a block too, its fee taken; see the receipt.
    ///
    /// # Errors
    /// When it is in no block, and why.
    pub fn submit(&self, submission: Submission) -> Result<Included, SubmitError> {
        submission
            .check(self.machine.chain())
            .map_err(Rejection::from)?;
        let answer = Arc::new(Mutex::new(None));
        {
            let mut waiting = lock(&self.waiting);
            if waiting.len() >= WAITING_MAX {
                let waiting = waiting.len();
                return Err(SubmitError::Busy { waiting });
            }
            waiting.push_back(Waiting {
                submission,
                answer: Arc::clone(&answer),
            });
        }
        loop {
            let mut producer = lock(&self.producer);
            if let Some(answer) = lock(&answer).take() {
                return answer;
            }
            self.make_block(&mut producer);
        }
    }

    /// Makes a block if a deadline has passed; returns whether it made one. The caller calls this
    /// again and again.
    ///
    /// # Errors
    /// When the database fails.
    pub fn tick(&self) -> Result<bool, StoreError> {
        let mut producer = lock(&self.producer);
        let snapshot = self.store.snapshot()?;
        let due = self.machine.next_deadline(&snapshot)?;
        if due.is_none_or(|due| due > self.time(&producer)) {
            return Ok(false);
        }
        let (draft, _) = self.execute(&producer, &snapshot, &[])?;
        self.commit(&mut producer, draft, Vec::new())?;
        Ok(true)
    }

    /// Network time now.
    #[must_use]
    pub fn now(&self) -> TimeMs {
        self.time(&lock(&self.producer))
    }

    /// What a transaction would do in the next block. Signatures aren't looked at.
    ///
    /// # Errors
    /// When it couldn't enter the block.
    pub fn dry_run(&self, submission: &Submission) -> Result<DryRun, Rejection> {
        let (snapshot, context) = {
            let producer = lock(&self.producer);
            (self.store.snapshot()?, self.context(&producer))
        };
        dry_run(&self.machine, &snapshot, context, submission)
    }

    /// A view of the newest block.
    ///
    /// # Errors
    /// When the database fails.
    pub fn snapshot(&self) -> Result<Snapshot, StoreError> {
        self.store.snapshot()
    }

    /// The rules.
    #[must_use]
    pub const fn machine(&self) -> &M {
        &self.machine
    }

    /// The database.
    #[must_use]
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// The validator.
    #[must_use]
    pub fn validator(&self) -> PublicKey {
        self.validator.public_key()
    }

    fn time(&self, producer: &Producer) -> TimeMs {
        later_time(producer.head.time, (self.clock_ms)(), producer.halted)
    }

    fn context(&self, producer: &Producer) -> BlockContext {
        BlockContext {
            chain: producer.head.chain,
            height: producer.head.height.next(),
            time: self.time(producer),
            halted: producer.halted,
            proposer: self.validator.public_key(),
        }
    }

    /// Takes what waits, makes a block of it and answers everyone in it.
    fn make_block(&self, producer: &mut Producer) {
        let batch: Vec<Waiting> = {
            let mut waiting = lock(&self.waiting);
            let count = waiting
                .len()
                .min(lilliput_types::BLOCK_TRANSACTIONS_MAX as usize);
            waiting.drain(..count).collect()
        };
        let made = self.try_make_block(producer, &batch);
        match made {
            Ok((answers, left_over)) => {
                for (waiting, answer) in batch.iter().zip(answers) {
                    *lock(&waiting.answer) = Some(answer);
                }
                let mut waiting = lock(&self.waiting);
                for unanswered in batch.into_iter().rev().take(left_over) {
                    waiting.push_front(unanswered);
                }
            }
            Err(error) => {
                for waiting in &batch {
                    *lock(&waiting.answer) = Some(Err(error.clone().into()));
                }
            }
        }
    }

    /// Answers for the first of the batch, and how many found no room.
    fn try_make_block(
        &self,
        producer: &mut Producer,
        batch: &[Waiting],
    ) -> Result<(Vec<Answer>, usize), StoreError> {
        let snapshot = self.store.snapshot()?;
        let submissions: Vec<&Submission> =
            batch.iter().map(|waiting| &waiting.submission).collect();
        let (draft, verdicts) = self.execute(producer, &snapshot, &submissions)?;
        let left_over = batch.len().saturating_sub(verdicts.len());
        let mut receipts = draft.executed.events.receipts.clone().into_iter();
        let included: Vec<&Submission> = submissions
            .iter()
            .zip(&verdicts)
            .filter_map(|(submission, verdict)| verdict.is_ok().then_some(*submission))
            .collect();
        if !included.is_empty() {
            self.commit(producer, draft, included.into_iter().cloned().collect())?;
        }
        let (height, block) = (producer.head.height, producer.head.id());
        let answers = verdicts
            .into_iter()
            .map(|verdict| match verdict {
                Ok(()) => receipts
                    .next()
                    .map(|receipt| Included {
                        height,
                        block,
                        receipt,
                    })
                    .ok_or_else(|| StoreError::Database("a receipt was lost".to_owned()).into()),
                Err(rejection) => Err(rejection.into()),
            })
            .collect();
        Ok((answers, left_over))
    }

    /// Runs as many submissions as fit; a verdict for each that was looked at.
    fn execute(
        &self,
        producer: &Producer,
        snapshot: &Snapshot,
        submissions: &[&Submission],
    ) -> Result<(Draft, Vec<Result<(), Rejection>>), StoreError> {
        let context = self.context(producer);
        let mut execution = BlockExecution::new(&self.machine, snapshot, context);
        let mut verdicts = Vec::new();
        for submission in submissions {
            if !execution.has_room_for(submission) {
                break;
            }
            match execution.apply(submission) {
                Err(Rejection::Store(error)) => return Err(error),
                verdict => verdicts.push(verdict),
            }
        }
        let executed = execution.finish()?;
        Ok((Draft { context, executed }, verdicts))
    }

    fn commit(
        &self,
        producer: &mut Producer,
        draft: Draft,
        submissions: Vec<Submission>,
    ) -> Result<(), StoreError> {
        producer.head = store_block(
            &self.store,
            (&self.validator, self.machine.validators().id()),
            draft,
            (producer.head.id(), producer.halted),
            submissions,
        )?;
        Ok(())
    }
}

/// A block that was executed, before it has a header.
struct Draft {
    context: BlockContext,
    executed: Executed,
}

fn write_genesis<M: Machine>(
    store: &Store,
    machine: &M,
    validator: &SecretKey,
    wall_ms: u64,
) -> Result<Header, OpenError> {
    let context = BlockContext {
        chain: machine.chain(),
        height: Height(0),
        time: TimeMs(wall_ms),
        halted: DurationMs(0),
        proposer: validator.public_key(),
    };
    let empty = MemoryState::default();
    let executed = BlockExecution::new(machine, &empty, context)
        .run_genesis()
        .map_err(|failure| match failure {
            Failure::Refused(refusal) => OpenError::Genesis(refusal),
            Failure::Store(error) => error.into(),
        })?;
    let draft = Draft { context, executed };
    let parent = (NO_PARENT, DurationMs(0));
    let signer = (validator, machine.validators().id());
    Ok(store_block(store, signer, draft, parent, Vec::new())?)
}

/// Gives a block its header, and stores it.
fn store_block(
    store: &Store,
    (validator, validators): (&SecretKey, ValidatorSetId),
    draft: Draft,
    (parent, halted): (BlockId, DurationMs),
    submissions: Vec<Submission>,
) -> Result<Header, StoreError> {
    let Draft { context, executed } = draft;
    let prepared = store.prepare(context.height, &executed.changes)?;
    let too_many = |error: BoundError| StoreError::Corrupt {
        key: format!("block {}", context.height),
        reason: error.to_string(),
    };
    let mut transactions = Vec::new();
    let mut blobs = Vec::new();
    for submission in submissions {
        transactions.push(submission.transaction);
        blobs.extend(submission.blobs.into_vec());
    }
    let header = Header {
        version: RULES_VERSION,
        chain: context.chain,
        height: context.height,
        parent,
        time: context.time,
        halted,
        epoch: Epoch(0),
        transactions_root: Block::transactions_root(&transactions),
        proofs_root: Block::proofs_root(&blobs),
        events_root: executed.events.root(),
        state_root: prepared.root,
        proposer: context.proposer,
        validators,
        next_validators: validators,
    };
    let block = Block {
        header: header.clone().sign(validator),
        transactions: List::new(transactions).map_err(too_many)?,
        blobs: List::new(blobs).map_err(too_many)?,
    };
    store.commit(&block, &executed.events, &executed.changes, &prepared)?;
    Ok(header)
}

/// A panic elsewhere leaves nothing half done: blocks are stored whole or not at all.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
