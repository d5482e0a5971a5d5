//! Reporting a price while a period's window is open.

use lilliput_ledger::{Failure, MessageContext, State};
use lilliput_types::prices::{PricesEvent, Report};

use crate::prices::state as keys;
use crate::refuse::refuse;

pub(super) fn execute(
    state: &mut State<'_>,
    context: &MessageContext<'_>,
    message: &Report,
) -> Result<(), Failure> {
    let feed = super::known_feed(state, message.feed)?;
    let account = context.signer;
    let Some(mut reporter) = keys::reporter(state, feed.id, account)? else {
        return refuse(
            "prices.no_reporter",
            format!("{account} is no reporter of feed {}; stake first", feed.id),
        );
    };
    if reporter.stake < feed.terms.stake_min {
        return refuse(
            "prices.stake_too_small",
            format!(
                "the stake is {}, at least {} is needed to report; add to it",
                reporter.stake, feed.terms.stake_min
            ),
        );
    }
    super::in_window(&feed, message.period, context.block.time)?;
    if reporter.since > message.period {
        return refuse(
            "prices.early",
            format!("the first report is for period {}", reporter.since),
        );
    }
    if reporter.report.is_some() {
        return refuse(
            "prices.reported",
            format!(
                "{account} has reported for period {} already",
                message.period
            ),
        );
    }
    reporter.report = Some((message.period, message.price));
    keys::write_reporter(state, &reporter);
    state.emit(PricesEvent::Reported {
        feed: feed.id,
        period: message.period,
        account,
        price: message.price,
    });
    Ok(())
}
