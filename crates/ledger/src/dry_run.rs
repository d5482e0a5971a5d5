//! What a transaction would do, without doing it.

use lilliput_types::{Outcome, Receipt, Submission};
use serde::Serialize;

use crate::error::Rejection;
use crate::machine::{BlockContext, Machine};
use crate::pipeline::BlockExecution;
use crate::state::StateReader;

/// What a transaction would do if it were in the next block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DryRun {
    /// Outcome, fee and events.
    pub receipt: Receipt,
    /// What would change in the state, by key.
    pub changes: Vec<StateChange>,
}

/// One key of the state, before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StateChange {
    /// The key.
    pub key: String,
    /// The value before, in hexadecimal; none if there was none.
    pub before: Option<String>,
    /// The value after, in hexadecimal; none if it is removed.
    pub after: Option<String>,
}

/// Runs a transaction on a state that stays as it is. Signatures aren't looked at: what isn't signed
/// yet can be tried too.
pub(crate) fn dry_run<M: Machine>(
    machine: &M,
    base: &dyn StateReader,
    context: BlockContext,
    submission: &Submission,
) -> Result<DryRun, Rejection> {
    let mut execution = BlockExecution::new(machine, base, context);
    execution.apply(submission)?;
    let receipt = execution.receipts().first().cloned().unwrap_or(Receipt {
        transaction: submission.transaction.transaction.id(),
        outcome: Outcome::Applied,
        fee: lilliput_types::Amount::ZERO,
        events: Vec::new(),
    });
    let mut changes = Vec::new();
    for key in execution.state().changed_keys() {
        let (before, after) = (base.get(&key)?, execution.state().get(&key)?);
        if before != after {
            changes.push(StateChange {
                key,
                before: before.map(hex::encode),
                after: after.map(hex::encode),
            });
        }
    }
    Ok(DryRun { receipt, changes })
}
