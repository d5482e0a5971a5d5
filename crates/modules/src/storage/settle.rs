//! Money of a deal: periods are paid when the deal is touched, whatever is left goes back when it is over.

use lilliput_ledger::{Failure, State};
use lilliput_types::storage::{Deal, DealState, Failing, StorageEvent};
use lilliput_types::{Amount, Holder, Segment, TimeMs};

use crate::bank;
use crate::refuse::overflow;

/// Pays the provider for the periods before one. What a challenge waits for isn't paid.
pub(super) fn pay_until(
    state: &mut State<'_>,
    deal: &mut Deal,
    period: u32,
) -> Result<(), Failure> {
    let DealState::Stored { provider, open, .. } = deal.state else {
        return Ok(());
    };
    let until = open.map_or(period, |challenged| period.min(challenged.period));
    let periods = until.min(deal.terms.periods).saturating_sub(deal.settled);
    if periods == 0 {
        return Ok(());
    }
    let amount = deal
        .terms
        .price
        .times(u64::from(periods))
        .map_err(overflow)?;
    let from = Holder::Storage(deal.id);
    bank::pay(
        state,
        deal.asset,
        from,
        provider.into(),
        amount,
        Segment::Iaas,
    )?;
    deal.escrow = deal.escrow.minus(amount).map_err(overflow)?;
    deal.paid = deal.paid.plus(amount).map_err(overflow)?;
    deal.settled = deal.settled.saturating_add(periods);
    state.emit(StorageEvent::Paid {
        deal: deal.id,
        provider,
        periods,
        amount,
    });
    Ok(())
}

/// Ends a deal: the bond to the provider, if there is one, and what isn't paid to the buyer.
pub(super) fn close(state: &mut State<'_>, deal: &mut Deal) -> Result<(), Failure> {
    let from = Holder::Storage(deal.id);
    if let DealState::Stored { provider, .. } = deal.state {
        bank::transfer(state, deal.asset, from, provider.into(), deal.terms.bond)?;
    }
    let returned = deal.escrow;
    if !returned.is_zero() {
        bank::transfer(state, deal.asset, from, deal.buyer.into(), returned)?;
    }
    deal.escrow = Amount::ZERO;
    deal.state = DealState::Closed;
    state.emit(StorageEvent::Closed {
        deal: deal.id,
        returned,
    });
    Ok(())
}

/// A provider failed: it is paid for what came before the challenge, loses its bond, and another may take over.
///
/// The bond goes to the treasury, so that a buyer gains nothing by keeping a provider from answering.
pub(super) fn fail(state: &mut State<'_>, deal: &mut Deal, now: TimeMs) -> Result<(), Failure> {
    let DealState::Stored { provider, .. } = deal.state else {
        return Ok(());
    };
    let period = deal.period(now);
    pay_until(state, deal, period)?;
    let from = Holder::Storage(deal.id);
    bank::transfer(state, deal.asset, from, Holder::Treasury, deal.terms.bond)?;
    deal.failures = deal.failures.saturating_add(1);
    deal.state = DealState::Open {
        until: now.after(deal.terms.open_ms),
    };
    state.emit(StorageEvent::Failed {
        deal: deal.id,
        provider,
        how: Failing::Silent,
        bond: deal.terms.bond,
    });
    if period >= deal.terms.periods {
        close(state, deal)?;
    }
    Ok(())
}
