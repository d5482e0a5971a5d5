//! A blob shall be stored; all periods are locked.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::storage::{
    BLOB_BYTES_MAX, Deal, DealState, PERIODS_MAX, StorageEvent, StoreOrder,
};
use lilliput_types::{Amount, Holder};

use crate::refuse::{overflow, refusal};
use crate::storage::{PERIOD_MIN_MS, SPAN_MAX_MS, WINDOW_MIN_MS, state as keys};
use crate::{bank, genesis};

pub(super) fn check(message: &StoreOrder) -> Result<(), Refusal> {
    let terms = &message.terms;
    let (period, window) = (terms.period_ms.0, terms.window_ms.0);
    bounded("the number of bytes", message.bytes, 1, BLOB_BYTES_MAX)?;
    bounded(
        "the number of periods",
        u64::from(terms.periods),
        1,
        u64::from(PERIODS_MAX),
    )?;
    bounded("the period in ms", period, PERIOD_MIN_MS, SPAN_MAX_MS)?;
    bounded("the window in ms", window, WINDOW_MIN_MS, period / 2)?;
    bounded(
        "the wait in ms",
        terms.open_ms.0,
        WINDOW_MIN_MS,
        SPAN_MAX_MS,
    )?;
    if terms.price.is_zero() || terms.bond.is_zero() {
        let reason = "price and bond are above zero: without a bond nothing is lost with the blob";
        return Err(refusal("storage.terms", reason));
    }
    Ok(())
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &StoreOrder,
) -> Result<(), Failure> {
    let asset = genesis::params(state)?.settlement_asset;
    let terms = message.terms;
    let escrow = terms
        .price
        .times(u64::from(terms.periods))
        .map_err(overflow)?;
    let id = keys::next_deal(state)?;
    let buyer = context.signer;
    bank::transfer(state, asset, buyer.into(), Holder::Storage(id), escrow)?;
    let mut deal = Deal {
        id,
        buyer,
        root: message.root,
        bytes: message.bytes,
        terms,
        asset,
        beacon: message.beacon,
        state: DealState::Open {
            until: context.block.time.after(terms.open_ms),
        },
        starts_at: None,
        escrow,
        settled: 0,
        paid: Amount::ZERO,
        failures: 0,
        due: None,
        height: context.block.height,
    };
    keys::write_deal(state, &mut deal);
    state.emit(StorageEvent::Ordered {
        deal: id,
        buyer,
        root: message.root,
        escrow,
    });
    Ok(())
}

/// Refuses a number of the terms that is out of bounds.
fn bounded(name: &str, value: u64, least: u64, most: u64) -> Result<(), Refusal> {
    if (least..=most).contains(&value) {
        return Ok(());
    }
    let reason = format!("{name} is {value}, {least} to {most}");
    Err(refusal("storage.terms", reason))
}
