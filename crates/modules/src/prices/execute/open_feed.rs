//! Opening a feed, for a deposit.

use lilliput_ledger::{Failure, MessageContext, Refusal, State};
use lilliput_types::prices::{Feed, OpenFeed, PricesEvent, REPORTERS_MAX};
use lilliput_types::{Amount, Holder};

use super::{bounded, some};
use crate::prices::{
    DECIMALS_MAX, FEED_DEPOSIT, HISTORY_MAX, SPAN_MAX_MS, WHOLE_BPS, WINDOW_MIN_MS, state as keys,
};
use crate::{bank, genesis};

pub(super) fn check(message: &OpenFeed) -> Result<(), Refusal> {
    let terms = &message.terms;
    let (period, whole) = (terms.period_ms.0, u64::from(WHOLE_BPS));
    some(terms.stake_min)?;
    bounded(
        "decimals",
        u64::from(message.decimals),
        0,
        u64::from(DECIMALS_MAX),
    )?;
    bounded(
        "the time to the first window",
        message.first_in_ms.0,
        0,
        SPAN_MAX_MS,
    )?;
    bounded("the period in ms", period, 2 * WINDOW_MIN_MS, SPAN_MAX_MS)?;
    // The other half is for sealing the next signal with the price in sight.
    bounded(
        "the window in ms",
        terms.window_ms.0,
        WINDOW_MIN_MS,
        period / 2,
    )?;
    bounded("the tolerance", u64::from(terms.tolerance_bps), 0, whole)?;
    bounded(
        "the quorum",
        u64::from(terms.quorum),
        1,
        u64::from(REPORTERS_MAX),
    )?;
    bounded("the slashed part", u64::from(terms.slash_bps), 1, whole)?;
    bounded(
        "the history",
        u64::from(terms.history),
        1,
        u64::from(HISTORY_MAX),
    )
}

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &OpenFeed,
) -> Result<(), Failure> {
    let asset = genesis::params(state)?.settlement_asset;
    let id = keys::next_feed(state)?;
    let mut feed = Feed {
        id,
        name: message.name.clone(),
        unit: message.unit.clone(),
        decimals: message.decimals,
        asset,
        opener: context.signer,
        deposit: FEED_DEPOSIT,
        terms: message.terms,
        starts_at: context.block.time.after(message.first_in_ms),
        next: 0,
        due: None,
        reporters: 0,
        active: 0,
        staked: Amount::ZERO,
        slashed: Amount::ZERO,
        contests: 0,
        priced: 0,
        latest: None,
        opened_at: context.block.height,
    };
    let to = Holder::Feed(id);
    bank::transfer(state, asset, context.signer.into(), to, feed.deposit)?;
    keys::write_feed(state, &mut feed, context.block.time);
    state.emit(PricesEvent::FeedOpened {
        feed: id,
        opener: context.signer,
    });
    Ok(())
}
