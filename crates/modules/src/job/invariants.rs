//! Escrow, bonds and deadlines agree with the jobs.

use std::collections::BTreeSet;

use lilliput_ledger::{Scan, StateReader, StoreError};
use lilliput_types::job::{Job, JobState};
use lilliput_types::{Amount, AmountError, Holder, JobId};

use super::state;
use crate::bank;

/// Sentences about what doesn't hold; none if all is well.
///
/// # Errors
/// When the database fails.
pub fn violations(reader: &dyn StateReader) -> Result<Vec<String>, StoreError> {
    let mut found = Vec::new();
    let mut waiting = BTreeSet::new();
    for entry in Scan::<Job>::new(reader, state::JOBS) {
        let (_, job) = entry?;
        let escrow = bank::state::balance(reader, Holder::Escrow(job.id), job.asset)?;
        let bond = bank::state::balance(reader, Holder::Bond(job.id), job.asset)?;
        let (escrow_due, bond_due) = match job.state {
            JobState::Open => (job.escrow, Amount::ZERO),
            JobState::Accepted => (job.escrow, job.bond),
            JobState::Paid | JobState::Refunded => (Amount::ZERO, Amount::ZERO),
        };
        if (escrow, bond) != (escrow_due, bond_due) {
            found.push(format!(
                "job {} holds {escrow} in escrow and {bond} as bond, due are {escrow_due} and {bond_due}",
                job.id
            ));
        }
        match job.state {
            JobState::Open | JobState::Accepted => {
                waiting.insert((job.deadline, job.id));
            }
            JobState::Paid | JobState::Refunded => {
                if distributed(&job) != Ok(job.escrow) {
                    found.push(format!("job {} doesn't give out its escrow", job.id));
                }
                let penalties = Amount::sum(job.penalties.iter().map(|penalty| penalty.amount));
                if !job.penalties.is_empty() && penalties != Ok(job.bond) {
                    found.push(format!("job {} doesn't give out its lost bond", job.id));
                }
            }
        }
    }
    let mut queued = BTreeSet::new();
    for entry in Scan::<JobId>::new(reader, state::DEADLINES) {
        let (key, _) = entry?;
        queued.insert(state::parse_deadline(&key)?);
    }
    if queued != waiting {
        found.push("the queue of deadlines doesn't match the jobs that wait".to_owned());
    }
    Ok(found)
}

fn distributed(job: &Job) -> Result<Amount, AmountError> {
    let paid = job.payments.iter().map(|payment| payment.amount);
    Amount::sum(paid.chain(job.refunds.iter().map(|refund| refund.amount)))
}
