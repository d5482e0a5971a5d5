//! How a job closes: payment, or refund with or without the loss of the bond.

use lilliput_crypto::Digest;
use lilliput_ledger::{Failure, State};
use lilliput_types::job::{Job, JobEvent, JobState, Payment, Penalty, Refund, RefundReason};
use lilliput_types::registry::Model;
use lilliput_types::{Address, Amount, BlobId, Height, Holder, List, ModelId, Segment, Text};

use super::state as keys;
use crate::refuse::{overflow, refusal};
use crate::registry::WHOLE_PPM;
use crate::{bank, genesis, provider, subnet};

/// An answer whose proof was checked and held.
pub(super) struct Delivered {
    pub(super) provider: Address,
    pub(super) proof: BlobId,
    /// The id of the key it was checked with.
    pub(super) key: ModelId,
    pub(super) output: Digest,
}

/// Pays everyone out of the escrow, the rest back to the buyer, and the bond back to the provider.
pub(super) fn pay(
    state: &mut State<'_>,
    job: &Job,
    model: &Model,
    delivered: &Delivered,
    height: Height,
) -> Result<(), Failure> {
    let payments = payments(job, model, delivered.provider)?;
    let escrow = Holder::Escrow(job.id);
    for payment in &payments {
        let Payment {
            to,
            amount,
            segment,
        } = *payment;
        bank::pay(state, job.asset, escrow, to, amount, segment)?;
    }
    let earned = job.model_price.plus(job.provider_price).map_err(overflow)?;
    subnet::book_revenue(state, model.id, earned)?;
    let refunds = return_escrow(state, job)?;
    let stake = Holder::Stake(delivered.provider);
    bank::transfer(state, job.asset, Holder::Bond(job.id), stake, job.bond)?;
    count(state, delivered.provider, |record| &mut record.jobs_paid)?;
    let mut closed = job.clone();
    closed.state = JobState::Paid;
    closed.closed_at = Some(height);
    closed.proof = Some(delivered.proof);
    closed.key = Some(delivered.key);
    closed.output = Some(delivered.output);
    closed.payments = list(payments)?;
    closed.refunds = refunds;
    keys::replace(state, job, &closed);
    state.emit(JobEvent::Paid {
        job: job.id,
        provider: delivered.provider,
        proof: delivered.proof,
        key: delivered.key,
        output: delivered.output,
        payments: closed.payments,
    });
    Ok(())
}

/// Gives the escrow back to the buyer; a bond, if there is one, is lost.
pub(super) fn refund(
    state: &mut State<'_>,
    job: &Job,
    reason: RefundReason,
    detail: &str,
    height: Height,
) -> Result<(), Failure> {
    let mut closed = job.clone();
    closed.state = JobState::Refunded;
    closed.closed_at = Some(height);
    closed.refund_reason = Some(reason);
    closed.refunds = return_escrow(state, job)?;
    if job.state == JobState::Accepted {
        closed.penalties = slash(state, job, reason)?;
    }
    keys::replace(state, job, &closed);
    state.emit(JobEvent::Refunded {
        job: job.id,
        reason,
        detail: Text::shortened(detail),
    });
    if let (JobState::Accepted, Some(provider)) = (job.state, job.provider) {
        count(state, provider, |record| &mut record.jobs_failed)?;
        state.emit(JobEvent::Slashed {
            job: job.id,
            provider,
            penalties: closed.penalties,
        });
    }
    Ok(())
}

/// Royalties first, the rest of the model's price to its owner, then the provider, then the check.
fn payments(job: &Job, model: &Model, provider: Address) -> Result<Vec<Payment>, Failure> {
    let mut payments = Vec::new();
    let mut owner_part = job.model_price;
    for share in model.shares.iter() {
        let amount = job
            .model_price
            .fraction(share.share_ppm, WHOLE_PPM)
            .ok_or_else(|| refusal("job.share", "a royalty is out of range"))?;
        owner_part = owner_part.minus(amount).map_err(overflow)?;
        payments.push(payment(share.to, amount, Segment::Software));
    }
    payments.push(payment(model.owner, owner_part, Segment::Software));
    payments.push(payment(provider, job.provider_price, Segment::Iaas));
    payments.push(Payment {
        to: Holder::Fees(Segment::Security),
        amount: job.check_fee,
        segment: Segment::Security,
    });
    payments.retain(|payment| !payment.amount.is_zero());
    Ok(payments)
}

fn payment(to: Address, amount: Amount, segment: Segment) -> Payment {
    Payment {
        to: to.into(),
        amount,
        segment,
    }
}

/// What is left in the escrow goes back to the buyer.
fn return_escrow<const MAX: u32>(
    state: &mut State<'_>,
    job: &Job,
) -> Result<List<Refund, MAX>, Failure> {
    let escrow = Holder::Escrow(job.id);
    let amount = bank::state::balance(state, escrow, job.asset)?;
    if amount.is_zero() {
        return Ok(List::default());
    }
    let to = job.buyer.into();
    bank::transfer(state, job.asset, escrow, to, amount)?;
    list(vec![Refund { to, amount }])
}

/// Divides a lost bond: first the check that found the proof wrong, then the buyer's part, the rest
/// to the treasury.
fn slash<const MAX: u32>(
    state: &mut State<'_>,
    job: &Job,
    reason: RefundReason,
) -> Result<List<Penalty, MAX>, Failure> {
    let share = genesis::params(state)?.bond_to_buyer_bps;
    let check_fee = match reason {
        RefundReason::ProofRefused => job.check_fee.min(job.bond),
        RefundReason::NotAccepted | RefundReason::AnswerLate => Amount::ZERO,
    };
    let left = job.bond.minus(check_fee).map_err(overflow)?;
    let buyer_part = left.share(share).map_err(overflow)?;
    let rest = left.minus(buyer_part).map_err(overflow)?;
    let mut penalties = Vec::new();
    if !check_fee.is_zero() {
        let (bond, to) = (Holder::Bond(job.id), Holder::Fees(Segment::Security));
        bank::pay(state, job.asset, bond, to, check_fee, Segment::Security)?;
        penalties.push(Penalty {
            to,
            amount: check_fee,
        });
    }
    for (to, amount) in [(job.buyer.into(), buyer_part), (Holder::Treasury, rest)] {
        if !amount.is_zero() {
            bank::transfer(state, job.asset, Holder::Bond(job.id), to, amount)?;
            penalties.push(Penalty { to, amount });
        }
    }
    list(penalties)
}

fn count(
    state: &mut State<'_>,
    address: Address,
    field: impl FnOnce(&mut lilliput_types::provider::Provider) -> &mut u64,
) -> Result<(), Failure> {
    if let Some(mut record) = provider::state::provider(state, address)? {
        let counter = field(&mut record);
        *counter = counter.saturating_add(1);
        provider::state::write_provider(state, &record);
    }
    Ok(())
}

fn list<T, const MAX: u32>(items: Vec<T>) -> Result<List<T, MAX>, Failure> {
    List::new(items).map_err(|error| refusal("job.too_many_payments", error.to_string()).into())
}
