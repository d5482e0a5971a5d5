//! Ordering an answer: locks the escrow.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::job::{Job, JobEvent, JobState, Order, VerificationLevel};
use lilliput_types::registry::Model;
use lilliput_types::{Amount, Holder, JobId, List};

use crate::job::state as keys;
use crate::params::Params;
use crate::refuse::{overflow, refusal, refuse};
use crate::{bank, genesis, provider, registry};

pub(super) fn check(message: &Order) -> Result<(), Refusal> {
    match message.level {
        VerificationLevel::Proven => {}
        VerificationLevel::Trusted
        | VerificationLevel::Replicated
        | VerificationLevel::Disputable => {
            return Err(refusal(
                "job.level",
                "only the level `proven` can be ordered on this network",
            ));
        }
    }
    if message.accept_within_ms.0 == 0 || message.answer_within_ms.0 == 0 {
        return Err(refusal("job.no_time", "a deadline of zero can't be met"));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Order,
) -> Result<(), Failure> {
    let params = genesis::params(state)?;
    check_times(message, &params)?;
    let Some(model) = registry::state::model(state, message.model)? else {
        return refuse(
            "registry.unknown_model",
            format!("there is no model {}", message.model),
        );
    };
    if !model.listed {
        return refuse("job.model_unlisted", "the model takes no orders");
    }
    let check_fee = check_fee(&params, &model)?;
    let provider_price = provider_price(state, message)?;
    let escrow = escrow(message, &model, check_fee, provider_price)?;
    let id = JobId::of(context.transaction, context.index);
    let asset = params.settlement_asset;
    bank::transfer(
        state,
        asset,
        context.signer.into(),
        Holder::Escrow(id),
        escrow,
    )?;
    let job = Job {
        id,
        transaction: context.transaction,
        state: JobState::Open,
        buyer: context.signer,
        model: message.model,
        level: message.level,
        input: message.input,
        provider: message.provider,
        asset,
        model_price: model.price,
        provider_price: provider_price.unwrap_or_default(),
        check_fee,
        escrow,
        bond: Amount::ZERO,
        answer_within_ms: message.answer_within_ms,
        deadline: context.block.time.after(message.accept_within_ms),
        ordered_at: context.block.height,
        accepted_at: None,
        closed_at: None,
        proof: None,
        key: None,
        output: None,
        refund_reason: None,
        payments: List::default(),
        refunds: List::default(),
        penalties: List::default(),
    };
    keys::insert(state, &job);
    state.emit(JobEvent::Ordered {
        job: job.id,
        buyer: job.buyer,
        model: job.model,
        provider: job.provider,
        escrow: job.escrow,
    });
    Ok(())
}

fn check_times(message: &Order, params: &Params) -> Result<(), Failure> {
    let limits = [
        (message.accept_within_ms, params.accept_within_max_ms),
        (message.answer_within_ms, params.answer_within_max_ms),
    ];
    for (got, most) in limits {
        if got > most {
            return refuse(
                "job.too_long",
                format!("a deadline of {got} ms is too far off, at most {most} ms"),
            );
        }
    }
    Ok(())
}

/// What the check of one of the model's proofs costs the buyer.
fn check_fee(params: &Params, model: &Model) -> Result<Amount, Failure> {
    let millions = model.check_units.div_ceil(1_000_000);
    params
        .check_fee_per_million
        .times(millions)
        .map_err(overflow)
}

/// The named provider's price; none when any provider may answer.
fn provider_price(state: &State<'_>, message: &Order) -> Result<Option<Amount>, Failure> {
    let Some(address) = message.provider else {
        return Ok(None);
    };
    match provider::state::offer(state, message.model, address)? {
        Some(offer) => Ok(Some(offer.price)),
        None => refuse(
            "provider.no_offer",
            format!("{address} doesn't offer model {}", message.model),
        ),
    }
}

/// What is locked: the sum of the prices where they are known, else the most the buyer pays.
fn escrow(
    message: &Order,
    model: &Model,
    check_fee: Amount,
    provider_price: Option<Amount>,
) -> Result<Amount, Failure> {
    let known = Amount::sum([model.price, check_fee, provider_price.unwrap_or_default()]);
    let known = known.map_err(overflow)?;
    if known > message.price_max {
        return refuse(
            "job.price",
            format!("the price is {known}, the order pays {}", message.price_max),
        );
    }
    Ok(if provider_price.is_some() {
        known
    } else {
        message.price_max
    })
}
