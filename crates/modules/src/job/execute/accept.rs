//! "I have the model and the input": locks the provider's bond and starts its deadline.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::job::{Accept, Job, JobEvent, JobState};
use lilliput_types::{Address, Amount, Holder};

use crate::job::state as keys;
use crate::params::Params;
use crate::refuse::{overflow, refuse};
use crate::{bank, genesis, provider};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Accept,
) -> Result<(), Failure> {
    let job = super::known(state, message.job)?;
    if job.state != JobState::Open {
        return refuse("job.not_open", "the job doesn't wait for a provider");
    }
    super::in_time(&job, context.block.time)?;
    let signer = context.signer;
    if job.provider.is_some_and(|named| named != signer) {
        return refuse("job.not_yours", "the order names another provider");
    }
    let provider_price = match job.provider {
        Some(_) => job.provider_price,
        None => offered_price(state, &job, signer)?,
    };
    let bond = bond(&genesis::params(state)?, &job)?;
    let stake = Holder::Stake(signer);
    let held = bank::state::balance(state, stake, job.asset)?;
    if held < bond {
        return refuse(
            "job.stake",
            format!("the bond is {bond}, the provider's free stake is {held}"),
        );
    }
    bank::transfer(state, job.asset, stake, Holder::Bond(job.id), bond)?;
    let accepted = Job {
        state: JobState::Accepted,
        provider: Some(signer),
        provider_price,
        bond,
        deadline: context.block.time.after(job.answer_within_ms),
        accepted_at: Some(context.block.height),
        ..job.clone()
    };
    keys::replace(state, &job, &accepted);
    state.emit(JobEvent::Accepted {
        job: accepted.id,
        provider: signer,
        bond,
        answer_by: accepted.deadline,
    });
    Ok(())
}

/// The price of a provider whom the order doesn't name; it must fit into the escrow.
fn offered_price(state: &State<'_>, job: &Job, signer: Address) -> Result<Amount, Failure> {
    let Some(offer) = provider::state::offer(state, job.model, signer)? else {
        return refuse(
            "provider.no_offer",
            format!("{signer} doesn't offer model {}", job.model),
        );
    };
    let total = Amount::sum([job.model_price, job.check_fee, offer.price]).map_err(overflow)?;
    if total > job.escrow {
        return refuse(
            "job.price",
            format!(
                "with this offer the price is {total}, the order pays {}",
                job.escrow
            ),
        );
    }
    Ok(offer.price)
}

/// A share of the escrow or the least bond, and what the check costs: a provider whose proof is
/// refused pays for the check.
fn bond(params: &Params, job: &Job) -> Result<Amount, Failure> {
    let share = job.escrow.share(params.bond_share_bps).map_err(overflow)?;
    let bond = share.max(params.bond_min);
    bond.plus(job.check_fee).map_err(overflow)
}
