//! A reporter takes its stake back: not while a report of its own waits to be judged.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::Holder;
use lilliput_types::prices::{Leave, PricesEvent};

use crate::bank;
use crate::prices::state as keys;
use crate::refuse::{overflow, refuse};

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Leave,
) -> Result<(), Failure> {
    let mut feed = super::known_feed(state, message.feed)?;
    let account = context.signer;
    let Some(reporter) = keys::reporter(state, feed.id, account)? else {
        return refuse(
            "prices.no_reporter",
            format!("{account} is no reporter of feed {}", feed.id),
        );
    };
    if reporter.report.is_some() {
        return refuse(
            "prices.report_pending",
            "the report isn't judged yet; leave when its window has closed",
        );
    }
    let from = Holder::Feed(feed.id);
    bank::transfer(state, feed.asset, from, account.into(), reporter.stake)?;
    feed.staked = feed.staked.minus(reporter.stake).map_err(overflow)?;
    feed.reporters = feed.reporters.saturating_sub(1);
    if reporter.stake >= feed.terms.stake_min {
        feed.active = feed.active.saturating_sub(1);
    }
    keys::remove_reporter(state, feed.id, account);
    keys::write_feed(state, &mut feed, context.block.time);
    state.emit(PricesEvent::Left {
        feed: feed.id,
        account,
        stake: reporter.stake,
    });
    Ok(())
}
