//! A provider stores the blob. Whoever takes over from one that failed is paid from the next period on.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::Holder;
use lilliput_types::storage::{AcceptDeal, DealState, StorageEvent};

use crate::bank;
use crate::refuse::refuse;
use crate::storage::state as keys;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &AcceptDeal,
) -> Result<(), Failure> {
    let mut deal = super::known(state, message.deal)?;
    let (provider, now) = (context.signer, context.block.time);
    match deal.state {
        DealState::Open { until } if now < until => {}
        DealState::Open { .. } | DealState::Stored { .. } | DealState::Closed => {
            let reason = format!("deal {} waits for no provider", deal.id);
            return refuse("storage.not_open", reason);
        }
    }
    let period = deal.period(now);
    if deal.starts_at.is_some() {
        deal.settled = deal.settled.max(period.saturating_add(1));
    }
    if deal.settled >= deal.terms.periods {
        let reason = format!("no whole period of deal {} is left", deal.id);
        return refuse("storage.over", reason);
    }
    let to = Holder::Storage(deal.id);
    bank::transfer(state, deal.asset, provider.into(), to, deal.terms.bond)?;
    deal.starts_at = deal.starts_at.or(Some(now));
    deal.state = DealState::Stored {
        provider,
        challenged: None,
        open: None,
    };
    keys::write_deal(state, &mut deal);
    state.emit(StorageEvent::Accepted {
        deal: deal.id,
        provider,
        period,
    });
    Ok(())
}
